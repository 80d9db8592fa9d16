"""Interests at rest, laid out so that what a landing touches lies together."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.matching.anchored import Anchored
from bot.matching.hashes import Hashes, joined, sorted_once, word
from bot.matching.laid import Laid
from bot.matching.lexicon import Lexicon
from bot.matching.matches import Block
from bot.matching.parts import CATEGORIES, CATEGORY, SOURCE, VOTES
from bot.matching.phrases import Phrases
from bot.matching.programs import Found
from bot.matching.recalled import Recalled
from bot.matching.rows import Numbers, spread
from bot.matching.tokens import Tokens
from bot.matching.walk import Standing, standing
from bot.models import Paper


class Packed:
    """Interests that no longer change."""

    def __init__(self, some: Sequence[Laid]) -> None:
        self._lexicon = Lexicon(
            _all([one.atoms for one in some]),
            _all([one.prefixes for one in some]),
            (_all([one.bases for one in some]), _all([one.inflected for one in some])),
            _all([one.joins for one in some]),
        )
        self._leaves = Hashes(_all([one.leaves for one in some]))
        self._phrases = Phrases(
            _all([one.nodes for one in some]),
            (_all([one.inner for one in some]), _all([one.after for one in some])),
            self._leaves,
            (_all([one.said for one in some]), _all([one.meant for one in some])),
        )
        self._recalled, self._asking = Recalled(self._lexicon, self._phrases), Lock()
        self._votes = sorted_once(_all([one.votes for one in some]))
        self._programs = Anchored(some, self._leaves.numbers)

    def __len__(self) -> int:
        return len(self._programs.interests)

    def place(self, interest: int) -> int:
        """Where among the interests this one is, or -1."""
        return self._programs.place(interest)

    def match(self, tokens: Tokens, papers: Sequence[Paper], gone: npt.NDArray[np.bool_]) -> Block:
        """Which papers each interest meets that is not *gone*."""
        width = (len(papers) + 63) // 64
        with self._asking:
            stand = standing(tokens, self._phrases, self._recalled, width)
        leaves, bits = zip(*stand, self._named(papers, width), strict=True)
        found = Found(np.concatenate(leaves), np.concatenate(bits), len(self._leaves))
        programs, rows, met = self._programs.run(found)
        first = self._programs.first_interest
        which, at = spread(first.take(programs), first.take(programs + 1) - first.take(programs))
        if gone.any():
            there = np.flatnonzero(~gone.take(at))
            which, at = which.take(there), at.take(there)
        return Block(self._programs.interests.take(at), rows.take(which), met)

    def laid(self, gone: npt.NDArray[np.bool_]) -> Laid:
        """What is not *gone*, to be packed with more."""
        lexicon, phrases = self._lexicon, self._phrases
        return Laid(
            atoms=lexicon.atoms.numbers,
            prefixes=lexicon.prefixes.numbers,
            bases=lexicon.bases,
            inflected=lexicon.inflected,
            joins=lexicon.joins.numbers,
            nodes=phrases.nodes.numbers,
            inner=phrases.nodes.numbers[phrases.after != 0],
            after=phrases.after[phrases.after != 0],
            said=phrases.spoken[0],
            meant=phrases.spoken[1],
            votes=self._votes,
            **self._programs.laid(self._leaves.numbers, gone),
        )

    def _named(self, papers: Sequence[Paper], width: int) -> Standing:
        """The categories, sources and votes asked for, with the papers that have them."""
        sources, categories, having = (defaultdict[Any, int](int) for _ in range(3))
        for at, paper in enumerate(papers):
            sources[paper.source] |= 1 << at
            for category in paper.categories:
                categories[category] |= 1 << at
        for source, those in sources.items():
            having[joined(SOURCE, word(source.lower()))] |= those
        for category, those in categories.items():
            for name in _names(category.lower()):
                having[name] |= those
        for least in self._votes.tolist():
            enough = sum(1 << at for at, paper in enumerate(papers) if (paper.upvotes or 0) >= least)
            having[joined(VOTES, least)] = enough
        there, leaves = self._leaves.found(np.fromiter(having, np.uint64, len(having)))
        values = [*having.values()]
        rows = [values[at].to_bytes(8 * width, "little") for at in there.tolist()]
        return Standing(leaves, np.frombuffer(b"".join(rows), np.uint64).reshape(-1, width))


@lru_cache(maxsize=1_000)
def _names(category: str) -> list[int]:
    """The category as a leaf, and all that it lies in."""
    beginnings = [category[:end] for end in range(1, len(category) + 1)]
    return [joined(CATEGORY, word(category)), *(joined(CATEGORIES, word(one)) for one in beginnings)]


def _all(arrays: Sequence[Numbers]) -> Numbers:
    return np.concatenate(arrays)
