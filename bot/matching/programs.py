"""Interests as boolean programs over leaves: phrases in a place, categories, sources, votes.

A paper meets a program only if one of its *anchors* stands in it: the rarest leaves that it cannot do without.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bot.interests import And, Expression, Not, Or, Term
from bot.matching.hashes import Ints, Numbers

Bits = npt.NDArray[np.uint64]

Shape = int | tuple[str, tuple["Shape", ...]]
"""A leaf by its number among the program's leaves, or "and", "or", "not" over shapes."""


@dataclass(slots=True)
class Program:
    """An expression with its terms taken out: *leaves* are their numbers, *shape* how they are combined."""

    shape: Shape = 0
    leaves: list[int] = field(default_factory=list)
    rarities: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, expression: Expression, number: Callable[[Term], tuple[int, float]]) -> "Program":
        """*expression*, where *number* gives each term's leaf and a guess at how rare it is."""
        program = cls()
        program.shape = program._shaped(expression, number)
        return program

    def _shaped(self, expression: Expression, number: Callable[[Term], tuple[int, float]]) -> Shape:
        match expression:
            case And(parts):
                return "and", tuple([self._shaped(part, number) for part in parts])
            case Or(parts):
                return "or", tuple([self._shaped(part, number) for part in parts])
            case Not(inner):
                return "not", (self._shaped(inner, number),)
            case term:
                leaf, rarity = number(term)
                self.leaves.append(leaf)
                self.rarities.append(rarity)
                return len(self.leaves) - 1

    def anchors(self) -> set[int]:
        """A few leaves of which a paper must have one to be met, the rarest such."""
        slots = (0,) if self.shape == 0 else self._anchors(self.shape, negated=False) or ()
        return {self.leaves[slot] for slot in slots}

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


class Found:
    """The leaves that stand in some papers, and in which: a row a leaf, a bit a paper, and a last row of none."""

    def __init__(self, leaves: npt.NDArray[np.int64], papers: npt.NDArray[np.int32], count: int) -> None:
        """*leaves* and *papers* of one length: the leaf stands in the paper, of *count* in all."""
        width = (count + 63) // 64
        pairs = np.sort((leaves.astype(np.uint64) << np.uint64(32)) | papers.astype(np.uint64))
        cell = pairs >> np.uint64(6)
        new = np.flatnonzero(np.diff(cell, prepend=np.uint64(2**64 - 1)))
        bits = np.uint64(1) << (pairs & np.uint64(63))
        once = np.bitwise_or.reduceat(bits, new) if len(new) else bits
        owner = (cell[new] >> np.uint64(26)).astype(np.int64)
        first = np.diff(owner, prepend=-1) != 0
        self.leaves: Ints = owner[first]
        self.papers: Bits = np.zeros((len(self.leaves) + 1, width), np.uint64)
        self.papers[np.cumsum(first) - 1, (cell[new] & np.uint64(2**26 - 1)).astype(np.int64)] = once
        self.all: Bits = np.full(width, 2**64 - 1, np.uint64)
        if count % 64:
            self.all[-1] = np.uint64(2 ** (count % 64) - 1)

    def value(self, shape: Shape, rows: Ints) -> Bits:
        """The papers of some programs of one shape, whose leaves are *rows* of the table, a row a program."""
        if isinstance(shape, int):
            return self.papers[rows[:, shape]]
        kind, parts = shape
        values = [self.value(part, rows) for part in parts]
        if kind == "not":
            return ~values[0] & self.all
        joined: Bits = (np.bitwise_and if kind == "and" else np.bitwise_or).reduce(values)
        return joined


def numbers(some: Sequence[int]) -> Numbers:
    """These numbers as an array."""
    return np.array(some, np.uint64)
