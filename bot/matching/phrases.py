"""Which phrases stand in which papers: all papers' words walk along all phrases at once."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bot.matching.hashes import Hashes, Ints, Numbers, firsts, joined, runs, word
from bot.matching.lexicon import Answers, Lexicon, Split
from bot.matching.tokens import FIELDS, Tokens

ROOT: Final = word("phrase")
ANYWHERE: Final = len(FIELDS)  # title or abstract
PLACES: Final = {name: word(f"in {name}") for name in (*FIELDS, "")}
_IN: Final[Numbers] = np.array(list(PLACES.values()), np.uint64)
_AUTHOR: Final = FIELDS.index("author")


class Standing(NamedTuple):
    """Which leaf stands in which paper."""

    leaves: Ints
    papers: Ints


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

    def standing(self, tokens: Tokens, lexicon: Lexicon) -> Standing:
        """The leaves that stand in the papers of *tokens*."""
        return _Walk(self, _Graph.of(tokens, lexicon)).whole()

    def meaning(self, numbers: Numbers) -> tuple[Ints, Ints]:
        """Which of *numbers* are leaves as somebody says them, and which leaves they mean."""
        at, leaf = self.leaves.found(numbers)
        said, which = self._said.found(numbers)
        counts = self._first[which + 1] - self._first[which]
        meant = self._leaf[runs(self._first[which], counts)]
        return np.append(at, np.repeat(said, counts)), np.append(leaf, meant)


class _Graph(NamedTuple):
    """The words of texts with what they answer to; places past the last of *fields* lie within a word."""

    starts: Ints
    ends: Ints
    edges: Ints
    fields: npt.NDArray[np.uint8]
    papers: npt.NDArray[np.int32]
    answers: Answers
    words: int

    @classmethod
    def of(cls, tokens: Tokens, lexicon: Lexicon) -> "_Graph":
        answers, splits = lexicon.answers(tokens.surfaces, tokens.seams)
        parts = _Parts(tokens, answers)
        while splits:
            splits = parts.taken_apart(splits, lexicon)
        order = np.argsort(parts.starts, kind="stable")
        ordered = parts.starts[order], parts.ends[order], parts.edges[order]
        return cls(*ordered, tokens.fields, tokens.papers, Answers.of(*parts.answers), parts.words)


class _Parts:
    """Words being taken apart: edges to and from places within them, until nothing is left to take apart."""

    def __init__(self, tokens: Tokens, answers: Answers) -> None:
        self.starts, self.ends, self.edges = tokens.starts, tokens.ends, tokens.edges
        self.answers: list[tuple[Ints, Numbers]] = [answers]
        self.words, self._base, self._new = len(tokens.surfaces), 0, 0
        self._places = len(tokens.fields)

    def taken_apart(self, splits: Sequence[Split], lexicon: Lexicon) -> list[Split]:
        """Add the parts of the words, and say how the rests may be split further."""
        rests = {rest: at for at, rest in enumerate(dict.fromkeys(split.rest for split in splits))}
        answers, further = lexicon.answers(list(rests))
        first, base = self.words, self.words + len(splits)
        self.words = base + len(rests)
        for at, split in enumerate(splits):
            self.answers.append((np.full(len(split.beginning), first + at), split.beginning))
        self.answers.append((answers.owners + base, answers.atoms))
        fresh = self._edges(splits, first, [base + rests[split.rest] for split in splits])
        self._base = base
        return [split._replace(word=base + split.word) for split in further] if fresh else []

    def _edges(self, splits: Sequence[Split], first: int, rests: Sequence[int]) -> bool:
        taken = np.zeros(self.words, bool)
        which = np.array([split.word for split in splits])
        taken[which] = True
        edge = np.flatnonzero(taken[self.edges])
        edge = edge[np.argsort(self.edges[edge], kind="stable")]
        low = self.edges[edge].searchsorted(which)
        counts = self.edges[edge].searchsorted(which, "right") - low
        edge = edge[runs(low, counts)]
        middle = self._places + np.arange(len(edge))
        self._places += len(edge)
        self.starts = np.concatenate((self.starts, self.starts[edge], middle))
        self.ends = np.concatenate((self.ends, middle, self.ends[edge]))
        begun = np.repeat(first + np.arange(len(splits)), counts)
        self.edges = np.concatenate((self.edges, begun, np.repeat(np.array(rests, np.int64), counts)))
        return len(edge) > 0


class _Walk:
    """One walk of the words of a graph along the phrases."""

    def __init__(self, phrases: Phrases, graph: _Graph) -> None:
        self.phrases, self.graph = phrases, graph
        self.first_answer = graph.answers.first(graph.words)
        self.places = len(graph.fields)
        outside = np.flatnonzero(graph.starts < self.places)
        edges = graph.edges[outside].astype(
            np.uint16 if graph.words < 2**16 else np.int64
        )  # the small sort faster
        self.outside = outside[np.argsort(edges, kind="stable")]
        self.first_standing = firsts(np.bincount(edges, minlength=graph.words))
        self.first_edge = firsts(np.bincount(graph.starts, minlength=self._most() + 1))

    def whole(self) -> Standing:
        """The leaves that stand in the papers."""
        nodes, owners, inner = self._begun()
        found = [self._single(nodes, owners)]
        places, nodes = self._entered(nodes[inner], owners[inner])
        while len(nodes):
            places, nodes, inner = self._step(places, nodes)
            ends = places < self.places
            found.append(self._ended(nodes[ends], places[ends]))
            places, nodes = places[inner], nodes[inner]
        return Standing(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _begun(self) -> tuple[Numbers, Ints, npt.NDArray[np.bool_]]:
        """The nodes that single words lead to from the start, whose they are, and whether more can follow."""
        nodes = joined(ROOT, self.graph.answers.atoms)
        there, at = self.phrases.nodes.found(nodes)
        return nodes[there], self.graph.answers.owners[there], self.phrases.inner[at]

    def _single(self, nodes: Numbers, owners: Ints) -> Standing:
        """The leaves of one word: found once for each different word, and told for wherever it stands."""
        count = len(_IN)
        at, leaves = self.phrases.meaning(joined(np.repeat(nodes, count), np.tile(_IN, len(nodes))))
        owner, place = owners[at // count], at % count
        edges, which = self._standing_at(owner)
        ends = self.graph.ends[edges]
        whole = ends < self.places
        edges, which, ends = edges[whole], which[whole], ends[whole]
        fields, asked = self.graph.fields[ends], place[which]
        fits = (fields == asked) | ((asked == ANYWHERE) & (fields != _AUTHOR))
        return Standing(leaves[which[fits]], self.graph.papers[ends[fits]])

    def _entered(self, nodes: Numbers, owners: Ints) -> tuple[Ints, Numbers]:
        """Where one is after the first word of a phrase that has more."""
        edges, which = self._standing_at(owners)
        return self.graph.ends[edges], nodes[which]

    def _standing_at(self, owners: Ints) -> tuple[Ints, Ints]:
        """The edges of these words that begin between words, and for each which of *owners* it is."""
        counts = self.first_standing[owners + 1] - self.first_standing[owners]
        edges = self.outside[runs(self.first_standing[owners], counts)]
        return edges, np.repeat(np.arange(len(owners)), counts)

    def _step(self, places: Ints, nodes: Numbers) -> tuple[Ints, Numbers, npt.NDArray[np.bool_]]:
        """One word further: where one is, at which node, and whether more can follow."""
        counts = self.first_edge[places + 1] - self.first_edge[places]
        edges, nodes = runs(self.first_edge[places], counts), np.repeat(nodes, counts)
        owners = self.graph.edges[edges]
        counts = self.first_answer[owners + 1] - self.first_answer[owners]
        atoms = self.graph.answers.atoms[runs(self.first_answer[owners], counts)]
        nodes = joined(np.repeat(nodes, counts), atoms)
        there, at = self.phrases.nodes.found(nodes)
        return np.repeat(self.graph.ends[edges], counts)[there], nodes[there], self.phrases.inner[at]

    def _ended(self, nodes: Numbers, places: Ints) -> Standing:
        """The leaves of phrases that end between words."""
        fields, papers = self.graph.fields[places], self.graph.papers[places]
        text = fields != _AUTHOR
        at, leaves = self.phrases.meaning(joined(nodes, _IN[fields]))
        anywhere, more = self.phrases.meaning(joined(nodes[text], _IN[ANYWHERE : ANYWHERE + 1]))
        return Standing(np.append(leaves, more), np.append(papers[at], papers[text][anywhere]))

    def _most(self) -> int:
        return max(self.places, int(self.graph.ends.max(initial=0)))
