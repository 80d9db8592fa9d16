"""What the words of texts answer to among the interests at rest, found once a word and not once a landing."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bot.matching.hashes import Ints, Places, joined, spread
from bot.matching.lexicon import Answers, Lexicon
from bot.matching.phrases import COUNT, IN, ROOT, Phrases

_MOST_REMEMBERED: Final = 200_000  # words: a day's papers have some ten thousand


class Rows:
    """Rows of numbers, one after the other: row r is values[first[r]] and on, up to where the next begins."""

    def __init__(self, kind: type[np.generic]) -> None:
        self.first, self.values = np.zeros(1, np.int64), np.zeros(0, kind)

    def extend(self, owners: Ints, values: npt.NDArray[Any], count: int) -> None:
        """Add *count* rows; *owners* say of which of them each value is."""
        order = np.argsort(owners, kind="stable")
        ends = self.first[-1] + np.bincount(owners, minlength=count).cumsum()
        self.first, self.values = np.append(self.first, ends), np.append(self.values, values[order])

    def of(self, rows: Ints) -> tuple[Places, npt.NDArray[Any]]:
        """The values of these rows, and for each of which of *rows* it is."""
        first = self.first[rows]
        which, at = spread(first, self.first[rows + 1] - first)
        return which, self.values[at]


class Recalled:
    """Words as numbers, and by number what each answers to. One at a time may ask.

    *atoms* are what it is asked for as; *begins* the phrases that it begins and more can follow; *leaves* those that
    it is alone, four times the leaf's place and where it is asked for. *splits* are the ways to take it apart: its
    beginning and its rest as numbers of words, the first shifted up by half.
    """

    def __init__(self, lexicon: Lexicon, phrases: Phrases) -> None:
        self._lexicon, self._phrases = lexicon, phrases
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[str, int] = {}
        self._count = 0
        self.atoms, self.begins, self.leaves, self.splits = map(
            Rows, (np.uint64, np.uint64, np.int64, np.int64)
        )

    def numbers(self, surfaces: Sequence[str]) -> Ints:
        """The words' numbers, good until the next call."""
        if len(self._numbers) > _MOST_REMEMBERED:
            self._forget()
        fresh = self._fresh(surfaces)
        while fresh:
            fresh = self._learn(fresh)
        return np.fromiter(map(self._numbers.__getitem__, surfaces), np.int64, len(surfaces))

    def _fresh(self, surfaces: Sequence[str]) -> list[str]:
        """Those that have no number yet; they have from now on."""
        fresh = list(dict.fromkeys([one for one in surfaces if one not in self._numbers]))
        self._numbers.update(zip(fresh, range(self._count, self._count + len(fresh)), strict=True))
        self._count += len(fresh)
        return fresh

    def _learn(self, surfaces: Sequence[str]) -> list[str]:
        """Keep what these words answer to; what is left of those taken apart has numbers, but is to be learnt."""
        answers, splits = self._lexicon.answers(surfaces)
        begun = self._count
        self._count += len(splits)
        fresh = self._fresh([split.rest for split in splits])
        beginnings = [
            (np.full(len(one.beginning), at), one.beginning) for at, one in enumerate(splits, len(surfaces))
        ]
        count = len(surfaces) + len(splits)
        self._answer(Answers.of(answers, *beginnings), count)
        said = [begun + at << 32 | self._numbers[split.rest] for at, split in enumerate(splits)]
        owners = np.array([split.word for split in splits], np.int64)
        self.splits.extend(owners, np.array(said, np.int64), count)
        return fresh

    def _answer(self, answers: Answers, count: int) -> None:
        owners, atoms = answers
        self.atoms.extend(owners, atoms, count)
        nodes = joined(ROOT, atoms)
        there, at = self._phrases.nodes.found(nodes)
        nodes, owners, inner = nodes[there], owners[there], self._phrases.inner[at]
        self.begins.extend(owners[inner], nodes[inner], count)
        at, leaves = self._phrases.meaning(joined(np.repeat(nodes, COUNT), np.tile(IN, len(nodes))))
        self.leaves.extend(owners[at // COUNT], leaves * COUNT + at % COUNT, count)
