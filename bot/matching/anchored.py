"""Programs hung under their anchors: those that a word of a paper brings up lie side by side."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bot.matching.laid import Laid
from bot.matching.programs import Bits, Found, Shape, filled, needed, width
from bot.matching.rows import Ints, Numbers, Places, firsts, runs

_FEW: Final = 0.02  # of all programs: so many are sorted sooner than all are looked through


class Anchored:
    """Programs at rest, each once however many interests have it, in the order of their anchors.

    Program p has shapes[shape[p]] over the leaves from first_leaf[p] on, and its interests are those from
    first_interest[p] on. The programs under leaf l are under[first_under[l]] and on.
    """

    def __init__(self, laid: Sequence[Laid], leaves: Numbers) -> None:
        """What is laid, and all its *leaves* in order: from now on they are numbers of this order."""
        keys = np.concatenate([one.keys for one in laid])
        sizes = np.concatenate([one.sizes for one in laid])
        offsets = np.cumsum([0, *(len(one.keys) for one in laid)])[: len(laid)]
        programs = _shifted([one.programs for one in laid], offsets)
        anchored = _shifted([one.anchored for one in laid], offsets)
        anchors = leaves.searchsorted(np.concatenate([one.anchors for one in laid]))
        chosen, which = _once(keys, programs, anchored, anchors)
        self.size = len(leaves)
        self.keys: Numbers = keys[chosen]
        self.shapes, self.shape = _shapes(laid, chosen)
        starts = np.cumsum(sizes) - sizes
        theirs = np.concatenate([one.leaves for one in laid])[runs(starts[chosen], sizes[chosen])]
        self.leaf: Places = leaves.searchsorted(theirs).astype(np.int32)
        self.first_leaf = firsts(sizes[chosen])
        place = np.full(len(keys), -1, np.int32)  # of a program as it came: where it is now
        place[chosen] = np.arange(len(chosen))
        self._hang(place[anchored], anchors)
        self._interests(place[which], np.concatenate([one.interests for one in laid]))

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

    def run(self, found: Found) -> tuple[Ints, Ints, Bits]:
        """The programs that meet a paper, and for each which row of a table has its papers."""
        row = np.full(self.size, len(found.leaves), np.int32)
        row[found.leaves] = np.arange(len(found.leaves))
        met, rows, tables, count = [found.leaves[:0]], [found.leaves[:0]], [found.papers], len(found.papers)
        for shape, programs in self._alike(found.leaves):
            some, theirs = self._likely(shape, programs, row, len(found.leaves))
            if shape != 0:
                papers = found.value(shape, theirs)
                there = np.flatnonzero(filled(papers))
                some, theirs = some.take(there), [np.arange(count, count + len(there))]
                tables.append(papers.take(there, axis=0))
                count += len(there)
            met.append(some)
            rows.append(theirs[0])
        return np.concatenate(met), np.concatenate(rows), np.concatenate(tables)

    def _likely(
        self, shape: Shape, programs: Ints, row: Places, nowhere: int
    ) -> tuple[Ints, list[npt.NDArray[Any]]]:
        """The programs whose leaves that must stand somewhere do, with the rows of each of their leaves."""
        first = self.first_leaf.take(programs)
        for slot in needed(shape):
            there = np.flatnonzero(row.take(self.leaf.take(first + slot)) != nowhere)
            programs, first = programs.take(there), first.take(there)
        return programs, [row.take(self.leaf.take(first + slot)) for slot in range(width(shape))]

    def _alike(self, leaves: Ints) -> Iterator[tuple[Shape, Ints]]:
        """The programs under these leaves, those of one shape together."""
        first = self.first_under.take(leaves)
        programs = self._each_once(self.under.take(runs(first, self.first_under.take(leaves + 1) - first)))
        shape = self.shape.take(programs)
        if len(self.shapes) < 2**16:
            shape = shape.astype(np.uint16)  # which sorts faster
        order = np.argsort(shape, kind="stable")
        ends = np.bincount(shape, minlength=len(self.shapes)).cumsum()
        for number in np.unique(shape).tolist():
            start = int(ends[number - 1]) if number else 0
            yield self.shapes[number], programs.take(order[start : ends[number]])

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
