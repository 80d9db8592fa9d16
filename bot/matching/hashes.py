"""Words, phrases and terms as numbers of 64 bits, so that a million of them are an array.

A number is made of what it stands for alone: nothing is counted, so arrays made apart can be laid together. Two
words that a person follows could share a number by chance once in some billion landings.
"""

from collections.abc import Sequence
from functools import lru_cache
from operator import mul
from random import Random
from typing import Any, Final, overload

import numpy as np
import numpy.typing as npt

from bot.matching.rows import Ints, Numbers, firsts

_ALL: Final = 2**64 - 1
STRETCH: Final = 0xD1342543DE82EF95
_BASE: Final = 0x9E3779B97F4A7C15
_LONG: Final = 64  # letters; hardly a word has more
_MASKS: Final[Numbers] = np.array([2 ** (8 * count) - 1 for count in range(9)], np.uint64)
_chance = Random(6022)  # noqa: S311  # spreads numbers, keeps no secret; numpy's own weighs two megabytes
_BYTES: Final[Numbers] = np.array([_chance.getrandbits(64) for _ in range(256)], np.uint64)
_LIKE: Final[Numbers] = _BYTES.copy()  # where y counts as i: die and dying begin alike
_LIKE[ord("y")] = _LIKE[ord("i")]
_LISTED: Final = _BYTES.tolist()
_LISTED_ALIKE: Final = _LIKE.tolist()


@overload
def followed(left: int, right: int) -> int: ...
@overload
def followed(left: int, right: Numbers) -> Numbers: ...
@overload
def followed(left: Numbers, right: Numbers) -> Numbers: ...
def followed(left: int | Numbers, right: int | Numbers) -> int | Numbers:
    """The number of a phrase and its next word. Those are well mixed, so that this need not be."""
    number: Any = ((left * STRETCH & _ALL) + right) & _ALL
    said: int | Numbers = number
    return said


@overload
def joined(left: int, right: int) -> int: ...
@overload
def joined(left: int, right: Numbers) -> Numbers: ...
@overload
def joined(left: Numbers, right: Numbers) -> Numbers: ...
def joined(left: int | Numbers, right: int | Numbers) -> int | Numbers:
    """The number of one thing after another: of a kind and what is of it, of a phrase and where it stands."""
    mixed: Any = ((left * STRETCH & _ALL) + right) & _ALL
    mixed = (mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9 & _ALL
    number: int | Numbers = mixed ^ (mixed >> 32)
    return number


@lru_cache(maxsize=20_000)
def word(text: str) -> int:
    """The number of a word."""
    return _counted(text, _LISTED)


def beginning(text: str) -> int:
    """The number of how a word begins, y and i being alike."""
    return _counted(text, _LISTED_ALIKE)


def told_apart(text: bytes, starts: Ints, ends: Ints) -> Numbers:
    """Numbers that tell apart what stands in *text* from *starts* to *ends*; eight bytes must follow the last.

    Up to eight letters are their own number. Good only within this program.
    """
    eight = np.ndarray(len(text) - 7, "<u8", text, strides=(1,))
    left = ends - starts
    found: Numbers = eight[starts] & _MASKS.take(np.minimum(left, 8))
    long, at = np.flatnonzero(left > 8), 8
    while len(long) and at < _LONG:
        more = eight[starts[long] + at] & _MASKS[np.minimum(left[long] - at, 8)]
        found[long] = joined(found[long], more)
        at += 8
        long = long[left[long] > at]
    for one in long.tolist():
        found[one] = hash(text[starts[one] : ends[one]]) & _ALL
    return found


def words(texts: Sequence[str]) -> Numbers:
    """The numbers of many words."""
    return Spelled.of(texts).whole()


class Spelled:
    """Many words letter by letter: *owners* says which word each letter is of, *sizes* the how manieth it is."""

    def __init__(self, letters: npt.NDArray[np.uint8], lengths: Ints) -> None:
        """The words' *letters* one word after the other, and how many each has (bytes of UTF-8, really)."""
        self.letters = letters
        self.starts: Ints = lengths.cumsum() - lengths
        self.owners: Ints = np.repeat(np.arange(len(lengths)), lengths)
        self.sizes: Ints = np.arange(1, len(letters) + 1) - self.starts[self.owners]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Spelled":
        """These words."""
        together = "".join(texts)
        each = texts if together.isascii() else [text.encode() for text in texts]
        lengths = np.fromiter(map(len, each), np.int64, len(each))
        return cls(np.frombuffer(together.encode(), np.uint8), lengths)

    def whole(self) -> Numbers:
        """The number of each word; none is empty."""
        counted = self._counted(_BYTES)
        found: Numbers = np.diff(counted[np.append(self.starts, len(self.letters))])
        return found

    def beginnings(self, *, alike: bool = False) -> Numbers:
        """For each letter the number of its word up to and with it; y and i can be *alike*."""
        counted = self._counted(_LIKE if alike else _BYTES)
        return counted[1:] - counted[self.starts[self.owners]]

    def _counted(self, values: Numbers) -> Numbers:
        counted = np.zeros(len(self.letters) + 1, np.uint64)
        powers = _powers(int(self.sizes.max(initial=1)))
        np.cumsum(values[self.letters] * powers[self.sizes - 1], out=counted[1:])
        return counted


class Hashes:
    """A set of numbers at rest, sorted, that many can be looked up in at once.

    Nearly all that is looked up is not there, and a filter of bits says so. As numbers are spread evenly, what is
    likely to be there lies one or two steps from where its first bits say.
    """

    def __init__(self, numbers: Numbers) -> None:
        ordered = sorted_once(numbers)
        self._ended: Numbers = np.append(ordered, np.uint64(_ALL))  # nobody steps past the end
        self.numbers: Numbers = self._ended[:-1]
        size = len(ordered).bit_length()
        self._cell, self._bucket = np.uint64(64 - max(10, size + 4)), np.uint64(64 - max(1, size - 1))
        filled = np.zeros(1 << max(10, size + 4), bool)
        filled[ordered >> self._cell] = True
        self._filter = np.packbits(filled, bitorder="little")
        self._first = firsts(
            np.bincount((ordered >> self._bucket).astype(np.int64), minlength=1 << max(1, size - 1))
        )

    def __len__(self) -> int:
        return len(self.numbers)

    def found(self, asked: Numbers) -> tuple[Ints, Ints]:
        """Which of *asked* are in the set, and where: positions in *asked*, and in *numbers*."""
        cell = asked >> self._cell
        bits = self._filter.take((cell >> np.uint64(3)).view(np.int64))
        bits >>= cell.astype(np.uint8) & np.uint8(7)
        likely = np.flatnonzero(bits & np.uint8(1))
        sought = asked.take(likely)
        at = self._first.take((sought >> self._bucket).view(np.int64)).astype(np.int64)
        behind = np.flatnonzero(self._ended.take(at) < sought)
        while len(behind):
            at[behind] += 1
            behind = behind[self._ended.take(at.take(behind)) < sought.take(behind)]
        there = np.flatnonzero((self._ended.take(at) == sought) & (at < len(self.numbers)))
        return likely.take(there), at.take(there)


def sorted_once(numbers: Numbers) -> Numbers:
    """*numbers* in order, each once."""
    ordered = np.sort(numbers)
    keep = np.ones(len(ordered), bool)
    keep[1:] = ordered[1:] != ordered[:-1]
    return ordered[keep]


def _counted(text: str, letters: Sequence[int]) -> int:
    spelled = [letters[byte] for byte in text.encode()]
    powers: Sequence[int] = _powers(len(spelled)).tolist() if len(spelled) > _LONG else _FIRST
    total: int = sum(map(mul, spelled, powers))
    return total & _ALL


def _powers(count: int) -> Numbers:
    powers = np.full(max(1, count), _BASE, np.uint64)
    powers[0] = 1
    return np.cumprod(powers)


_FIRST: Final = _powers(_LONG).tolist()
