"""Days as sources write them."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Final

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY: Final = re.compile(rf"({'|'.join(MONTHS)})[a-z]{{0,6}}\.? (\d\d?)(?:, (\d{{4}}))?", re.IGNORECASE)
LEAP: Final = 8  # years between two 29ths of February, at most


def spoken(text: str, today: date) -> date | None:
    """The day that "Nov 23" or "Nov 23, 2025" names; without a year the latest such day that is not after *today*."""
    found = DAY.fullmatch(text.strip())
    if not found:
        return None
    month, day = MONTHS.index(found[1].lower()) + 1, int(found[2])
    years = [int(found[3])] if found[3] else range(today.year, today.year - LEAP - 1, -1)
    days = (_date(year, month, day) for year in years)
    return next((day for day in days if day and (found[3] or day <= today)), None)


def written(text: str) -> date | None:
    """The day of "2026-04-01" or of a moment such as "2026-04-01T10:00:00Z"."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def mailed(text: str) -> date | None:
    """The day of "Mon, 20 Jan 2025 00:00:00 -0500", as its own time zone counts days."""
    try:
        return parsedate_to_datetime(text.strip()).date()
    except (ValueError, OverflowError, IndexError):
        return None


def counted(milliseconds: object) -> date | None:
    """The day so many *milliseconds* after the beginning of 1970, in UTC."""
    try:
        return datetime.fromtimestamp(float(str(milliseconds)) / 1000, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
