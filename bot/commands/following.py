"""What one person follows: found by its normal form, its number or how it was typed."""

import difflib
from collections.abc import Sequence
from typing import Final

from bot.aliases import variants
from bot.dispatcher import Context
from bot.errors import BadArguments, NotFollowing, Unreadable
from bot.interests import Expression, normal, parse, phrases, split
from bot.models import Interest
from bot.summary import shortened

MOST_ALSO: Final = 4


async def named(context: Context, typed: str) -> list[Interest]:
    """The interests of the person that *typed* names: terms or numbers in `interests`, several with commas.

    Raises:
        NotFollowing: one of them is not followed; the text names what is near.
    """
    follows = await context.storage.people.interests(context.user)
    found = [_named(follows, part) for _, part in split(typed)]
    if not found:
        raise BadArguments("Name what you mean: a term you follow, or its number in `interests`.")
    return list(dict.fromkeys(found))


def also(expression: Expression) -> list[str]:
    """Other spellings that *expression* finds, such as large language model for LLM."""
    found = [
        shortened(" ".join(spelling), 60)
        for phrase in phrases(expression)
        if not phrase.exact and phrase.field != "author" and not any(word.prefix for word in phrase.words)
        for spelling in variants(tuple(word.surface for word in phrase.words))[1:]
    ]
    return list(dict.fromkeys(found))[:MOST_ALSO]


def _named(follows: Sequence[Interest], typed: str) -> Interest:
    by_name = {interest.typed.casefold(): interest for interest in follows}
    by_name |= {interest.normal: interest for interest in follows}
    for name in (typed, typed.casefold(), _normal(typed)):
        if name in by_name:
            return by_name[name]
    if typed.isascii() and typed.isdecimal() and 1 <= int(typed[:9]) <= len(follows):
        return follows[int(typed) - 1]
    raise NotFollowing(_cure(follows, typed))


def _normal(typed: str) -> str:
    try:
        return normal(parse(typed))
    except Unreadable:
        return typed


def _cure(follows: Sequence[Interest], typed: str) -> str:
    if not follows:
        return "You follow nothing yet. `follow <term>` begins, for example `follow flow matching`."
    near = difflib.get_close_matches(typed[:100], [interest.typed for interest in follows], 1)
    hint = f"Did you mean “{near[0]}”?" if near else "`interests` lists what you follow, with numbers."
    return f"You do not follow “{shortened(typed, 80)}”. {hint}"
