"""An interest, read as a workspace reads it: with the pairs that are alike there."""

from dataclasses import replace

from bot.aliases import Pairs, paired
from bot.interests.expressions import (
    And,
    Expression,
    Not,
    Or,
    Phrase,
    Typed,
    all_of,
    any_of,
    none_of,
    phrases,
)
from bot.interests.lexer import MOST_TERMS


def widened(expression: Expression, pairs: Pairs) -> Expression:
    """*expression* with every phrase that one of *pairs* speaks of found by either spelling.

    One that would grow past what an interest may hold stays as it is. Exact phrases and names stay in any case.
    """
    wider = _widened(expression, pairs) if pairs else expression
    return wider if len(list(phrases(wider))) <= MOST_TERMS else expression


def _widened(expression: Expression, pairs: Pairs) -> Expression:
    match expression:
        case Phrase():
            return any_of(_ways(expression, pairs))
        case And(parts):
            return all_of([_widened(part, pairs) for part in parts])
        case Or(parts):
            return any_of([_widened(part, pairs) for part in parts])
        case Not(inner):
            return none_of(_widened(inner, pairs))
        case _:
            return expression


def _ways(phrase: Phrase, pairs: Pairs) -> list[Phrase]:
    if phrase.exact or phrase.field == "author" or any(word.prefix for word in phrase.words):
        return [phrase]
    spellings = paired(tuple(word.surface for word in phrase.words), pairs)
    return [replace(phrase, words=tuple(map(Typed.of, spelling))) for spelling in spellings]
