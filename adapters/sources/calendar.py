"""When places announce papers, so that silence can be told from trouble. Pure.

arXiv announces from Sunday to Thursday evening, Eastern time, and its feeds carry the next day's date: Monday to Friday
(info.arxiv.org/help/availability.html). On its holidays it announces nothing, nor do the feeds of the day after.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from bot.sources import Source

HOLIDAYS: Final = frozenset(
    date(2026, month, day)
    for month, day in ((1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31))
)
"""Days without an announcement, as arXiv lists them for 2026."""

SATURDAY: Final = 5
DAY: Final = timedelta(days=1)
PATIENCE: Final = 3  # announcing days without a new paper, before that is strange


def announces(kind: str, day: date) -> bool:
    """Whether a source of this kind brings papers on *day*, as far as its calendar goes."""
    if kind == "arxiv":
        return day.weekday() < SATURDAY and day not in HOLIDAYS and day - DAY not in HOLIDAYS
    if kind in {"huggingface", "biorxiv", "medrxiv"}:
        return day.weekday() < SATURDAY
    return False


def between(kind: str, before: date, day: date) -> Iterator[date]:
    """The days after *before* and before *day* on which such a source announces."""
    while (before := before + DAY) < day:
        if announces(kind, before):
            yield before


def strange(source: Source, now: datetime) -> str:
    """Why it is strange that *source* brought nothing new by now; "" when it is not, as over a holiday."""
    if source.last_new is None or (source.kind == "huggingface" and source.address != "daily"):
        return ""
    missed = sum(1 for _ in between(source.kind, source.last_new.date(), now.date()))
    if missed < PATIENCE:
        return ""
    return f"nothing new since {source.last_new:%d %B}, though it had {missed} days to announce papers"
