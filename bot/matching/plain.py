"""The interests that nearly everybody has, as programs at once: plain words and phrases, all or any of them.

What is not as plain is parsed, which makes the same of these but takes several times as long.
"""

import re
from typing import Final

from bot.interests import MOST_TERMS
from bot.matching.programs import Program, Shape

_PLAIN: Final = re.compile(r"[a-z0-9]+(?: (?:AND |OR )?[a-z0-9]+)*")


def joint(term: str) -> tuple[str, list[str]] | None:
    """How the plain phrases of a normal form are joined, and they themselves; None when it is not that plain."""
    if not _PLAIN.fullmatch(term):
        return None
    if " OR " in term:
        return None if " AND " in term else ("or", term.split(" OR "))
    return "and", term.split(" AND ")


def combined(kind: str, leaves: list[tuple[int, float]]) -> Program | None:
    """The program of several leaves, which differ; None when they are more than an interest may have."""
    shape: Shape = (kind, tuple(range(len(leaves)))) if len(leaves) > 1 else 0
    numbers = [number for number, _ in leaves]
    if len(set(numbers)) < len(numbers) or len(numbers) > MOST_TERMS:
        return None
    return Program(shape, numbers, [rarity for _, rarity in leaves])
