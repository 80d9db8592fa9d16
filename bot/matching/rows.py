"""Arrays that stand for many small lists, and what is done to all of them at once."""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

_SHORT = 8
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Rows:
    """Rows of numbers, one after the other: row r is values[first[r]] and on, up to where the next begins."""

    def __init__(self, kind: type[np.generic], count: int = 0) -> None:
        """*count* empty rows of this kind of number."""
        self.first, self.sizes = np.zeros(count, np.int32), np.zeros(count, np.int32)
        self.values = np.zeros(0, kind)

    @classmethod
    def of(cls, owners: Ints, values: npt.NDArray[Any], count: int) -> "Rows":
        """*count* rows; *owners* say of which of them each value is."""
        rows = cls(values.dtype.type)
        rows.extend(owners, values, count)
        return rows

    def __len__(self) -> int:
        return len(self.first)

    def extend(self, owners: Ints, values: npt.NDArray[Any], count: int) -> None:
        """Add *count* rows."""
        order = np.argsort(owners, kind="stable")
        sizes = np.bincount(owners, minlength=count).astype(np.int32)
        first = firsts(sizes)[:-1] + np.int32(len(self.values))
        self.first, self.sizes = np.append(self.first, first), np.append(self.sizes, sizes)
        self.values = np.append(self.values, values[order].astype(self.values.dtype, copy=False))

    def at(self, rows: Ints) -> tuple[Ints, npt.NDArray[Any]]:
        """The values of these rows in no order, and for each of which of *rows* it is."""
        sizes = self.sizes.take(rows)
        some = np.flatnonzero(sizes)
        sizes, first = sizes.take(some), self.first.take(rows.take(some))
        which, at = [some[:0]], [first[:0]]
        for step in range(_SHORT):  # the first of each, the second of each: most have not many
            which.append(some)
            at.append(first + step)
            more = np.flatnonzero(sizes > step + 1)
            some, first, sizes = some.take(more), first.take(more), sizes.take(more)
            if not len(some):
                break
        long, rest = spread(first + _SHORT, sizes - _SHORT)
        return np.concatenate([*which, some.take(long)]), self.values.take(np.concatenate([*at, rest]))


class Numbering:
    """Numbers with the place that each was given. A number lies in the cell that it asks for, or in one after that."""

    def __init__(self) -> None:
        self._keys, self._places = np.zeros(1 << 10, np.uint64), np.zeros(1 << 10, np.int64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def places(self, numbers: Numbers) -> Ints:
        """The place of each of *numbers*, 0 of those that have none."""
        cells = self._cells(numbers)
        found: Ints = self._places.take(cells)
        astray = np.flatnonzero(self._keys.take(cells) != numbers)
        while len(astray := astray[found.take(astray) != 0]):
            cells[astray] = further = (cells.take(astray) + 1) & (len(self._keys) - 1)
            found[astray] = self._places.take(further)
            astray = astray[self._keys.take(further) != numbers.take(astray)]
        return found

    def add(self, numbers: Numbers, places: Ints) -> None:
        """Give *numbers*, all different and none known, their *places*, which are not 0."""
        self._count += len(numbers)
        if 2 * self._count > len(self._keys):
            known = np.flatnonzero(self._places)
            numbers = np.append(self._keys[known], numbers)
            places = np.append(self._places[known], places)
            size = 1 << (4 * self._count).bit_length()
            self._keys, self._places = np.zeros(size, np.uint64), np.zeros(size, np.int64)
        cells = self._cells(numbers)
        while len(numbers):
            free = np.flatnonzero(self._places.take(cells) == 0)
            self._keys[cells[free]] = numbers[free]
            there = np.flatnonzero(self._keys.take(cells) == numbers)
            self._places[cells[there]] = places[there]
            left = np.flatnonzero(self._keys.take(cells) != numbers)
            numbers, places = numbers[left], places[left]
            cells = (cells[left] + 1) & (len(self._keys) - 1)

    def _cells(self, numbers: Numbers) -> Ints:
        bits = len(self._keys).bit_length() - 1
        return (numbers * _SPREAD >> np.uint64(64 - bits)).astype(np.int64)


def runs(first: npt.NDArray[Any], counts: npt.NDArray[Any]) -> Ints:
    """The positions first, first + 1 … of each run, *counts* of them, one run after the other."""
    return spread(first, counts)[1]


def spread(first: npt.NDArray[Any], counts: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Which run each of these positions is of, and the positions themselves as `runs` gives them."""
    some = np.flatnonzero(counts)
    counts, first = counts.take(some), first.take(some)
    ends = counts.cumsum(dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    if total == len(some):
        return some, first.astype(np.int64, copy=False)
    which = np.zeros(total, np.int64)  # marks where a run begins: `repeat` takes longer
    which[ends[:-1]] = 1
    which = which.cumsum()
    at = (first - ends + counts).take(which)
    at += np.arange(total)
    return some.take(which), at


def firsts(counts: npt.NDArray[Any]) -> Places:
    """Where each of some runs of these lengths begins, and at last where all end."""
    first = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=first[1:])
    return first


def numbered(some: npt.NDArray[Any], size: int) -> tuple[Ints, Ints]:
    """The different ones of *some*, rising and all below *size*, and which of them each is."""
    there = np.zeros(size, bool)
    there[some] = True
    different = np.flatnonzero(there)
    rank = np.empty(size, np.int64)  # read only where it was written
    rank[different] = np.arange(len(different))
    return different, rank.take(some)
