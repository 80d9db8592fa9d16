"""The words of many papers at once, as arrays: the same words that `bot.text.words` finds in each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.matching.hashes import Ints, Places, told_apart
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
_EDGE = b"\n" * 8
_NET = b"net"
_HALF = 32  # bits of a number that stands for two
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of some papers, and what else stands there when parts joined by hyphens are read as one word.

    Edge i leads from place starts[i] to place ends[i] by the word surfaces[edges[i]]. Place p lies in field
    FIELDS[fields[p]] of paper papers[p]; a title, an abstract and an author's name each have places of their own.
    A surface has hyphens where it was put together: there it need not be taken apart again.
    """

    surfaces: list[str]
    starts: Ints
    ends: Ints
    edges: Ints
    fields: npt.NDArray[np.uint8]
    papers: Places

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> "Tokens":
        """The words of *papers*."""
        listed = [*_texts(papers)]
        encoded = [plainly(text).encode(errors="replace") for _, _, text in listed]
        text = _EDGE + b"\n".join(encoded) + _EDGE
        found = _Found.of(np.frombuffer(text, np.uint8))
        bounds = np.fromiter(map(len, encoded), np.int64, len(encoded)).cumsum()
        last = found.starts.searchsorted(bounds + np.arange(len(bounds)) + len(_EDGE))
        counts = np.diff(last, prepend=0)
        places = np.arange(len(found.starts)) + np.repeat(np.arange(len(listed)), counts)
        surfaces, which = found.distinct(text)
        starts, ends, edges = found.joins(surfaces, which)
        return cls(
            surfaces,
            np.append(places, places[starts]),
            np.append(places, places[ends]) + 1,
            np.append(which, edges),
            np.repeat(np.array([field for _, field, _ in listed], np.uint8), counts + 1),
            np.repeat(np.array([paper for paper, _, _ in listed], np.int32), counts + 1),
        )


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

    def distinct(self, text: bytes) -> tuple[list[str], Ints]:
        """The different words, and which of them each word is."""
        numbers = told_apart(text, self.starts, self.ends)
        order = np.argsort(numbers)
        new = np.diff(numbers[order], prepend=~numbers[order[:1]]) != 0
        firsts, which = order[new], np.zeros(len(order), np.int64)
        which[order] = np.cumsum(new) - 1
        spelled = zip(self.starts[firsts].tolist(), self.ends[firsts].tolist(), strict=True)
        if text.isascii():
            said = text.decode()
            return [said[start:end] for start, end in spelled], which
        return [text[start:end].decode() for start, end in spelled], which

    def joins(self, surfaces: list[str], which: Ints) -> tuple[Ints, Ints, Ints]:
        """The words that read as one: the first and the last of them, and which of *surfaces* they make.

        What they make is added to *surfaces*.
        """
        found = [(_NONE, _NONE, _NONE)]
        first = last = np.flatnonzero(self.glued) - 1
        sizes = np.fromiter(map(len, surfaces), np.int64, len(surfaces))[which]
        said, size = which[first], sizes[first]
        while len(first):
            last = last + 1
            there = np.flatnonzero((last < len(which)) & self.glued[last % len(which)])
            there = there[size[there] + sizes[last[there]] <= LONGEST_JOIN]
            first, last, size = first[there], last[there], size[there] + sizes[last[there]]
            pairs, said = np.unique(said[there] << _HALF | which[last], return_inverse=True)
            said += len(surfaces)
            parts = zip((pairs >> _HALF).tolist(), (pairs & (1 << _HALF) - 1).tolist(), strict=True)
            surfaces += [f"{surfaces[begun]}-{surfaces[part]}" for begun, part in parts]
            found.append((first, last, said))
        starts, ends, edges = (np.concatenate(some) for some in zip(*found, strict=True))
        return starts, ends, edges


def _texts(papers: Sequence[Paper]) -> Iterator[tuple[int, int, str]]:
    """Each text of each paper, with the paper's position and the number of its field."""
    for at, paper in enumerate(papers):
        yield at, 0, paper.title
        yield at, 1, paper.abstract
        for author in paper.authors:
            yield at, 2, author


def _dot_net(text: Bytes, starts: Ints, ends: Ints) -> None:
    """Give .NET its dot."""
    likely = np.flatnonzero((ends - starts == len(_NET)) & (text[starts - 1] == ord(".")))
    for at in likely.tolist():
        start = starts[at]
        before = text[start - 2]
        if bytes(text[start : ends[at]]).lower() == _NET and (_SPACE[before] or before == ord("(")):
            starts[at] -= 1


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
    gap, after = begins - before, text[before]
    hyphen = after == ord("-")
    for at in np.flatnonzero(hyphen & (gap > 1)).tolist():
        hyphen[at] = bool((text[before[at] : begins[at]] == ord("-")).all())
    counted = np.flatnonzero((gap == 1) & (after == ord(" ")) & _DIGIT[text[begins]])
    counted = counted[_LETTER[text[before[counted] - 1]] & ~possessive[counted]]
    glued[1:] = hyphen & (gap > 0)
    glued[1 + counted] = True
    return glued
