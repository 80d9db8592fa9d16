"""Where an interest meets a paper: for the papers that are shown, not for all that match.

One interest and one paper, read step by step: the plain counterpart of the index.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.interests import And, Category, Expression, Not, Or, Phrase, Source, Upvotes
from bot.matching.atoms import Path, paths
from bot.matching.tokens import LONGEST_JOIN
from bot.models import Evidence, Paper
from bot.text import Word, words

_ORDER = ("title", "abstract", "author", "category", "source")

Edges = Sequence[tuple[int, str]]
"""The words that begin at a place, parts joined by hyphens among them: where each ends, and its surface."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One field of a paper: its *words*, and the *edges* that begin with each.

    *offset* is where *text* begins in the field: an author's name stands after the names before it.
    """

    field: Literal["title", "abstract", "author"]
    text: str
    words: Sequence[Word]
    edges: Sequence[Edges]
    offset: int = 0

    def said(self, start: int, end: int) -> Evidence:
        """The words from one place to another, as they stand in the paper."""
        begin, stop = self.words[start].start, self.words[end - 1].end
        return Evidence(self.field, self.offset + begin, self.offset + stop, self.text[begin:stop])


@lru_cache(maxsize=512)  # a landing's papers, while its digests are made for one reader after the other
def read(paper: Paper) -> tuple[Reading, ...]:
    """The title, the abstract and each author's name."""
    readings = [_reading("title", paper.title), _reading("abstract", paper.abstract)]
    offset = 0
    for author in paper.authors:
        readings.append(_reading("author", author, offset))
        offset += len(author) + len(", ")
    return tuple(readings)


def evidence(expression: Expression, paper: Paper) -> tuple[Evidence, ...]:
    """The words that meet *expression*, in the order they stand in *paper*; none when it is not met.

    Offsets count characters of the field as the source wrote it; authors and categories as joined by ", ".
    """
    found = set(_shown(expression, paper))
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.field), one.start, one.end)))


def _shown(expression: Expression, paper: Paper) -> Iterator[Evidence]:
    if not _meets(expression, paper):
        return
    match expression:
        case Phrase():
            yield from _standing(expression, paper)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _shown(part, paper)
        case Category(pattern):
            yield from _categories(pattern, paper)
        case Source():
            yield Evidence("source", 0, len(paper.source), paper.source)
        case Not() | Upvotes():
            return


def _meets(expression: Expression, paper: Paper) -> bool:
    match expression:
        case Phrase():
            return next(_standing(expression, paper), None) is not None
        case And(parts):
            return all(_meets(part, paper) for part in parts)
        case Or(parts):
            return any(_meets(part, paper) for part in parts)
        case Not(inner):
            return not _meets(inner, paper)
        case Category(pattern):
            return next(_categories(pattern, paper), None) is not None
        case Source(name):
            return paper.source.lower() == name
        case Upvotes(least):
            return (paper.upvotes or 0) >= least


def _standing(phrase: Phrase, paper: Paper) -> Iterator[Evidence]:
    """Where *phrase* stands."""
    spoken = paths(phrase)
    for reading in read(paper):
        if reading.field == phrase.field or (not phrase.field and reading.field != "author"):
            for start in range(len(reading.words)):
                for path in spoken:
                    yield from (reading.said(start, end) for end in _followed(path, reading, start))


def _followed(path: Path, reading: Reading, place: int) -> Iterator[int]:
    """Where *path* can lead from *place*."""
    if not path:
        yield place
    elif place < len(reading.words):
        for end, surface in reading.edges[place]:
            for rest in _left(path, surface):
                yield from _followed(rest, reading, end)


def _left(path: Path, surface: str) -> Iterator[Path]:
    """What is left of *path* after *surface*, which may be several of its words written as one."""
    if path[0].met(surface):
        yield path[1:]
    if len(path) > 1 and len(surface) <= LONGEST_JOIN and path[0].begins(surface):
        yield from _left(path[1:], surface[len(path[0].pattern) :])


def _categories(pattern: str, paper: Paper) -> Iterator[Evidence]:
    """The categories that are what *pattern* asks for."""
    start = 0
    for category in paper.categories:
        name = category.lower()
        if name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern:
            yield Evidence("category", start, start + len(category), category)
        start += len(category) + len(", ")


def _reading(field: Literal["title", "abstract", "author"], text: str, offset: int = 0) -> Reading:
    found = words(text)
    return Reading(field, text, found, [list(_edges(found, start)) for start in range(len(found))], offset)


def _edges(found: Sequence[Word], start: int) -> Iterator[tuple[int, str]]:
    joined = found[start].surface
    yield start + 1, joined
    for end in range(start + 1, len(found)):
        if not found[end].glued or len(joined) + len(found[end].surface) > LONGEST_JOIN:
            break
        joined += found[end].surface
        yield end + 1, joined
