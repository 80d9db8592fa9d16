"""Interests at rest, laid out so that what a landing touches lies together."""

from collections.abc import Iterator, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt

from bot.matching.anchored import Anchored
from bot.matching.hashes import Hashes, Ints, Numbers, Places, joined, sorted_once, spread, word
from bot.matching.laid import Laid
from bot.matching.lexicon import Lexicon
from bot.matching.matches import Block
from bot.matching.parts import CATEGORIES, CATEGORY, SOURCE, VOTES
from bot.matching.phrases import Phrases
from bot.matching.programs import Found
from bot.matching.recalled import Recalled
from bot.matching.tokens import Tokens
from bot.matching.walk import standing
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
            _all([one.inner for one in some]),
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
        with self._asking:
            leaves, owners = standing(tokens, self._phrases, self._recalled)
        named, whose = self._named(papers)
        found = Found(np.append(leaves, named), np.append(owners, whose).astype(np.int32), len(papers))
        programs, bits = self._programs.run(found)
        first = self._programs.first_interest[programs]
        rows, at = spread(first, self._programs.first_interest[programs + 1] - first)
        there = ~gone[at]
        return Block(self._programs.interests[at[there]], rows[there], bits)

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
            inner=phrases.nodes.numbers[phrases.inner],
            said=phrases.said,
            meant=phrases.meant,
            votes=self._votes,
            **self._programs.laid(self._leaves.numbers, gone),
        )

    def _named(self, papers: Sequence[Paper]) -> tuple[Ints, Places]:
        """The categories, sources and votes asked for, with the papers that have them."""
        numbers, owners = list[int](), list[int]()
        for at, paper in enumerate(papers):
            mine = [*_names(paper)]
            enough = self._votes[: self._votes.searchsorted(paper.upvotes or 0, "right")].tolist()
            mine += [joined(VOTES, least) for least in enough]
            numbers += mine
            owners += [at] * len(mine)
        there, leaves = self._leaves.found(np.array(numbers, np.uint64))
        return leaves, np.array(owners, np.int32)[there]


def _names(paper: Paper) -> Iterator[int]:
    """The leaves other than words and votes that *paper* answers to."""
    yield joined(SOURCE, word(paper.source.lower()))
    for category in map(str.lower, paper.categories):
        yield joined(CATEGORY, word(category))
        yield from (joined(CATEGORIES, word(category[:end])) for end in range(1, len(category) + 1))


def _all(arrays: Sequence[Numbers]) -> Numbers:
    return np.concatenate(arrays)
