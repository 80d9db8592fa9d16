"""The small chart of a digest that tells of several days: how many of its papers came on which day. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from bot.messages import Action, Actions, Bars, Block

LEAST_DAYS: Final = 4  # fewer are told quickly
MOST_DAYS: Final = 10  # the last ones
MOST_TERMS: Final = 6  # of one drawn chart


def chart(days: Mapping[date, int], interests: Sequence[str]) -> tuple[Block, ...]:
    """How many papers each day brought that meet *interests*; nothing for few days, or where none does."""
    if not days or not any(days.values()) or (max(days) - min(days)).days + 1 < LEAST_DAYS:
        return ()
    last = max(days)
    first = max(min(days), last - timedelta(days=MOST_DAYS - 1))
    shown = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    bars = Bars("Papers a day", tuple((f"{day:%a} {day.day:>2}", days.get(day, 0)) for day in shown))
    drawn = Action("Draw it over the weeks", "trends", {"terms": ", ".join(interests[:MOST_TERMS])})
    return bars, Actions((drawn,))
