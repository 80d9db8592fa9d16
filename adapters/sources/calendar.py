"""When places announce papers, so that silence can be told from trouble. Pure.

arXiv announces from Sunday to Thursday evening, Eastern time, and its feeds carry the next day's date: Monday to Friday
(info.arxiv.org/help/availability.html). On its holidays it announces nothing, nor do the feeds of the day after.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

HOLIDAYS: Final = frozenset(
    date(2026, month, day)
    for month, day in ((1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31))
)
"""Days without an announcement, as arXiv lists them for 2026."""

SATURDAY: Final = 5
DAY: Final = timedelta(days=1)


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
