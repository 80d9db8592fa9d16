"""The oracle's phrases: where words stand in a text (rules 5 to 7), and the aliases inside them (rule 8)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from tests.oracle_inflection import alike, plurals
from tests.oracle_words import Word, words


def _joins(left: Word, right: Word) -> bool:
    """Whether two neighbours in a text can be read as one word: fine-tuning, GPT-4, GPT 4."""
    return right.gap == "-" or (right.gap.isspace() and left.key[-1].isalpha() and right.key[0].isdigit())


@dataclass(frozen=True)
class Text:
    """The words of a field; for each place what can be read there (key, case, next place); places by bucket."""

    words: tuple[Word, ...]
    readings: tuple[tuple[tuple[str, str, int], ...], ...]
    places: Mapping[str, Sequence[int]]


@cache
def text(raw: str) -> Text:
    """The field *raw*, read."""
    return read(tuple(words(raw)))


def read(found: tuple[Word, ...]) -> Text:
    """A text of these words."""
    readings = tuple(tuple(_from(found, place)) for place in range(len(found)))
    places = defaultdict(list)
    for place, here in enumerate(readings):
        for bucket in {_bucket(key) for key, _, _ in here}:
            places[bucket].append(place)
    return Text(found, readings, places)


def _from(found: Sequence[Word], place: int) -> Iterator[tuple[str, str, int]]:
    key = case = ""
    for next_, word in enumerate(found[place:], place + 1):
        if key and not _joins(found[next_ - 2], word):
            return
        key, case = key + word.key, case + word.case
        yield key, case, next_


def _bucket(key: str) -> str:
    """How any form of the word begins (die, dying), to look only where it can stand."""
    return key[:2].replace("y", "i")


class Piece:
    """Some typed words, read as one: which words of a text are it (rules 4 to 7)."""

    def __init__(self, typed: Sequence[Word], *, exact: bool) -> None:
        self.typed, self.last, self.exact = typed, typed[-1], exact
        self.before = "".join(word.key for word in typed[:-1])
        self.bucket = _bucket(self.before + self.last.key)
        self.known: dict[tuple[str, str], bool] = {}

    def fits(self, key: str, case: str) -> bool:
        """Whether this is the word *key*, whose letters have this *case*."""
        if (key, case) not in self.known:
            cut = len(self.before)
            self.known[key, case] = (
                key.startswith(self.before) and self._capitals(case) and self._ends(key[cut:], case[cut:])
            )
        return self.known[key, case]

    def _capitals(self, case: str) -> bool:
        """Whether each typed word in ALL CAPITALS, but the last, meets capitals where it falls."""
        at = 0
        for word in self.typed[:-1]:
            if word.shouted and "l" in case[at : at + len(word.key)]:
                return False
            at += len(word.key)
        return True

    def _ends(self, key: str, case: str) -> bool:
        """Whether the last typed word is *key*."""
        last = self.last
        if last.star:
            return key.startswith(last.key) and not (last.shouted and "l" in case[: len(last.key)])
        if last.shouted:  # GANs, BIASES
            plural = key in (last.key + "s", *plurals(last.key))
            return ("l" not in case and key == last.key) or (
                plural and re.fullmatch("[U.]+l?l?", case) is not None
            )
        return key == last.key if self.exact else key != "" and alike(last.key, key)


Steps = tuple[tuple[tuple[Piece, int], ...], ...]
"""For each typed word, what can be read there as one word, and which typed word comes next."""


@lru_cache(maxsize=5_000)
def pieces(typed: tuple[Word, ...], *, exact: bool) -> Steps:
    """How *typed* can be read, word by word."""
    count = len(typed)
    return tuple(
        tuple((Piece(typed[first:next_], exact=exact), next_) for next_ in range(first + 1, count + 1))
        for first in range(count)
    )


def spans(typed: tuple[Word, ...], where: Text, *, exact: bool) -> set[tuple[int, int]]:
    """The places (first word, word after the last) where *typed* stands in the text."""
    steps = pieces(typed, exact=exact)
    firsts = {place for piece, _ in steps[0] for place in where.places.get(piece.bucket, ())}
    return {(place, end) for place in firsts for end in _ends(steps, 0, where, place)}


def _ends(steps: Steps, done: int, where: Text, place: int) -> Iterator[int]:
    if done == len(steps):
        yield place
    elif place < len(where.words):
        for piece, more in steps[done]:
            for key, case, next_ in where.readings[place]:
                if piece.fits(key, case):
                    yield from _ends(steps, more, where, next_)


Others = list[tuple[tuple[Word, ...], bool]]
"""The other spellings of a group, and whether one counts only in the company of other words."""


@cache
def aliases() -> list[tuple[tuple[Word, ...], bool, Others]]:
    """Each spelling of the table in small letters, as words, with the other spellings of its group."""
    table = Path(__file__).parents[1] / "bot" / "aliases.tsv"
    lines = [line for line in table.read_text("utf-8").splitlines() if not line.startswith("#")]
    groups = [line.split("\t")[:-1] for line in lines]  # the last column counts papers
    return [
        (
            tuple(words(one.lower())),
            "?" in one,
            [(tuple(words(other)), "?" in other) for other in group if other != one],
        )
        for group in groups
        for one in group
    ]


@lru_cache(maxsize=1_000)
def variants(typed: tuple[Word, ...]) -> frozenset[tuple[Word, ...]]:
    """Every way to say *typed*: an alias inside it for another, as often as it goes."""
    found, waiting = {typed}, [typed]
    while waiting and len(found) < 200:
        new = set(_swapped(waiting.pop())) - found
        found |= new
        waiting += new
    return frozenset(found)


@cache
def _buckets() -> Mapping[str, Sequence[int]]:
    """The aliases by how they begin: only those that can stand in a term are looked for in it."""
    found = defaultdict(list)
    for number, (spelling, _, _) in enumerate(aliases()):
        for bucket in {piece.bucket for piece, _ in pieces(spelling, exact=False)[0]}:
            found[bucket].append(number)
    return found


def _beginning(buckets: Iterable[str]) -> Iterator[tuple[tuple[Word, ...], bool, Others]]:
    numbers = {number for bucket in buckets for number in _buckets().get(bucket, ())}
    yield from (aliases()[number] for number in sorted(numbers))


def _swapped(typed: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    where = read(tuple(replace(word, gap=" ") for word in typed))  # hyphens join in a text, not in a term
    for spelling, shaky, others in _beginning(where.places.keys()):
        for start, end in spans(spelling, where, exact=False):
            if not any(word.star for word in typed[start:end]):
                alone = (start, end) == (0, len(typed))
                kept = [other for other, doubtful in others if not (alone and (shaky or doubtful))]
                yield from ((*typed[:start], *other, *typed[end:]) for other in kept)
