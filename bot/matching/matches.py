"""Which papers interests meet, as arrays: told one interest at a time only to whoever asks."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.matching.rows import Ints


class Block(NamedTuple):
    """Some papers' matches: *interests*, for each its row, and for each row the papers, a bit each."""

    interests: Ints
    rows: Ints
    papers: npt.NDArray[np.uint64]

    def meeting(self, paper: int) -> Ints:
        """The interests that this paper of the block meets."""
        bits = (self.papers[:, paper // 64] >> np.uint64(paper % 64)) & np.uint64(1)
        meeting: Ints = self.interests[bits.astype(bool)[self.rows]]
        return meeting

    def positions(self) -> tuple[Ints, Ints]:
        """The papers of all rows one row after the other, and where each row's begin, and at last end."""
        bits = np.unpackbits(self.papers.astype("<u8", copy=False).view(np.uint8), axis=1, bitorder="little")
        rows, positions = np.nonzero(bits)
        return positions, rows.searchsorted(np.arange(len(self.papers) + 1))


class Matches(Mapping[int, Sequence[int]]):
    """Which papers each interest meets: its id to their positions, rising. Who meets none is not there.

    Answers come in *blocks*: the position of a block's first paper, and what its papers met.
    """

    def __init__(self, blocks: Sequence[tuple[int, Block]]) -> None:
        self.blocks = blocks

    def __len__(self) -> int:
        return len(self._listed)

    def __iter__(self) -> Iterator[int]:
        return iter(self._listed)

    def __getitem__(self, interest: int) -> Sequence[int]:
        return self._listed[interest]

    @property
    def pairs(self) -> int:
        """How many pairs of a paper and an interest there are."""
        return sum(int(np.bitwise_count(one.papers).sum(axis=1)[one.rows].sum()) for _, one in self.blocks)

    def by_paper(self, count: int) -> Iterator[list[int]]:
        """For each of *count* papers the interests that it meets, rising."""
        for number, (first, _) in enumerate(self.blocks):
            if number and first == self.blocks[number - 1][0]:
                continue  # told with the block before: of the same papers
            same = [one for start, one in self.blocks[number:] if start == first]
            last = min([start for start, _ in self.blocks if start > first], default=count)
            for bit in range(last - first):
                yield np.sort(np.concatenate([one.meeting(bit) for one in same])).tolist()

    @cached_property
    def _listed(self) -> dict[int, list[int]]:
        met: dict[int, list[int]] = {}
        for first, block in self.blocks:
            positions, ends = block.positions()
            listed, bounds = (positions + first).tolist(), ends.tolist()
            for interest, row in zip(block.interests.tolist(), block.rows.tolist(), strict=True):
                found = listed[bounds[row] : bounds[row + 1]]
                if interest in met:
                    met[interest].extend(found)
                else:
                    met[interest] = found
        return met
