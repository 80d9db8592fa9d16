"""The interests that nearly everybody has, read at once: plain terms joined by AND, OR and NOT, without parentheses.

What is not as plain is left to the grammar, which would read these alike but takes ten times as long.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, cast

from bot.interests.expressions import (
    Expression,
    Field,
    Not,
    Phrase,
    Typed,
    all_of,
    any_of,
    meets_nothing,
)
from bot.interests.lexer import MOST_TERMS

_TERM: Final = re.compile(
    r"""(?P<not>NOT\ )?
    (?:(?P<field>title|abstract|author):)?
    (?:"(?P<quoted>[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*)"
      |(?P<words>[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*)(?P<star>(?<=[A-Za-z0-9]{3})\*)?)""",
    re.VERBOSE,
)
_OPERATORS: Final = frozenset(("AND", "OR", "NOT"))


def flat(typed: str) -> Expression | None:
    """What *typed* looks for, or None when it is not plain enough."""
    found = _TERM.fullmatch(typed)
    if found and not found["not"] and (whole := _term(found)):
        return whole
    if '"' not in typed:
        typed = typed.replace(" -", " AND NOT ")
    alternatives = [part.split(" AND ") for part in typed.split(" OR ")]
    if sum(map(len, alternatives)) > MOST_TERMS:
        return None
    parts = [_all(terms) for terms in alternatives]
    if None in parts:
        return None
    found_all = any_of(cast("list[Expression]", parts))
    return None if "NOT" in typed and meets_nothing(found_all) else found_all


def _all(terms: Iterable[str]) -> Expression | None:
    parts: list[Expression] = []
    for term in terms:
        found = _TERM.fullmatch(term)
        part = found and _term(found)
        if part is None:
            return None
        parts.append(part)
    return all_of(parts)


def _term(found: re.Match[str]) -> Expression | None:
    negated, field, quoted, plain, star = found.groups()
    words = (quoted or plain).replace("-", " ").split(" ")
    if not quoted and not _OPERATORS.isdisjoint(words):
        return None
    phrase = Phrase(_typed(words, star=bool(star)), quoted is not None, cast("Field", field or ""))
    return Not(phrase) if negated else phrase


def _typed(words: Sequence[str], *, star: bool) -> tuple[Typed, ...]:
    if star:
        return (*map(Typed.of, words[:-1]), Typed.of(words[-1], prefix=True))
    return tuple(map(Typed.of, words))
