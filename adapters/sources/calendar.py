"""When places announce papers, so that silence can be told from trouble. Pure.

arXiv announces from Sunday to Thursday evening, Eastern time, and its feeds carry the next day's date: Monday to Friday
(info.arxiv.org/help/availability.html). On its holidays it announces nothing, nor do the feeds of the day after.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from bot.sources import Source

PUBLISHED: Final[Mapping[int, frozenset[date]]] = {
    2026: frozenset(
        date(2026, month, day)
        for month, day in ((1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31))
    )
}
"""Days without an announcement, by year, as arXiv lists them (info.arxiv.org/help/availability.html).

For a year that is not listed here they are reckoned, and whoever is told of silence is told so.
"""

MONDAY, THURSDAY = 0, 3
SATURDAY: Final = 5
DAY: Final = timedelta(days=1)
PATIENCE: Final = 3  # announcing days without a new paper, before that is strange


@cache
def holidays(year: int) -> frozenset[date]:
    """The days of *year* without an announcement: as published, else reckoned."""
    return PUBLISHED.get(year) or reckoned(year)


def reckoned(year: int) -> frozenset[date]:
    """The holidays of *year* that arXiv keeps in every year.

    They are the federal holidays of the United States that arXiv keeps; one at the end of a week is kept on the
    working day beside it. What arXiv adds between Christmas and New Year differs by the year.
    """
    fixed = [date(year, month, day) for month, day in ((1, 1), (6, 19), (7, 4), (12, 25))]
    moving = [_nth(year, 1, MONDAY, 3), _nth(year, 9, MONDAY, 1), _nth(year, 11, THURSDAY, 4)]
    kept = [*map(_kept, [*fixed, date(year + 1, 1, 1)]), *moving]
    return frozenset(day for day in kept if day.year == year)


def announces(kind: str, day: date) -> bool:
    """Whether a source of this kind brings papers on *day*, as far as its calendar goes."""
    if kind == "arxiv":
        return day.weekday() < SATURDAY and not {day, day - DAY} & (
            holidays(day.year) | holidays(day.year - 1)
        )
    if kind in {"huggingface", "biorxiv", "medrxiv"}:
        return day.weekday() < SATURDAY
    return False


def between(kind: str, before: date, day: date) -> Iterator[date]:
    """The days after *before* and before *day* on which such a source announces."""
    while (before := before + DAY) < day:
        if announces(kind, before):
            yield before


def strange(source: Source, now: datetime) -> str:
    """Why it is strange that *source* announced nothing new by now; "" when it is not, as over a holiday."""
    if source.heard is None or (source.kind == "huggingface" and source.address != "daily"):
        return ""
    missed = sum(1 for _ in between(source.kind, source.heard.date(), now.date()))
    if missed < PATIENCE:
        return ""
    told = f"nothing new since {source.heard:%d %B}, though it had {missed} days to announce papers"
    unsure = source.kind == "arxiv" and now.year not in PUBLISHED
    return f"{told} (arXiv's holidays of {now.year} are reckoned, not known here)" if unsure else told


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    """Such as the third Monday of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def _kept(day: date) -> date:
    """The day on which a holiday is kept: on Friday for a Saturday, on Monday for a Sunday."""
    return day + {5: -DAY, 6: DAY}.get(day.weekday(), 0 * DAY)
