"""Interests as boolean programs, those of one shape together and run at once for many papers.

A program's leaves are numbers of terms, and a term's value is the set of papers it stands in, a bit a paper.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bot.interests import And, Expression, Not, Or, Term

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]

Shape = int | tuple[str, tuple["Shape", ...]]
"""A leaf by its number among the leaves, or "and", "or", "not" over shapes."""


@dataclass(slots=True)
class Program:
    """An expression with its terms taken out: *leaves* are their numbers, *shape* how they are combined."""

    shape: Shape
    leaves: list[int] = field(default_factory=list)
    rarities: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, expression: Expression, number: Callable[[Term], Sequence[tuple[int, float]]]) -> "Program":
        """*expression*, where *number* gives each term as alternatives: the leaf's number and how rare it may be."""
        program = cls(0)
        program.shape = program._shaped(expression, number)
        return program

    def _shaped(self, expression: Expression, number: Callable[[Term], Sequence[tuple[int, float]]]) -> Shape:
        match expression:
            case And(parts):
                return "and", tuple(self._shaped(part, number) for part in parts)
            case Or(parts):
                return "or", tuple(self._shaped(part, number) for part in parts)
            case Not(inner):
                return "not", (self._shaped(inner, number),)
            case term:
                slots = tuple(self._slot(*leaf) for leaf in number(term))
                return slots[0] if len(slots) == 1 else ("or", slots)

    def _slot(self, leaf: int, rarity: float) -> int:
        self.leaves.append(leaf)
        self.rarities.append(rarity)
        return len(self.leaves) - 1

    def anchors(self) -> tuple[int, ...]:
        """The slots of a few leaves of which a paper must have one to be met, the rarest such."""
        return tuple(sorted(self._anchors(self.shape, negated=False) or ()))

    def _anchors(self, shape: Shape, *, negated: bool) -> Sequence[int] | None:
        if isinstance(shape, int):
            return None if negated else [shape]
        kind, parts = shape
        if kind == "not":
            return self._anchors(parts[0], negated=not negated)
        choices = [self._anchors(part, negated=negated) for part in parts]
        if (kind == "and") != negated:
            return max((one for one in choices if one is not None), key=self._rarest, default=None)
        return None if None in choices else [slot for one in choices for slot in one or ()]

    def _rarest(self, slots: Sequence[int]) -> float:
        return min(self.rarities[slot] for slot in slots) - len(slots)


class Group:
    """The programs of one shape with the same anchors."""

    def __init__(self, shape: Shape, anchors: Sequence[int]) -> None:
        self.shape, self.anchors = shape, anchors
        self._leaves: list[Sequence[int]] = []
        self._interests: list[int] = []
        self._still: Still | None = None

    def add(self, interest: int, leaves: Sequence[int]) -> int:
        """Take a program in, and say its place in the group."""
        self._still = None
        self._leaves.append(leaves)
        self._interests.append(interest)
        return len(self._interests) - 1

    def remove(self, place: int) -> None:
        """Take the program at *place* out. The places of the others stay."""
        self._still = None
        self._interests[place] = GONE

    def still(self) -> "Still":
        """The group as it is now; changing the group later does not change it."""
        if self._still is None:
            leaves = np.array(self._leaves, np.int64).reshape(len(self._leaves), -1)
            self._still = Still.of(self.shape, self.anchors, leaves, np.array(self._interests, np.int64))
        return self._still


GONE = -1
"""The interest of a program that was taken out."""


@dataclass(frozen=True, slots=True)
class Still:
    """A group at rest: *leaves* a row a program, and for each anchor the *order* of programs by its leaf, *sorted*."""

    shape: Shape
    leaves: Ints
    interests: Ints
    orders: Sequence[Ints]
    sorted: Sequence[Ints]

    @classmethod
    def of(cls, shape: Shape, anchors: Sequence[int], leaves: Ints, interests: Ints) -> "Still":
        """The programs that are not gone, ready to be run."""
        kept = interests != GONE
        leaves, interests = leaves[kept], interests[kept]
        orders = [np.argsort(leaves[:, slot], kind="stable") for slot in anchors]
        return cls(
            shape,
            leaves,
            interests,
            orders,
            [leaves[order, slot] for slot, order in zip(anchors, orders, strict=True)],
        )

    def run(self, found: "Found") -> tuple[Ints, Bits]:
        """The interests that meet a paper, and which papers each meets."""
        candidates = np.unique(np.concatenate([*self._candidates(found), np.zeros(0, np.int64)]))
        papers = self._value(self.shape, found.rows(self.leaves[candidates]), found)
        met = papers.any(axis=1)
        return self.interests[candidates[met]], papers[met]

    def _candidates(self, found: "Found") -> Iterator[Ints]:
        """The programs of which an anchor stands in a paper."""
        for order, leaves in zip(self.orders, self.sorted, strict=True):
            low, high = np.searchsorted(leaves, found.leaves), np.searchsorted(leaves, found.leaves, "right")
            counts = high - low
            yield order[np.repeat(high - counts.cumsum(), counts) + np.arange(counts.sum())]

    def _value(self, shape: Shape, rows: Ints, found: "Found") -> Bits:
        """The papers of each program, its leaves being *rows* of the table."""
        if isinstance(shape, int):
            return found.papers[rows[:, shape]]
        kind, parts = shape
        values = [self._value(part, rows, found) for part in parts]
        if kind == "not":
            return ~values[0] & found.all
        joined: Bits = (np.bitwise_and if kind == "and" else np.bitwise_or).reduce(values)
        return joined


class Found:
    """The leaves that stand in some papers, and in which: a row a leaf, a bit a paper, and a last row of none."""

    def __init__(self, leaves: Ints, papers: Ints, count: int) -> None:
        """*leaves* and *papers* of one length: the leaf stands in the paper, of *count* in all."""
        width = (count + 63) // 64
        once, where = np.divmod(np.unique(leaves * count + papers), count)
        self.leaves, at = np.unique(once, return_inverse=True)
        self.papers: Bits = np.zeros((len(self.leaves) + 1, width), np.uint64)
        np.bitwise_or.at(self.papers, (at, where // 64), np.uint64(1) << (where % 64).astype(np.uint64))
        self.all: Bits = np.zeros(width, np.uint64)
        everyone = np.arange(count)
        np.bitwise_or.at(self.all, everyone // 64, np.uint64(1) << (everyone % 64).astype(np.uint64))

    def rows(self, leaves: Ints) -> Ints:
        """The row of each leaf: the last one for those that stand nowhere."""
        if not len(self.leaves):
            return np.zeros(leaves.shape, np.int64)
        at = np.minimum(np.searchsorted(self.leaves, leaves), len(self.leaves) - 1)
        return np.where(self.leaves[at] == leaves, at, len(self.leaves))
