"""How well the words of a paper meet an interest: how often, where, and how close together they stand.

A short form that the paper itself defines as something else (ASR, an attack success rate) says little.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from bot.aliases import variants
from bot.definitions import definitions
from bot.interests import And, Expression, Phrase
from bot.models import Evidence, Paper
from bot.ranking.vectors import stems
from bot.text import words

_FIELDS: Final = {"title": 2.5, "abstract": 1.0, "author": 3.0, "category": 0.5, "source": 0.1}
_AGAIN: Final = 0.5  # what each further occurrence counts of the one before it
_CLOSE: Final = 0.3  # of the score, at most, for words of several terms that stand close together
_NEARBY: Final = 60.0  # characters between them at which half of that is left, about ten words

Weight = Callable[[str], float]
"""How rare a word (lower case) is."""


def saying(expression: Expression, found: Sequence[Evidence], weight: Weight) -> float:
    """The worth of the words *found* for *expression*; 0 when there are none."""
    close = _CLOSE * _closeness(found) if isinstance(expression, And) else 0.0
    return _sum(found, weight) * (1 + close)


def otherwise(expression: Expression, paper: Paper) -> bool:
    """Whether *paper* defines the short form that *expression* looks for as something else than the field does."""
    if not isinstance(expression, Phrase) or len(expression.words) != 1:
        return False
    short = expression.words[0].surface
    known = [{*stems(" ".join(way))} for way in variants((short,)) if len(way) > 1]
    said = [{*stems(one.long)} for one in definitions(paper) if one.short == short] if known else []
    return bool(said) and not any(2 * len(one & other) >= len(one) for one in said for other in known)


def _sum(found: Sequence[Evidence], weight: Weight) -> float:
    """Occurrences by field, the weightiest first and each after it worth less."""
    total = 0.0
    for field, share in _FIELDS.items():
        weights = [sum(weight(word.form) for word in words(one.text)) for one in found if one.field == field]
        total += share * sum(each * _AGAIN**turn for turn, each in enumerate(sorted(weights, reverse=True)))
    return total


def _closeness(found: Sequence[Evidence]) -> float:
    """How close words of different terms stand to each other in one field: 1 side by side, nearly 0 far apart."""
    gaps = [
        max(0, after.start - before.end)
        for before, after in pairwise(found)
        if before.field == after.field and before.text.lower() != after.text.lower()
    ]
    return 1 / (1 + min(gaps) / _NEARBY) if gaps else 0.0
