"""Where an interest meets a paper: for the papers that are shown, not for all that match.

One interest and one paper, read step by step: the plain counterpart of the index.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from bot.interests import And, Category, Expression, Not, Or, Phrase, Source, Upvotes
from bot.matching.atoms import paths
from bot.matching.graph import FIELDS, Graph
from bot.matching.readings import read
from bot.matching.vocabulary import Vocabulary
from bot.models import Evidence, Paper

_ORDER = ("title", "abstract", "author", "category", "source")


def evidence(expression: Expression, paper: Paper) -> tuple[Evidence, ...]:
    """The words that meet *expression*, in the order they stand in *paper*; none when it is not met.

    Offsets count characters of the field as the source wrote it; authors and categories as joined by ", ".
    """
    found = set(_Scene(expression, paper).shown(expression))
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.field), one.start, one.end)))


class _Scene:
    """A paper, with the words that an interest asks for."""

    def __init__(self, expression: Expression, paper: Paper) -> None:
        vocabulary = Vocabulary()
        self.paper = paper
        self.sought = {
            phrase: [vocabulary.add(path) for path in paths(phrase)] for phrase in _phrases(expression)
        }
        self.graph = Graph.of([paper], vocabulary)
        self.leading = self.graph.leading()

    def shown(self, expression: Expression) -> Iterator[Evidence]:
        """What to show of the paper for *expression*."""
        if not self.meets(expression):
            return
        match expression:
            case Phrase():
                yield from (self.words(start, end) for start, end in self.spans(expression))
            case And(parts) | Or(parts):
                for part in parts:
                    yield from self.shown(part)
            case Category(pattern):
                yield from self.categories(pattern)
            case Source():
                yield Evidence("source", 0, len(self.paper.source), self.paper.source)
            case Not() | Upvotes():
                return

    def meets(self, expression: Expression) -> bool:
        """Whether the paper is what *expression* looks for."""
        match expression:
            case Phrase():
                return next(self.spans(expression), None) is not None
            case And(parts):
                return all(self.meets(part) for part in parts)
            case Or(parts):
                return any(self.meets(part) for part in parts)
            case Not(inner):
                return not self.meets(inner)
            case Category(pattern):
                return next(self.categories(pattern), None) is not None
            case Source(name):
                return self.paper.source.lower() == name
            case Upvotes(least):
                return (self.paper.upvotes or 0) >= least

    def spans(self, phrase: Phrase) -> Iterator[tuple[int, int]]:
        """From where to where *phrase* stands."""
        for start in self.graph.whole():
            name = FIELDS[self.graph.fields[start]]
            if name == phrase.field or (not phrase.field and name != "author"):
                for path in self.sought[phrase]:
                    yield from (
                        (start, end) for end in self.follow(path, start) if not self.graph.inside[end]
                    )

    def follow(self, path: Sequence[int], place: int) -> Iterator[int]:
        """Where *path* can lead from *place*."""
        if not path:
            yield place
            return
        for end in self.leading.get((place, path[0]), ()):
            yield from self.follow(path[1:], end)

    def words(self, start: int, end: int) -> Evidence:
        """The words from one place to another, as they stand in the paper."""
        number = bisect_right(self.graph.bases, start) - 1
        reading, base = read(self.paper)[number], self.graph.bases[number]
        begin = reading.offset + reading.words[start - base].start
        stop = reading.offset + reading.words[end - base - 1].end
        texts = {
            "title": self.paper.title,
            "abstract": self.paper.abstract,
            "author": ", ".join(self.paper.authors),
        }
        return Evidence(reading.field, begin, stop, texts[reading.field][begin:stop])

    def categories(self, pattern: str) -> Iterator[Evidence]:
        """The categories that are what *pattern* asks for."""
        start = 0
        for category in self.paper.categories:
            name = category.lower()
            if name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern:
                yield Evidence("category", start, start + len(category), category)
            start += len(category) + len(", ")


def _phrases(expression: Expression) -> Iterator[Phrase]:
    """Every phrase in *expression*, those it leaves out included."""
    match expression:
        case Phrase():
            yield expression
        case And(parts) | Or(parts):
            for part in parts:
                yield from _phrases(part)
        case Not(inner):
            yield from _phrases(inner)
        case Category() | Source() | Upvotes():
            return
