"""The words of many papers at once, as arrays: the same words that `bot.text.words` finds in each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.matching.hashes import joined, told_apart
from bot.matching.rows import Ints, Numbers, Places
from bot.models import Paper
from bot.text import plainly

LONGEST_JOIN = 48  # characters of a word put together from parts, or taken apart; no real one is longer
FIELDS = ("title", "abstract", "author")

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


def _alnum(text: Bytes) -> Flags:
    alnum: Flags = _letter(text) | (text - np.uint8(ord("0")) < 10)
    return alnum


def _letter(text: Bytes) -> Flags:
    letter: Flags = ((text | 32) - np.uint8(ord("a")) < 26) | (text > 127)  # foreign ones are letters
    return letter


def _odd(text: Bytes) -> Flags:
    """Where there is more to a text than its words."""
    odd: Flags = (text < 32) | (text > ord("z")) & (text != ord("|"))
    for sign in b"\\$&<":
        odd |= text == sign
    return odd


_EDGE = b"\n" * 8
_NET = b"net"
_BEFORE_NET = b"( \t\n\r\f\v\x1c\x1d\x1e\x1f"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of some papers, and what else stands there when parts joined by hyphens are read as one word.

    Edge i leads from place starts[i] to place ends[i] by the word that numbers[i] tells apart from others. Place p
    lies in field FIELDS[fields[p]] of paper papers[p]; a title, an abstract and an author's name each have places
    of their own. The first edges are the words one by one; the others read words _first[i] to _last[i] as one.
    """

    numbers: Numbers
    starts: Ints
    ends: Ints
    fields: npt.NDArray[np.uint8]
    papers: Places
    _first: Ints
    _last: Ints
    _found: "_Found"

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> "Tokens":
        """The words of *papers*."""
        listed = [*_texts(papers)]
        encoded = _plain([text for _, _, text in listed])
        text = _EDGE + b"\n".join(encoded) + _EDGE
        found = _Found.of(text)
        bounds = np.fromiter(map(len, encoded), np.int64, len(encoded)).cumsum()
        last = found.starts.searchsorted(bounds + np.arange(len(bounds)) + len(_EDGE))
        counts = np.diff(last, prepend=0)
        places = np.arange(len(found.starts)) + np.repeat(np.arange(len(listed)), counts)
        numbers, first, ends = found.joins()
        return cls(
            numbers,
            places.take(first),
            places.take(ends) + 1,
            np.repeat(np.array([field for _, field, _ in listed], np.uint8), counts + 1),
            np.repeat(np.array([paper for paper, _, _ in listed], np.int32), counts + 1),
            first,
            ends,
            found,
        )

    @property
    def count(self) -> int:
        """How many words there are; so many edges come first."""
        return len(self._found.starts)

    def surfaces(self, edges: Ints) -> list[str]:
        """The words of some *edges*: with hyphens where they were put together, and need not be taken apart again."""
        text, starts, ends = self._found.text, self._found.starts, self._found.ends
        return [
            "-".join([text[starts[at] : ends[at]].decode() for at in range(first, last + 1)])
            for first, last in zip(self._first[edges].tolist(), self._last[edges].tolist(), strict=True)
        ]


@dataclass(slots=True)
class _Found:
    """Where words stand in a text, and which of them are *glued* to the word before."""

    text: bytes
    starts: Ints
    ends: Ints
    glued: Flags

    @classmethod
    def of(cls, encoded: bytes) -> "_Found":
        text = np.frombuffer(encoded, np.uint8)
        alnum = _alnum(text)
        change = np.flatnonzero(alnum[1:] != alnum[:-1]) + 1
        starts, ends = change[::2].copy(), change[1::2].copy()
        single = np.flatnonzero(ends - starts == 1)
        single = single[_letter(text[starts[single]])]
        plus = single[(text[ends[single]] == ord("+")) & (text[ends[single] + 1] == ord("+"))]
        after = text[ends[single] + 1]
        sharp = single[(text[ends[single]] == ord("#")) & ~_alnum(after) & (after != ord("_"))]
        ends[plus] += 2  # C++
        ends[sharp] += 1  # C#
        _dot_net(text, starts, ends)
        owned = _possessives(text, starts, ends, single)
        if not len(owned):
            return cls(encoded, starts, ends, _glued(text, starts, ends, owned))
        follows, kept = ends.copy(), np.ones(len(starts), bool)
        follows[owned - 1] = ends[owned]
        kept[owned] = False
        possessive = owned - 1 - np.arange(len(owned))
        starts, ends, follows = starts[kept], ends[kept], follows[kept]
        return cls(encoded, starts, ends, _glued(text, starts, follows, possessive))

    def joins(self) -> tuple[Numbers, Ints, Ints]:
        """Numbers that tell words apart, and those that read as one: with the first and the last word of each."""
        numbers = told_apart(self.text, self.starts, self.ends)
        each = np.arange(len(numbers))
        found = [(numbers, each, each)]
        first = last = np.flatnonzero(self.glued) - 1
        said, size = numbers[first], self._sizes(first)
        while len(first):
            last = last + 1
            there = np.flatnonzero((last < len(each)) & self.glued[last % max(1, len(each))])
            there = there[size[there] + self._sizes(last[there]) <= LONGEST_JOIN]
            first, last, size = first[there], last[there], size[there] + self._sizes(last[there])
            said = joined(~said[there], numbers[last])  # turned over, to be no long word
            found.append((said, first, last))
        numbers, first, last = (np.concatenate(some) for some in zip(*found, strict=True))
        return numbers, first, last

    def _sizes(self, which: Ints) -> Ints:
        """How many characters these words have."""
        if self.text.isascii():
            return self.ends[which] - self.starts[which]
        spelled = zip(self.starts[which].tolist(), self.ends[which].tolist(), strict=True)
        return np.array([len(self.text[start:end].decode()) for start, end in spelled], np.int64)


def _texts(papers: Sequence[Paper]) -> Iterator[tuple[int, int, str]]:
    """Each text of each paper, with the paper's position and the number of its field."""
    for at, paper in enumerate(papers):
        yield at, 0, paper.title
        yield at, 1, paper.abstract
        for author in paper.authors:
            yield at, 2, author


def _plain(texts: Sequence[str]) -> list[bytes]:
    """The texts without TeX, markup and foreign signs; most have none, and all are looked through at once."""
    encoded = [text.encode(errors="replace") for text in texts]
    together = np.frombuffer(b"\x80".join([*encoded, b""]), np.uint8)  # which no text can begin with
    space = together == ord(" ")
    odd = np.append(np.flatnonzero(_odd(together)), np.flatnonzero(space[1:] & space[:-1]))
    ends = np.fromiter(map(len, encoded), np.int64, len(encoded)).cumsum() + np.arange(len(encoded))
    hits = np.bincount(ends.searchsorted(odd), minlength=len(encoded))
    for at in np.flatnonzero(hits > 1).tolist():  # one is the end
        encoded[at] = plainly(texts[at]).encode(errors="replace")
    return encoded


def _dot_net(text: Bytes, starts: Ints, ends: Ints) -> None:
    """Give .NET its dot."""
    likely = np.flatnonzero(ends - starts == len(_NET))
    likely = likely[text[starts[likely] - 1] == ord(".")]
    for at in likely.tolist():
        start = starts[at]
        before = int(text[start - 2])
        if bytes(text[start : ends[at]]).lower() == _NET and before in _BEFORE_NET:
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


def _glued(text: Bytes, starts: Ints, follows: Ints, possessive: Ints) -> Flags:
    """Whether a word reads as one with the word before: `fine-tuning`, and `GPT 4` like `GPT-4`."""
    glued = np.zeros(len(starts), bool)
    begins, before = starts[1:], follows[:-1]
    gap, after = begins - before, text.take(before)
    hyphen = after == ord("-")
    for at in np.flatnonzero(hyphen & (gap > 1)).tolist():
        hyphen[at] = bool((text[before[at] : begins[at]] == ord("-")).all())
    counted = np.flatnonzero((gap == 1) & (after == ord(" ")) & (text.take(begins) - np.uint8(ord("0")) < 10))
    counted = counted[_letter(text[before[counted] - 1]) & ~np.isin(counted, possessive)]
    glued[1:] = hyphen & (gap > 0)
    glued[1 + counted] = True
    return glued
