"""Which phrases stand in which papers: all papers' words walk along all phrases at once."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.matching.hashes import STRETCH
from bot.matching.phrases import ANYWHERE, COUNT, Phrases
from bot.matching.recalled import Recalled
from bot.matching.rows import Ints, Numbers, Rows, numbered, spread
from bot.matching.tokens import Tokens

Bits = npt.NDArray[np.uint64]


class Standing(NamedTuple):
    """Leaves, and for each a row of the papers that it stands in, a bit each; a leaf can come several times."""

    leaves: Ints
    papers: Bits


def standing(tokens: Tokens, phrases: Phrases, recalled: Recalled, width: int) -> tuple[Standing, Standing]:
    """The leaves of one word and those of several that stand in the papers, *width* times 64 of them or less."""
    graph = _Graph.of(tokens, recalled)
    whole = np.flatnonzero((graph.starts < graph.places) & (graph.ends < graph.places))
    words, starts = graph.words.take(whole), graph.starts.take(whole)
    places, nodes = _walked(graph, phrases, recalled)
    return (
        _standing(recalled.leaves, words, starts, tokens, width),
        _standing(phrases.meant, nodes, places, tokens, width),
    )


class _Graph(NamedTuple):
    """Edges by what word leads from where to where; places past the first so many lie within a word.

    *onward* is the word that leads from each place to the next, 0 for none. All other edges are *branches*, in the
    order of where they start; *branching* tells of each place whether any does.
    """

    starts: Ints
    ends: Ints
    words: Ints
    places: int
    onward: Ints
    branching: npt.NDArray[np.bool_]
    branches: tuple[Ints, Ints, Ints]

    @classmethod
    def of(cls, tokens: Tokens, recalled: Recalled) -> "_Graph":
        """The words of *tokens*, and what they are made of where they can be taken apart."""
        places = total = len(tokens.fields)
        whole = tokens.starts, tokens.ends, recalled.words(tokens)
        edges = [whole]
        while len(whole[0]):
            starts, ends, words = whole
            which, parts = recalled.splits.at(words)
            middle = total + np.arange(len(which))
            total += len(which)
            whole = middle, ends[which], parts & (1 << 32) - 1
            edges += [(starts[which], middle, parts >> 32), whole]
        starts, ends, words = (np.concatenate(some) for some in zip(*edges, strict=True))
        count = tokens.count
        onward = np.zeros(total, np.int64)
        onward[tokens.starts[:count]] = words[:count]
        branching = np.zeros(total, bool)
        branching[starts[count:]] = True
        order = np.argsort(starts[count:], kind="stable") + count
        branches = starts[order], ends[order], words[order]
        return cls(starts, ends, words, places, onward, branching, branches)

    def reach(self, recalled: Recalled) -> Numbers:
        """What words that begin at each place are asked for as, in signs."""
        reach: Numbers = recalled.signs.take(self.onward)
        starts, _, words = self.branches
        np.bitwise_or.at(reach, starts, recalled.signs.take(words))
        return reach

    def ways(self, places: Ints) -> tuple[Ints, Ints, Ints]:
        """By which words one gets from some places to where: the position among *places*, the word, the end."""
        starts, ends, words = self.branches
        which = np.flatnonzero(self.branching.take(places))
        first = starts.searchsorted(places[which])
        some, at = spread(first, starts.searchsorted(places[which], "right") - first)
        return (
            np.append(np.arange(len(places)), which[some]),
            np.append(self.onward.take(places), words[at]),
            np.append(places + 1, ends[at]),
        )


def _walked(graph: _Graph, phrases: Phrases, recalled: Recalled) -> tuple[Ints, Ints]:
    """The phrases of several words that stand between words: where each ends, and its node."""
    reach = graph.reach(recalled)
    begins = np.flatnonzero((recalled.after.take(graph.words) & reach.take(graph.ends)) != 0)
    begins = begins[graph.starts.take(begins) < graph.places]
    which, nodes = recalled.begins.at(graph.words.take(begins))
    places, found = graph.ends.take(begins.take(which)), [(which[:0], which[:0])]
    while len(going := np.flatnonzero(phrases.after.take(nodes) & reach.take(places))):
        places, nodes = places.take(going), nodes.take(going)
        came, words, ends = graph.ways(places)
        ways, atoms = recalled.atoms.at(words)
        atoms += phrases.nodes.numbers.take(nodes.take(came.take(ways))) * np.uint64(STRETCH)
        there, nodes = phrases.nodes.found(atoms)
        places = ends.take(ways.take(there))
        whole = np.flatnonzero(places < graph.places)
        found.append((places.take(whole), nodes.take(whole)))
    ended, reached = (np.concatenate(some) for some in zip(*found, strict=True))
    return ended, reached


def _standing(leaves: Rows, owners: Ints, places: Ints, tokens: Tokens, width: int) -> Standing:
    """What *leaves* say of their rows *owners*, which stand at these places."""
    said = np.flatnonzero(leaves.sizes.take(owners))
    owners, places = owners.take(said), places.take(said)
    different, local = numbered(owners, len(leaves))
    papers = tokens.papers.take(places)
    table = np.zeros((COUNT, len(different), width), np.uint64)
    row = (tokens.fields.take(places).astype(np.int64) * len(different) + local) * width
    np.bitwise_or.at(table.reshape(-1), row + (papers >> 6), np.uint64(1) << (papers & 63).astype(np.uint64))
    np.bitwise_or(table[0], table[1], out=table[ANYWHERE])
    which, coded = leaves.at(different)
    bits = table.reshape(-1, width).take(coded % COUNT * len(different) + which, axis=0)
    return Standing(coded // COUNT, bits)
