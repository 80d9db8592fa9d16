"""What an interest is about, beyond its words: its other spellings, and what the field says in the same breath.

`kin.tsv` holds a subject a line: its names, and words that papers on it use without naming it (common knowledge of
the field). They are only ever used for the order and for related papers, never for whether a paper meets an interest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from bot.aliases import variants
from bot.interests import And, Expression, Or, Phrase, phrases
from bot.ranking.vectors import features, hollow, stem, stems, usual_rarity

Bases = tuple[str, ...]

_COVERED: Final = 0.5  # of what an interest's words tell, a subject's name has to tell to be what it is about
_BY_THE_WAY: Final = 0.7  # what a kindred word counts of another name of the subject


@dataclass(frozen=True, slots=True)
class Topic:
    """The words and pairs of an interest, spelling by spelling, and its *kin* with how much each counts."""

    spellings: Sequence[Sequence[str]]
    kin: Mapping[Bases, float]


def topic(expression: Expression) -> Topic:
    """What *expression* looks for."""
    said = [list(dict.fromkeys(_ways(phrase))) for phrase in phrases(expression)]
    ways = {way for spelled in said for way in spelled}
    spellings = [[spelled[min(at, len(spelled) - 1)] for spelled in said if spelled] for at in _turns(said)]
    kin: dict[Bases, float] = {}
    for way in sorted(ways):
        for other, share in _kin(way).items():
            kin[other] = max(share, kin.get(other, 0.0))
    kept = {other: share for other, share in kin.items() if other not in ways}
    return Topic([_telling(spelling) for spelling in spellings], kept)


def _turns(said: Sequence[Sequence[Bases]]) -> range:
    """As many spellings of the whole as the phrase with the most of them has."""
    return range(max(map(len, said), default=0))


def _telling(spelling: Sequence[Bases]) -> list[str]:
    """The words and pairs of some phrases, without those that say nothing of a subject, if others are left."""
    own = dict.fromkeys(feature for way in spelling for feature in features(way))
    return [feature for feature in own if " " in feature or not hollow(feature)] or list(own)


def open_parts(expression: Expression) -> bool:
    """Whether it says a subject in plain words, so that papers can be related to it: nothing exact, no field."""
    found = list(phrases(expression))
    return bool(found) and not any(
        phrase.exact or phrase.field or any(word.prefix for word in phrase.words) for phrase in found
    )


def fences(expression: Expression) -> list[Expression]:
    """What even a related paper has to keep to: what is left out, categories, sources, votes."""
    match expression:
        case And(parts):
            return [fence for part in parts for fence in fences(part)]
        case Phrase() | Or():
            return []
        case _:
            return [expression]


def _ways(phrase: Phrase) -> Iterator[Bases]:
    """The ways to say *phrase*, as bases; a name says nothing of a subject."""
    if phrase.field == "author":
        return
    surfaces = tuple(word.surface for word in phrase.words)
    exact = phrase.exact or any(word.prefix for word in phrase.words)
    for spelling in (surfaces,) if exact else variants(surfaces):
        yield tuple(stem(word.lower()) for word in spelling)


@lru_cache(maxsize=10_000)
def _kin(way: Bases) -> Mapping[Bases, float]:
    """What is kindred to the words of *way*, and how much it counts."""
    found: dict[Bases, float] = {}
    for name, number in _named(way):
        share = min(1.0, _told(name) / (_told(way) or 1.0))
        names, others = _subjects()[number]
        if share >= _COVERED:
            for other in names:
                found[other] = max(share, found.get(other, 0.0))
            for other in others:
                found[other] = max(_BY_THE_WAY * share, found.get(other, 0.0))
    return found


def _told(way: Bases) -> float:
    """How much the words of *way* tell: the rare ones more, as "tutoring" does beside "AI"."""
    return sum(usual_rarity(base) for base in way if not hollow(base))


def _named(way: Bases) -> Iterator[tuple[Bases, int]]:
    """The subjects' names inside *way*."""
    for start in range(len(way)):
        for end in range(start + 1, len(way) + 1):
            for number in _names().get(way[start:end], ()):
                yield way[start:end], number


@cache
def _subjects() -> list[tuple[list[Bases], list[Bases]]]:
    lines = files("bot").joinpath("kin.tsv").read_text("utf-8").splitlines()
    sides = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(_listed(names), _listed(others)) for names, others in sides]


def _listed(side: str) -> list[Bases]:
    return [tuple(stems(said)) for said in side.split(", ")]


@cache
def _names() -> Mapping[Bases, Sequence[int]]:
    """The subjects by every spelling of their names."""
    found: dict[Bases, list[int]] = {}
    lines = files("bot").joinpath("kin.tsv").read_text("utf-8").splitlines()
    sides = [line.split("\t")[0].split(", ") for line in lines if not line.startswith("#")]
    for number, names in enumerate(sides):
        spelled = [
            tuple(stem(word.lower()) for word in way)
            for name in names
            for way in variants(tuple(name.split()))
        ]
        for way in dict.fromkeys([*spelled, *(tuple(stems(name)) for name in names)]):
            found.setdefault(way, []).append(number)
    return found
