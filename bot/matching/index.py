"""The index of interests: a landing's papers are looked up in it all at once."""

import contextlib
import ctypes
from collections.abc import Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt

from bot.interests import Expression, normal
from bot.matching.laid import gathered
from bot.matching.matches import Matches
from bot.matching.packed import Packed
from bot.matching.parts import GONE, Parts
from bot.matching.tokens import Tokens
from bot.models import Paper

_BATCH = 512  # papers matched together: enough to share the work, and a bit each stays a small set
_MOST_RECENT = 2_000  # interests beside the packed ones before all are packed together, or
_SHARE_RECENT = 0.05  # of the packed ones when that is more
_MOST_LOOSE = 120_000  # recent ones, packed even without a match: loose they take twice the memory


class Index:
    """Stored interests that answer for papers. Adding or removing one costs what that one costs.

    Most lie packed; the recent ones wait beside them and are packed with the next match, all together now and then.
    Another thread may change it during a match, which sees the interests as they were when it began.
    What was removed leaves its words behind until the index is built anew.
    """

    def __init__(self) -> None:
        self._packed = Packed([gathered(Parts())])
        self._gone = np.zeros(0, bool)  # which of the packed ones
        self._missing = 0
        self._parts, self._recent = Parts(), dict[int, int]()
        self._beside: Packed | None = None
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._packed) - self._missing + len(self._recent)

    def __contains__(self, interest: object) -> bool:
        return isinstance(interest, int) and (interest in self._recent or self._place(interest) >= 0)

    def add(self, interest: int, term: str, *, typed: bool = False) -> None:
        """Take the interest in, by its normal form or as *typed*; it replaces one of the same id. Raises Unreadable."""
        with self._lock:
            place = self._parts.add(interest, term, typed=typed)
            self._drop(interest)
            self._recent[interest] = place
            self._beside = None
            if len(self._recent) >= _MOST_LOOSE:
                self._pack()
                give_back()

    def remove(self, interest: int) -> None:
        """Take the interest out; one that is not there is out already."""
        with self._lock:
            self._drop(interest)

    def match(self, papers: Sequence[Paper]) -> Matches:
        """Which papers each interest meets."""
        still = self._still()
        blocks = []
        for first in range(0, len(papers), _BATCH):
            some = papers[first : first + _BATCH]
            tokens = Tokens.of(some)
            blocks += [(first, packed.match(tokens, some, gone)) for packed, gone in still]
        return Matches(blocks)

    def pack(self) -> None:
        """Lay all interests out together now; a match does it when the recent ones have become many."""
        with self._lock:
            self._pack()
        give_back()

    def _still(self) -> list[tuple[Packed, npt.NDArray[np.bool_]]]:
        """The interests as they are now; changing the index later does not change them."""
        with self._lock:
            if len(self._recent) > max(_MOST_RECENT, _SHARE_RECENT * len(self._packed)):
                self._pack()
            if self._beside is None and self._recent:
                self._beside = Packed([gathered(self._parts)])
            lying = [(self._packed, self._gone.copy())] if len(self._packed) else []
            return lying + ([(self._beside, np.zeros(len(self._beside), bool))] if self._beside else [])

    def _pack(self) -> None:
        laid = [gathered(self._parts)]
        self._parts, self._recent, self._beside = Parts(), {}, None
        if len(self._packed):
            laid.append(self._packed.laid(self._gone))
        self._packed = Packed(laid)
        self._gone, self._missing = np.zeros(len(self._packed), bool), 0

    def _place(self, interest: int) -> int:
        place = self._packed.place(interest)
        return -1 if place < 0 or self._gone[place] else place

    def _drop(self, interest: int) -> None:
        if interest in self._recent:
            self._parts.programs[self._recent.pop(interest)] = GONE
            self._beside = None
        elif (place := self._place(interest)) >= 0:
            self._gone[place] = True
            self._missing += 1


def give_back() -> None:
    """Ask for freed memory to be given back: glibc keeps it, twice as much as what stays. Nothing elsewhere."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def meets(expression: Expression, papers: Sequence[Paper]) -> list[int]:
    """The positions of the papers that *expression* looks for."""
    index = Index()
    index.add(0, normal(expression))
    return list(index.match(papers).get(0, ()))
