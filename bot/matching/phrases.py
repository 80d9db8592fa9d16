"""The phrases that interests ask for, as a tree whose branches are numbers."""

from typing import Final

import numpy as np

from bot.matching.hashes import Hashes, joined, word
from bot.matching.rows import Ints, Numbers, Rows, runs
from bot.matching.tokens import FIELDS

ROOT: Final = word("phrase")
ANYWHERE: Final = len(FIELDS)  # title or abstract
PLACES: Final = {name: word(f"in {name}") for name in (*FIELDS, "")}
IN: Final[Numbers] = np.array(list(PLACES.values()), np.uint64)
COUNT: Final = len(IN)


def signs(atoms: Numbers) -> Numbers:
    """One bit of 64 for each atom: so that most of what cannot follow is told at a glance."""
    return np.uint64(1) << (atoms >> np.uint64(58))


class Phrases:
    """Phrases at rest: a node is a phrase or the beginning of one. *after* has the signs of all that can follow it.

    A leaf is a phrase in a place, title or abstract or either. *spoken* are pairs: a leaf as it is said another
    way, and the leaf that is meant. *meant* has a row for each node: the leaves that it is, COUNT times the leaf
    and the place where it is asked for.
    """

    def __init__(
        self,
        nodes: Numbers,
        inner: tuple[Numbers, Numbers],
        leaves: Hashes,
        spoken: tuple[Numbers, Numbers],
    ) -> None:
        """*inner* are pairs: a node that more can follow, and signs of what can."""
        self.nodes, self._leaves = Hashes(nodes), leaves
        self.after = np.zeros(len(self.nodes), np.uint64)
        np.bitwise_or.at(self.after, self.nodes.found(inner[0])[1], inner[1])
        order = np.lexsort((spoken[1], spoken[0]))
        said, meant = spoken[0][order], spoken[1][order]
        keep = np.ones(len(said), bool)
        keep[1:] = (said[1:] != said[:-1]) | (meant[1:] != meant[:-1])
        self.spoken = said[keep], meant[keep]
        self.meant = self._meant()

    def _meant(self) -> Rows:
        said = Hashes(self.spoken[0])
        first = np.append(self.spoken[0].searchsorted(said.numbers), len(self.spoken[0]))
        leaf = self._leaves.numbers.searchsorted(self.spoken[1])
        owners, values = list[Ints](), list[Ints]()
        for place, number in enumerate(IN):
            asked = joined(self.nodes.numbers, np.full(1, number))
            at, found = self._leaves.found(asked)
            there, which = said.found(asked)
            counts = first[which + 1] - first[which]
            owners += [at, np.repeat(there, counts)]
            values += [found * COUNT + place, leaf[runs(first[which], counts)] * COUNT + place]
        coded = np.concatenate(values).astype(np.int32)
        return Rows.of(np.concatenate(owners), coded, len(self.nodes))
