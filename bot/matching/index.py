"""The index of interests: a landing's papers are looked up in it all at once."""

from collections.abc import Iterator, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt

from bot.interests import Category, Expression, Phrase, Source, Term, Upvotes, normal, parse
from bot.matching.atoms import paths
from bot.matching.graph import FIELDS, Graph
from bot.matching.programs import Found, Group, Program
from bot.matching.trie import Steps, Trie
from bot.matching.vocabulary import Vocabulary
from bot.models import Paper

Matches = dict[int, list[int]]
Ints = npt.NDArray[np.int64]

_ANYWHERE = len(FIELDS)  # title or abstract
_PLACES = {name: number for number, name in enumerate(FIELDS)} | {"": _ANYWHERE}
_BATCH = 512  # papers matched together: enough to share the work, and a bit each stays a small set
_COMMON = (
    0.5  # of a letter: how rare a guess makes a category, a source or votes, where a word counts its letters
)


class Index:
    """Stored interests that answer for papers. Adding or removing one costs what that one costs.

    Another thread may change it during a match, which sees the interests as they were when it began.
    What was removed leaves its words behind until the index is built anew.
    """

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._trie = Trie()
        self._named: dict[Term, int] = {}  # categories, sources and votes, numbered downwards from -1
        self._groups: dict[object, Group] = {}
        self._places: dict[int, tuple[Group, int]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, interest: object) -> bool:
        return interest in self._places

    def add(self, interest: int, term: str) -> None:
        """Take the interest in, by its normal form; it replaces one of the same id. Raises Unreadable."""
        expression = parse(term, stored=True)
        with self._lock:
            self._drop(interest)
            program = Program.of(expression, self._leaves)
            anchors = program.anchors()
            group = self._groups.setdefault((program.shape, anchors), Group(program.shape, anchors))
            self._places[interest] = group, group.add(interest, program.leaves)

    def remove(self, interest: int) -> None:
        """Take the interest out; one that is not there is out already."""
        with self._lock:
            self._drop(interest)

    def match(self, papers: Sequence[Paper]) -> Matches:
        """Which papers each interest meets: its id to their positions, rising; none, and its id is left out."""
        with self._lock:
            steps, groups = self._trie.steps(), [group.still() for group in self._groups.values()]
        met: Matches = {}
        for first in range(0, len(papers), _BATCH):
            found = self._found(papers[first : first + _BATCH], steps)
            for group in groups:
                for interest, positions in _decoded(*group.run(found)):
                    met.setdefault(interest, []).extend(first + position for position in positions)
        return met

    def _drop(self, interest: int) -> None:
        if interest in self._places:
            group, place = self._places.pop(interest)
            group.remove(place)

    def _leaves(self, term: Term) -> Sequence[tuple[int, float]]:
        """The numbers of *term*'s leaves, one for each way to say it, with a guess at how rare each is."""
        if not isinstance(term, Phrase):
            return [(self._named.setdefault(term, -1 - len(self._named)), _COMMON)]
        place = _PLACES[term.field]
        return [
            (
                self._trie.add(self._vocabulary.add(path)) * (_ANYWHERE + 1) + place,
                max(len(atom.pattern) for atom in path),
            )
            for path in paths(term)
        ]

    def _found(self, papers: Sequence[Paper], steps: Steps) -> Found:
        """The leaves that stand in *papers*."""
        graph = Graph.of(papers, self._vocabulary)
        nodes, places = steps.walk(graph)
        owners, fields = np.array(graph.papers, np.int64)[places], np.array(graph.fields, np.int64)[places]
        text = fields != FIELDS.index("author")
        named = np.array(list(self._names(papers)), np.int64).reshape(-1, 2)
        leaves = nodes * (_ANYWHERE + 1)
        return Found(
            np.concatenate((leaves + fields, leaves[text] + _ANYWHERE, named[:, 0])),
            np.concatenate((owners, owners[text], named[:, 1])),
            len(papers),
        )

    def _names(self, papers: Sequence[Paper]) -> Iterator[tuple[int, int]]:
        """The categories, sources and votes asked for, with the papers that have them."""
        with self._lock:
            votes = [
                (number, term.least) for term, number in self._named.items() if isinstance(term, Upvotes)
            ]
        for position, paper in enumerate(papers):
            yield from ((number, position) for number, least in votes if (paper.upvotes or 0) >= least)
            for term in _names(paper):
                if term in self._named:
                    yield self._named[term], position


def meets(expression: Expression, papers: Sequence[Paper]) -> list[int]:
    """The positions of the papers that *expression* looks for."""
    index = Index()
    index.add(0, normal(expression))
    return index.match(papers).get(0, [])


def _names(paper: Paper) -> Iterator[Term]:
    """The terms other than words and votes that *paper* answers to."""
    yield Source(paper.source.lower())
    for category in map(str.lower, paper.categories):
        yield Category(category)
        yield from (Category(category[:end] + "*") for end in range(1, len(category) + 1))


def _decoded(interests: Ints, papers: npt.NDArray[np.uint64]) -> Iterator[tuple[int, list[int]]]:
    """Each interest with the positions of the papers whose bits are set."""
    bits = np.unpackbits(papers.astype("<u8").view(np.uint8), axis=1, bitorder="little")
    rows, positions = np.nonzero(bits)
    counts = np.bincount(rows, minlength=len(interests)).tolist()
    listed, start = positions.tolist(), 0
    for interest, count in zip(interests.tolist(), counts, strict=True):
        yield interest, listed[start : start + count]
        start += count
