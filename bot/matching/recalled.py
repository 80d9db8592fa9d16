"""What the words of texts answer to among the interests at rest, found once a word and not once a landing."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from bot.matching.hashes import followed
from bot.matching.lexicon import Answers, Lexicon
from bot.matching.phrases import ROOT, Phrases, signs
from bot.matching.rows import Ints, Numbering, Numbers, Rows
from bot.matching.tokens import Tokens

_MOST_REMEMBERED: Final = 200_000  # words: a day's papers have some ten thousand


class Recalled:
    """Words as numbers, and by number what each answers to; 0 is no word. One at a time may ask.

    *atoms* are what it is asked for as, *signs* theirs; *begins* the nodes of phrases that it begins and more can
    follow, *after* the signs of what can; *leaves* those that it is alone, as in `Phrases.meant`. *splits* are the ways
    to take it apart: its beginning and its rest as numbers of words, the first shifted up by half.
    """

    def __init__(self, lexicon: Lexicon, phrases: Phrases) -> None:
        self._lexicon, self._phrases = lexicon, phrases
        self._forget()

    def _forget(self) -> None:
        self._numbering, self._rests = Numbering(), dict[str, int]()
        self.atoms, self.begins = Rows(np.uint64, 1), Rows(np.int32, 1)
        self.signs = self.after = np.zeros(1, np.uint64)
        self.leaves, self.splits = Rows(np.int32, 1), Rows(np.int64, 1)

    def words(self, tokens: Tokens) -> Ints:
        """The numbers of the words of *tokens*, good until the next call."""
        if len(self._numbering) > _MOST_REMEMBERED:
            self._forget()
        found = self._numbering.places(tokens.numbers)
        fresh = np.flatnonzero(found == 0)
        if len(fresh):
            different, first = np.unique(tokens.numbers[fresh], return_index=True)
            begun = self._learn(tokens.surfaces(fresh[first]))
            self._numbering.add(different, np.arange(begun, begun + len(different)))
            found[fresh] = self._numbering.places(tokens.numbers[fresh])
        return found

    def _learn(self, surfaces: Sequence[str]) -> int:
        """Keep what these words answer to, and say the first one's number; the others follow."""
        answers, splits = self._lexicon.answers(surfaces)
        fresh = list(dict.fromkeys([one.rest for one in splits if one.rest not in self._rests]))
        if fresh:
            self._rests.update(zip(fresh, range(self._learn(fresh), len(self.atoms)), strict=False))
        rests = np.array([self._rests[one.rest] for one in splits], np.int64)
        # Nothing is asked for that is like most rests: those words are whole.
        apart = np.flatnonzero(self.atoms.sizes.take(rests) + self.splits.sizes.take(rests))
        splits, rests = [splits[at] for at in apart.tolist()], rests[apart]
        begun, count = len(self.atoms), len(surfaces) + len(splits)
        beginnings = [
            (np.full(len(one.beginning), at), one.beginning) for at, one in enumerate(splits, len(surfaces))
        ]
        self._answer(Answers.of(answers, *beginnings), count)
        firsts = np.arange(begun + len(surfaces), begun + count)
        owners = np.array([split.word for split in splits], np.int64)
        self.splits.extend(owners, firsts << 32 | rests, count)
        return begun

    def _answer(self, answers: Answers, count: int) -> None:
        owners, atoms = answers
        self.atoms.extend(owners, atoms, count)
        self.signs = np.append(self.signs, _united(owners, signs(atoms), count))
        there, nodes = self._phrases.nodes.found(followed(ROOT, atoms))
        owners, after = owners[there], self._phrases.after[nodes]
        self.after = np.append(self.after, _united(owners, after, count))
        self.begins.extend(owners[after != 0], nodes[after != 0], count)
        which, leaves = self._phrases.meant.at(nodes)
        self.leaves.extend(owners[which], leaves, count)


def _united(owners: Ints, some: Numbers, count: int) -> Numbers:
    """All the signs of each owner."""
    united = np.zeros(count, np.uint64)
    np.bitwise_or.at(united, owners, some)
    return united
