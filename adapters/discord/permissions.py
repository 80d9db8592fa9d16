"""What the bot may do in a channel, worked out as Discord's documentation tells (topics/permissions; pure)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

ADMINISTRATOR: Final = 1 << 3
ALL: Final = (1 << 53) - 1

VIEW: Final = 1 << 10
NEEDED: Final[dict[str, int]] = {
    "View Channel": VIEW,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Read Message History": 1 << 16,
}
"""What a digest in a channel takes. The last is for looking up a post whose answer got lost."""

IN_THREADS: Final[dict[str, int]] = {
    "Create Public Threads": 1 << 35,
    "Send Messages in Threads": 1 << 38,
}
"""What it takes besides where the papers stand in a thread."""

WITH_PICTURES: Final[dict[str, int]] = {"Attach Files": 1 << 15}
"""What the small chart of a weekly digest takes; without it the chart is written."""

LEAST: Final = sum((NEEDED | IN_THREADS | WITH_PICTURES).values())
"""What the invite link asks for."""


def allowed(
    roles: Mapping[str, int],
    mine: Iterable[str],
    overwrites: Iterable[Mapping[str, Any]],
    me: str,
    guild: str,
) -> int:
    """What *me*, with the roles *mine*, may do where these *overwrites* hold; everybody's role has *guild*'s id."""
    held = set(mine)
    base = roles.get(guild, 0)
    for role in held:
        base |= roles.get(role, 0)
    if base & ADMINISTRATOR:
        return ALL
    told = {str(one["id"]): (int(one["deny"]), int(one["allow"])) for one in overwrites}
    deny, allow = told.get(guild, (0, 0))
    base = base & ~deny | allow
    theirs = [told[role] for role in held - {guild} if role in told]
    for deny, _ in theirs:
        base &= ~deny
    for _, allow in theirs:
        base |= allow
    deny, allow = told.get(me, (0, 0))
    base = base & ~deny | allow
    return base if base & VIEW else 0


def missing(may: int, *, threads: bool = False) -> list[str]:
    """What is missing for a digest there, as Discord's settings call it."""
    wanted = NEEDED | (IN_THREADS if threads else {})
    return [name for name, bit in wanted.items() if not may & bit]
