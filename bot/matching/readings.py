"""A paper as the words it can be read as, field by field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.models import Paper
from bot.text import Word, words

Field = Literal["title", "abstract", "author"]

Edge = tuple[int, int, str]
"""A word that the text can be read as: from which word to before which, and its surface."""

_LONGEST_JOIN = 48  # characters of a word put together from parts; no real one is longer


@dataclass(frozen=True, slots=True)
class Reading:
    """One field of a paper: its *words*, and as *edges* those and what parts joined by hyphens read as.

    *offset* is where its text begins in the field: an author's name stands after the names before it.
    """

    field: Field
    words: Sequence[Word]
    edges: Sequence[Edge]
    offset: int = 0


@lru_cache(maxsize=512)  # a landing's papers, while its digests are made for one reader after the other
def read(paper: Paper) -> tuple[Reading, ...]:
    """The title, the abstract and each author's name."""
    readings = [_reading("title", paper.title), _reading("abstract", paper.abstract)]
    offset = 0
    for author in paper.authors:
        readings.append(_reading("author", author, offset))
        offset += len(author) + len(", ")
    return tuple(readings)


def _reading(field: Field, text: str, offset: int = 0) -> Reading:
    found = words(text)
    return Reading(field, found, list(_edges(found)), offset)


def _edges(found: Sequence[Word]) -> Iterator[Edge]:
    for start, word in enumerate(found):
        yield start, start + 1, word.surface
        joined = word.surface
        for end in range(start + 1, len(found)):
            if not found[end].glued or len(joined) + len(found[end].surface) > _LONGEST_JOIN:
                break
            joined += found[end].surface
            yield start, end + 1, joined
