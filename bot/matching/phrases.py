"""The phrases that interests ask for, as a tree whose branches are numbers."""

from typing import Final

import numpy as np

from bot.matching.hashes import Hashes, Ints, Numbers, runs, word
from bot.matching.tokens import FIELDS

ROOT: Final = word("phrase")
ANYWHERE: Final = len(FIELDS)  # title or abstract
PLACES: Final = {name: word(f"in {name}") for name in (*FIELDS, "")}
IN: Final[Numbers] = np.array(list(PLACES.values()), np.uint64)
COUNT: Final = len(IN)


class Phrases:
    """Phrases at rest: a node is a phrase or the beginning of one, *inner* when more can follow.

    A leaf is a phrase in a place, title or abstract or either. *spoken* are pairs: a leaf as it is said another
    way, and the leaf that is meant.
    """

    def __init__(
        self, nodes: Numbers, inner: Numbers, leaves: Hashes, spoken: tuple[Numbers, Numbers]
    ) -> None:
        self.nodes, self.leaves = Hashes(nodes), leaves
        self.inner = np.zeros(len(self.nodes), bool)
        self.inner[self.nodes.found(inner)[1]] = True
        order = np.lexsort((spoken[1], spoken[0]))
        said, meant = spoken[0][order], spoken[1][order]
        keep = np.ones(len(said), bool)
        keep[1:] = (said[1:] != said[:-1]) | (meant[1:] != meant[:-1])
        self.said, self.meant = said[keep], meant[keep]
        self._said = Hashes(self.said)
        self._first = np.append(self.said.searchsorted(self._said.numbers), len(self.said))
        self._leaf = leaves.numbers.searchsorted(self.meant)

    def meaning(self, numbers: Numbers) -> tuple[Ints, Ints]:
        """Which of *numbers* are leaves as somebody says them, and which leaves they mean."""
        at, leaf = self.leaves.found(numbers)
        said, which = self._said.found(numbers)
        counts = self._first[which + 1] - self._first[which]
        meant = self._leaf[runs(self._first[which], counts)]
        return np.append(at, np.repeat(said, counts)), np.append(leaf, meant)
