"""Which phrases stand in which papers: all papers' words walk along all phrases at once."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.matching.hashes import Ints, Numbers, firsts, joined, spread
from bot.matching.phrases import ANYWHERE, COUNT, IN, Phrases
from bot.matching.recalled import Recalled
from bot.matching.tokens import FIELDS, Tokens

_AUTHOR = FIELDS.index("author")


class Standing(NamedTuple):
    """Which leaf stands in which paper."""

    leaves: Ints
    papers: Ints


def standing(tokens: Tokens, phrases: Phrases, recalled: Recalled) -> Standing:
    """The leaves that stand in the papers of *tokens*."""
    walk = _Walk(_Graph.of(tokens, recalled), phrases, recalled)
    found = [walk.single()]
    places, nodes = walk.entered()
    while len(nodes):
        places, nodes, inner = walk.step(places, nodes)
        ends = np.flatnonzero(places < walk.places)
        found.append(walk.ended(nodes[ends], places[ends]))
        places, nodes = places[inner], nodes[inner]
    return Standing(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


class _Graph(NamedTuple):
    """Edges by what word leads from where to where; places past the last of *fields* lie within a word."""

    starts: Ints
    ends: Ints
    words: Ints
    places: int
    fields: npt.NDArray[np.uint8]
    papers: npt.NDArray[np.int32]

    @classmethod
    def of(cls, tokens: Tokens, recalled: Recalled) -> "_Graph":
        """The words of *tokens*, and what they are made of where they can be taken apart."""
        edges = [(tokens.starts, tokens.ends, recalled.numbers(tokens.surfaces)[tokens.edges])]
        places, whole = len(tokens.fields), edges[0]
        while len(whole[0]):
            starts, ends, words = whole
            which, parts = recalled.splits.of(words)
            middle = places + np.arange(len(which))
            places += len(which)
            whole = middle, ends[which], parts & (1 << 32) - 1
            edges += [(starts[which], middle, parts >> 32), whole]
        starts, ends, words = (np.concatenate(some) for some in zip(*edges, strict=True))
        return cls(starts, ends, words, places, tokens.fields, tokens.papers)


class _Walk:
    """One walk of the words of a graph along the phrases."""

    def __init__(self, graph: _Graph, phrases: Phrases, recalled: Recalled) -> None:
        self.graph, self.phrases, self.recalled = graph, phrases, recalled
        self.places = len(graph.fields)
        self.outside = np.flatnonzero(graph.starts < self.places)
        order = np.argsort(graph.starts, kind="stable")
        which, self.atoms = recalled.atoms.of(graph.words[order])
        edges = order[which]
        self.ends = graph.ends[edges]
        self.first = firsts(np.bincount(graph.starts[edges], minlength=graph.places))

    def single(self) -> Standing:
        """The leaves of one word."""
        graph = self.graph
        whole = self.outside[graph.ends[self.outside] < self.places]
        which, found = self.recalled.leaves.of(graph.words[whole])
        ends, leaves, asked = graph.ends[whole[which]], found // COUNT, found % COUNT
        fields = graph.fields[ends]
        fits = (fields == asked) | ((asked == ANYWHERE) & (fields != _AUTHOR))
        return Standing(leaves[fits], graph.papers[ends[fits]])

    def entered(self) -> tuple[Ints, Numbers]:
        """Where one is after the first word of a phrase that has more, and at which node."""
        which, nodes = self.recalled.begins.of(self.graph.words[self.outside])
        return self.graph.ends[self.outside[which]], nodes

    def step(self, places: Ints, nodes: Numbers) -> tuple[Ints, Numbers, npt.NDArray[np.bool_]]:
        """One word further: where one is, at which node, and whether more can follow."""
        first = self.first[places]
        which, ways = spread(first, self.first[places + 1] - first)
        nodes = joined(nodes[which], self.atoms[ways])
        there, at = self.phrases.nodes.found(nodes)
        return self.ends[ways[there]], nodes[there], self.phrases.inner[at]

    def ended(self, nodes: Numbers, places: Ints) -> Standing:
        """The leaves of phrases that end between words."""
        fields, papers = self.graph.fields[places], self.graph.papers[places]
        text = np.flatnonzero(fields != _AUTHOR)
        at, leaves = self.phrases.meaning(joined(nodes, IN[fields]))
        anywhere, more = self.phrases.meaning(joined(nodes[text], IN[ANYWHERE : ANYWHERE + 1]))
        return Standing(np.append(leaves, more), np.append(papers[at], papers[text[anywhere]]))
