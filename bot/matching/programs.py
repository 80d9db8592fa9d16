"""Interests as boolean programs over leaves: phrases in a place, categories, sources, votes.

A paper meets a program only if one of its *anchors* stands in it: the rarest leaves that it cannot do without.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bot.interests import MOST_TERMS, And, Expression, Not, Or, Term
from bot.matching.rows import Ints, numbered

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


_PLAIN: Final = re.compile(r"[a-z0-9]+(?: (?:AND |OR )?[a-z0-9]+)*")


def joint(term: str) -> tuple[str, list[str]] | None:
    """How the plain phrases of a normal form are joined, and they themselves; None when it is not that plain."""
    if not _PLAIN.fullmatch(term):
        return None
    if " OR " in term:
        return None if " AND " in term else ("or", term.split(" OR "))
    return "and", term.split(" AND ")


def combined(kind: str, leaves: list[tuple[int, float]]) -> Program | None:
    """The program of several leaves, which differ; None when they are more than an interest may have."""
    shape: Shape = (kind, tuple(range(len(leaves)))) if len(leaves) > 1 else 0
    numbers = [number for number, _ in leaves]
    if len(set(numbers)) < len(numbers) or len(numbers) > MOST_TERMS:
        return None
    return Program(shape, numbers, [rarity for _, rarity in leaves])


class Found:
    """The leaves that stand in some papers, and in which: a row a leaf, a bit a paper, and a last row of none."""

    def __init__(self, leaves: Ints, papers: Bits, size: int) -> None:
        """Each of *leaves* stands in its row of *papers*; one that comes again, in those papers, too.

        All leaves are below *size*.
        """
        there = np.flatnonzero(filled(papers))
        self.leaves, local = numbered(leaves.take(there), size)
        papers = papers.take(there, axis=0)
        self.papers: Bits = np.zeros((len(self.leaves) + 1, papers.shape[1]), np.uint64)
        self.papers[local] = papers
        last = np.empty(len(self.leaves), np.int64)
        last[local] = np.arange(len(local))
        again = np.flatnonzero(last.take(local) != np.arange(len(local)))
        for column in range(papers.shape[1]):
            np.bitwise_or.at(self.papers[:, column], local[again], papers[again, column])

    def value(self, shape: Shape, rows: Sequence[npt.NDArray[Any]]) -> Bits:
        """The papers of some programs of one shape; *rows* of the table, slot by slot, are those of their leaves."""
        if isinstance(shape, int):
            return self.papers.take(rows[shape], axis=0)
        kind, parts = shape
        values = [self.value(part, rows) for part in parts]
        if kind == "not":
            return ~values[0]
        for other in values[1:]:
            (np.bitwise_and if kind == "and" else np.bitwise_or)(values[0], other, out=values[0])
        return values[0]


def width(shape: Shape) -> int:
    """How many leaves there are."""
    return 1 if isinstance(shape, int) else sum(map(width, shape[1]))


def needed(shape: Shape) -> Iterator[int]:
    """The leaves without which nothing meets it, not counting what lies deeper."""
    if isinstance(shape, int):
        yield shape
    elif shape[0] == "and":
        yield from (part for part in shape[1] if isinstance(part, int))


def filled(papers: Bits) -> npt.NDArray[np.bool_]:
    """Whether each row has any paper."""
    found: Bits = papers[:, 0].copy()
    for column in range(1, papers.shape[1]):
        found |= papers[:, column]
    there: npt.NDArray[np.bool_] = found != 0
    return there
