"""The words of papers as a graph: an edge says that an atom's word stands from one place to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.matching.readings import Reading, read
from bot.matching.vocabulary import Split, Vocabulary
from bot.models import Paper

FIELDS = ("title", "abstract", "author")


@dataclass(slots=True)
class Graph:
    """Edges and places of some papers.

    Edge i leads from place starts[i] to place ends[i] by atom atoms[i]. Place p lies in paper papers[p], in field
    FIELDS[fields[p]]; inside[p] when it lies within a word that reads as several typed ones: nothing begins or
    ends there. The places of one reading's words follow one another from bases[r] on.
    """

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    atoms: list[int] = field(default_factory=list)
    papers: list[int] = field(default_factory=list)
    fields: list[int] = field(default_factory=list)
    inside: list[bool] = field(default_factory=list)
    bases: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, papers: Sequence[Paper], vocabulary: Vocabulary) -> "Graph":
        """The graph of *papers*, with the edges that *vocabulary* asks for."""
        graph = cls()
        for number, paper in enumerate(papers):
            for reading in read(paper):
                graph._read(number, reading, vocabulary)
        vocabulary.trim()
        return graph

    def _read(self, paper: int, reading: Reading, vocabulary: Vocabulary) -> None:
        name = FIELDS.index(reading.field)
        base = len(self.papers)
        self.bases.append(base)
        count = len(reading.words) + 1
        self.papers += [paper] * count
        self.fields += [name] * count
        self.inside += [False] * count
        for start, end, surface in reading.edges:
            self._edge(base + start, base + end, vocabulary.answers(surface))
            for split in vocabulary.splits(surface):
                self._spread(base + start, base + end, split, vocabulary)

    def _edge(self, start: int, end: int, atoms: Sequence[int]) -> None:
        self.starts += [start] * len(atoms)
        self.ends += [end] * len(atoms)
        self.atoms += atoms

    def _spread(self, start: int, end: int, split: Split, vocabulary: Vocabulary) -> None:
        """The edges of one word read as several: by way of a place inside it."""
        middle = len(self.papers)
        self.papers.append(self.papers[start])
        self.fields.append(self.fields[start])
        self.inside.append(True)
        self._edge(start, middle, split.first)
        self._edge(middle, end, vocabulary.answers(split.rest))
        for further in vocabulary.splits(split.rest):
            self._spread(middle, end, further, vocabulary)

    def leading(self) -> dict[tuple[int, int], list[int]]:
        """Where one gets from a place by an atom."""
        found: dict[tuple[int, int], list[int]] = {}
        for start, end, atom in zip(self.starts, self.ends, self.atoms, strict=True):
            found.setdefault((start, atom), []).append(end)
        return found

    def whole(self) -> Iterator[int]:
        """The places where a phrase can begin."""
        return (place for place, inside in enumerate(self.inside) if not inside)
