"""Programs hung under their anchors: those that a word of a paper brings up lie side by side."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bot.matching.hashes import Ints, Numbers, Places, firsts, runs
from bot.matching.laid import Laid
from bot.matching.programs import Bits, Found, Shape

_FEW: Final = 0.02  # of all programs: so many are sorted sooner than all are looked through


class Anchored:
    """Programs at rest, each once however many interests have it, in the order of their anchors.

    Program p has shapes[shape[p]] over the leaves from first_leaf[p] on, and its interests are those from
    first_interest[p] on. The programs under leaf l are under[first_under[l]] and on.
    """

    def __init__(self, some: Sequence[Laid], leaves: Numbers) -> None:
        """What is laid, and all its *leaves* in order: from now on they are numbers of this order."""
        keys = np.concatenate([one.keys for one in some])
        sizes = np.concatenate([one.sizes for one in some])
        offsets = np.cumsum([0, *(len(one.keys) for one in some)])[: len(some)]
        programs = _shifted([one.programs for one in some], offsets)
        anchored = _shifted([one.anchored for one in some], offsets)
        anchors = leaves.searchsorted(np.concatenate([one.anchors for one in some]))
        chosen, which = _once(keys, programs, anchored, anchors)
        self.size = len(leaves)
        self.keys: Numbers = keys[chosen]
        self.shapes, self.shape = _shapes(some, chosen)
        starts = np.cumsum(sizes) - sizes
        theirs = np.concatenate([one.leaves for one in some])[runs(starts[chosen], sizes[chosen])]
        self.leaf: Places = leaves.searchsorted(theirs).astype(np.int32)
        self.first_leaf = firsts(sizes[chosen])
        place = np.full(len(keys), -1, np.int32)  # of a program as it came: where it is now
        place[chosen] = np.arange(len(chosen))
        self._hang(place[anchored], anchors)
        self._interests(place[which], np.concatenate([one.interests for one in some]))

    def _hang(self, programs: Places, anchors: Ints) -> None:
        kept = programs >= 0
        programs, anchors = programs[kept], anchors[kept]
        self.under: Places = programs[np.argsort(anchors, kind="stable")]
        self.first_under = firsts(np.bincount(anchors, minlength=self.size))

    def _interests(self, programs: Places, interests: Ints) -> None:
        order = np.argsort(programs, kind="stable")
        self.interests: Ints = interests[order]
        self.first_interest = firsts(np.bincount(programs, minlength=len(self.keys)))
        self._by_number: Ints = np.argsort(self.interests, kind="stable")  # as wide as a search takes it

    def place(self, interest: int) -> int:
        """Where among *interests* this one is, or -1."""
        at = int(self.interests.searchsorted(interest, sorter=self._by_number))
        place = int(self._by_number[at]) if at < len(self.interests) else -1
        return place if place >= 0 and self.interests[place] == interest else -1

    def run(self, found: Found) -> tuple[Ints, Bits]:
        """The programs that meet a paper, and which papers each meets."""
        row = np.full(self.size, len(found.leaves), np.int32)
        row[found.leaves] = np.arange(len(found.leaves))
        met, values = [np.zeros(0, np.int64)], [np.zeros((0, found.papers.shape[1]), np.uint64)]
        for some in self._alike(found.leaves):
            first = self.first_leaf[some[0]]
            slots = np.arange(int(self.first_leaf[some[0] + 1] - first))
            rows = row[self.leaf[self.first_leaf[some][:, None] + slots]]
            papers = found.value(self.shapes[int(self.shape[some[0]])], rows)
            there = papers.any(axis=1)
            met.append(some[there])
            values.append(papers[there])
        return np.concatenate(met), np.concatenate(values)

    def _alike(self, leaves: Ints) -> list[Ints]:
        """The programs under these leaves, those of one shape together."""
        first = self.first_under[leaves]
        programs = self._each_once(self.under[runs(first, self.first_under[leaves + 1] - first)])
        shape = self.shape[programs]
        if len(self.shapes) < 2**16:
            shape = shape.astype(np.uint16)  # which sorts faster
        order = np.argsort(shape, kind="stable")
        cuts = np.flatnonzero(np.diff(shape[order])) + 1
        return np.split(programs[order], cuts) if len(programs) else []

    def _each_once(self, programs: Places) -> Ints:
        """These programs in order, each once."""
        if len(programs) < _FEW * len(self.keys):
            return np.unique(programs).astype(np.int64)
        there = np.zeros(len(self.keys), bool)
        there[programs] = True
        return np.flatnonzero(there)

    def laid(self, leaves: Numbers, gone: npt.NDArray[np.bool_]) -> dict[str, Any]:
        """The programs of the interests that are not *gone*, to be laid with others."""
        return {
            "keys": self.keys,
            "leaves": leaves[self.leaf],
            "anchors": np.repeat(leaves, np.diff(self.first_under)),
            "anchored": self.under,
            "shapes": self.shapes,
            "shape": self.shape,
            "sizes": np.diff(self.first_leaf),
            "interests": self.interests[~gone],
            "programs": np.repeat(np.arange(len(self.keys), dtype=np.int32), np.diff(self.first_interest))[
                ~gone
            ],
        }


def _once(keys: Numbers, programs: Ints, anchored: Ints, anchors: Ints) -> tuple[Ints, Ints]:
    """Which programs stay: each once, if anybody has it, in the order of its anchor; and which each interest has."""
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    wanted = first[np.flatnonzero(np.bincount(which[programs], minlength=len(first)))]
    anchor = np.zeros(len(keys), np.int64)
    anchor[anchored[::-1]] = anchors[::-1]
    return wanted[np.argsort(anchor[wanted], kind="stable")], first[which[programs]]


def _shapes(some: Sequence[Laid], chosen: Ints) -> tuple[list[Shape], Places]:
    """The different shapes, and which the chosen programs have."""
    known: dict[Shape, int] = {}
    renamed = [
        np.array([known.setdefault(shape, len(known)) for shape in one.shapes], np.int32)[one.shape]
        for one in some
    ]
    return list(known), np.concatenate(renamed)[chosen]


def _shifted(some: Sequence[npt.NDArray[Any]], offsets: Ints) -> Ints:
    """The arrays one after the other, what they count counted on."""
    return np.concatenate([one.astype(np.int64) + offset for one, offset in zip(some, offsets, strict=True)])
