"""The words of many papers at once, as arrays: the same words that `bot.text.words` finds in each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from bot.matching.hashes import Ints, Places, spans
from bot.models import Paper
from bot.text import plainly

LONGEST_JOIN = 48  # characters of a word put together from parts, or taken apart; no real one is longer
FIELDS = ("title", "abstract", "author")

Bytes = npt.NDArray[np.uint8]


def _table(*characters: str | range) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, bool)
    for some in characters:
        table[[ord(char) if isinstance(char, str) else char for char in some]] = True
    return table


_CAPITAL, _SMALL, _DIGIT = _table(range(65, 91)), _table(range(97, 123)), _table(range(48, 58))
_LETTER = _CAPITAL | _SMALL | _table(range(128, 256))  # what is foreign and still there is part of a word
_ALNUM = _LETTER | _DIGIT
_SPACE = _table(" \t\n\r\f\v", range(0x1C, 0x20))
_EDGE = b"\n\n\n"


@dataclass(slots=True)
class Tokens:
    """The words of some papers, and what else stands there when parts joined by hyphens are read as one word.

    Edge i leads from place starts[i] to place ends[i] by the word surfaces[edges[i]]. Place p lies in field
    FIELDS[fields[p]] of paper papers[p]; a title, an abstract and an author's name each have places of their own.
    *seams* says where a word was put together, in characters: there it need not be taken apart again.
    """

    surfaces: list[str]
    starts: Ints
    ends: Ints
    edges: Ints
    fields: npt.NDArray[np.uint8]
    papers: Places
    seams: dict[int, frozenset[int]]

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> "Tokens":
        """The words of *papers*."""
        listed = [*_texts(papers)]
        encoded = [plainly(text).encode(errors="replace") for _, _, text in listed]
        text = _EDGE + b"\n".join(encoded) + _EDGE
        found = _Found.of(np.frombuffer(text, np.uint8))
        bounds = np.fromiter(map(len, encoded), np.int64, len(encoded)).cumsum()
        bounds = bounds + np.arange(len(bounds)) + len(_EDGE)
        whose = bounds.searchsorted(found.starts)
        counts = np.bincount(whose, minlength=len(listed)) + 1
        starts = np.arange(len(whose)) + whose
        tokens = cls(
            *found.distinct(text, starts),
            np.repeat(np.array([field for _, field, _ in listed], np.uint8), counts),
            np.repeat(np.array([paper for paper, _, _ in listed], np.int32), counts),
            {},
        )
        tokens._join(found.joins(text, starts))
        return tokens

    def _join(self, joins: Sequence[tuple[int, int, tuple[str, ...]]]) -> None:
        """Take in that from one place to another these parts can be read as one word."""
        numbers: dict[tuple[str, ...], int] = {}
        edges = [numbers.setdefault(parts, len(self.surfaces) + len(numbers)) for _, _, parts in joins]
        for parts, number in numbers.items():
            self.surfaces.append("".join(parts))
            self.seams[number] = frozenset(accumulate(map(len, parts[:-1])))
        self.starts = np.append(self.starts, np.array([start for start, _, _ in joins], np.int64))
        self.ends = np.append(self.ends, np.array([end for _, end, _ in joins], np.int64))
        self.edges = np.append(self.edges, np.array(edges, np.int64))


@dataclass(slots=True)
class _Found:
    """Where words stand in a text, and which of them are *glued* to the word before."""

    text: Bytes
    starts: Ints
    ends: Ints
    glued: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, text: Bytes) -> "_Found":
        change = np.flatnonzero(np.diff(_ALNUM[text])) + 1
        starts, ends = change[::2].copy(), change[1::2].copy()
        single = np.flatnonzero((ends - starts == 1) & _LETTER[text[starts]])
        plus = single[(text[ends[single]] == ord("+")) & (text[ends[single] + 1] == ord("+"))]
        after = text[ends[single] + 1]
        sharp = single[(text[ends[single]] == ord("#")) & ~_ALNUM[after] & (after != ord("_"))]
        ends[plus] += 2  # C++
        ends[sharp] += 1  # C#
        _dot_net(text, starts, ends)
        owned = _possessives(text, starts, ends, single)
        follows = ends.copy()
        follows[owned - 1] = ends[owned]
        kept = np.ones(len(starts), bool)
        kept[owned] = False
        possessive = np.zeros(len(starts), bool)
        possessive[owned - 1] = True
        starts, ends, follows, possessive = starts[kept], ends[kept], follows[kept], possessive[kept]
        return cls(text, starts, ends, _glued(text, starts, follows, possessive))

    def distinct(self, text: bytes, places: Ints) -> tuple[list[str], Ints, Ints, Ints]:
        """The different words, and each word's edge: from where, to where, and which word it is."""
        numbers = spans(self.text, self.starts, self.ends)
        order = np.argsort(numbers)
        new = np.diff(numbers[order], prepend=~numbers[order[:1]]) != 0
        firsts, which = order[new], np.zeros(len(order), np.int64)
        which[order] = np.cumsum(new) - 1
        spelled = zip(self.starts[firsts].tolist(), self.ends[firsts].tolist(), strict=True)
        return [text[start:end].decode() for start, end in spelled], places, places + 1, which

    def joins(self, text: bytes, places: Ints) -> list[tuple[int, int, tuple[str, ...]]]:
        """The parts of words joined by hyphens that read as one, from which place to which."""
        glued = np.flatnonzero(self.glued)
        first = np.flatnonzero(np.diff(glued, prepend=-2) != 1)
        last = np.append(first[1:], len(glued))[: len(first)] - 1
        begins, ends = glued[first] - 1, glued[last]
        spelled = zip(self.starts[begins].tolist(), self.ends[ends].tolist(), strict=True)
        stretches = zip(places[begins].tolist(), begins.tolist(), ends.tolist(), spelled, strict=True)
        known: dict[bytes, list[tuple[int, int, tuple[str, ...]]]] = {}
        found: list[tuple[int, int, tuple[str, ...]]] = []
        for base, begin, end, (start, stop) in stretches:
            said = text[start:stop]
            if said not in known:
                known[said] = list(self._joined(text, begin, end))
            found += [(base + one, base + other, parts) for one, other, parts in known[said]]
        return found

    def _joined(self, text: bytes, begin: int, end: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Each way to read some of these words as one: from which of them, to before which."""
        bounds = zip(self.starts[begin : end + 1].tolist(), self.ends[begin : end + 1].tolist(), strict=True)
        parts = [text[start:stop].decode() for start, stop in bounds]
        for start in range(len(parts) - 1):
            length = len(parts[start])
            for after in range(start + 1, len(parts)):
                length += len(parts[after])
                if length > LONGEST_JOIN:
                    break
                yield start, after + 1, tuple(parts[start : after + 1])


def _texts(papers: Sequence[Paper]) -> Iterator[tuple[int, int, str]]:
    """Each text of each paper, with the paper's position and the number of its field."""
    for at, paper in enumerate(papers):
        yield at, 0, paper.title
        yield at, 1, paper.abstract
        for author in paper.authors:
            yield at, 2, author


def _dot_net(text: Bytes, starts: Ints, ends: Ints) -> None:
    """Give .NET its dot."""
    n, e, t = (text[np.minimum(starts + at, len(text) - 1)] | 32 for at in range(3))
    net = (
        (ends - starts == 3)
        & (n == ord("n"))
        & (e == ord("e"))
        & (t == ord("t"))
        & (text[starts - 1] == ord("."))
    )
    before = text[starts - 2]
    starts[net & (_SPACE[before] | (before == ord("(")))] -= 1


def _possessives(text: Bytes, starts: Ints, ends: Ints, single: Ints) -> Ints:
    """Which words are only the s of the word before: those are none."""
    likely = single[
        (text[starts[single]] | 32 == ord("s")) & (text[starts[single] - 1] == ord("'")) & (single > 0)
    ]
    likely = likely[ends[likely - 1] == starts[likely] - 1]
    found: list[int] = []
    for at in likely.tolist():
        if ends[at] == starts[at] + 1 and not (found and found[-1] == at - 1):
            found.append(at)
    return np.array(found, np.int64)


def _glued(
    text: Bytes, starts: Ints, follows: Ints, possessive: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Whether a word reads as one with the word before: `fine-tuning`, and `GPT 4` like `GPT-4`."""
    glued = np.zeros(len(starts), bool)
    begins, before = starts[1:], follows[:-1]
    hyphens = np.zeros(len(text) + 1, np.int64)
    np.cumsum(text == ord("-"), out=hyphens[1:])
    gap = begins - before
    glued[1:] = (gap > 0) & (hyphens[begins] - hyphens[before] == gap)
    glued[1:] |= (
        (gap == 1)
        & (text[before] == ord(" "))
        & _LETTER[text[before - 1]]
        & ~possessive[:-1]
        & _DIGIT[text[begins]]
    )
    return glued
