"""Moments as people type them: `tomorrow`, `monday`, `3 days`, `2026-12-01`."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import BadArguments
from bot.summary import shortened

LONGEST = timedelta(days=366)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_SPAN = re.compile(r"(?P<count>\d{1,4}|an?|one) ?(?P<unit>h(?:ours?)?|d(?:ays?)?|w(?:eeks?)?)")
_LEAD = re.compile(r"^(?:(?:until|till|for) )?(?:next )?")
_CURE = (
    "Write `tomorrow`, `monday`, `3 days`, `2 weeks` or a date such as `%s`, or nothing: until you `resume`."
)


def until(typed: str, now: datetime, zone: str) -> datetime:
    """The moment *typed* means to somebody in *zone* at *now*; a day means its first moment there.

    Raises:
        BadArguments: it means no moment, or one that is past or more than a year ahead.
    """
    words = _LEAD.sub("", " ".join(typed.lower().split()))
    moment = _later(words, now) or _morning(words, now.astimezone(ZoneInfo(zone)))
    cure = _CURE % (now + timedelta(days=7)).date()
    if moment is None:
        raise BadArguments(f"I cannot read “{shortened(typed, 80)}” as a day. {cure}")
    if not now < moment <= now + LONGEST:
        raise BadArguments(f"“{shortened(typed, 80)}” is not within the year ahead. {cure}")
    return moment


def _later(words: str, now: datetime) -> datetime | None:
    span = _SPAN.fullmatch(words)
    if span is None:
        return None
    unit = next(step for name, step in _SPANS.items() if name[0] == span["unit"][0])
    return now + unit * (int(span["count"]) if span["count"].isdigit() else 1)


def _morning(words: str, today: datetime) -> datetime | None:
    day = _day(words, today.date())
    if day is None:
        return None
    far = 2 * LONGEST  # beyond it the answer is no all the same, and the calendar may end
    day = max(today.date() - far, min(day, today.date() + far))
    return datetime.combine(day, time(), today.tzinfo).astimezone(UTC)


def _day(words: str, today: date) -> date | None:
    if words in ("tomorrow", "tmrw"):
        return today + timedelta(days=1)
    named = [at for at, day in enumerate(DAYS) if words in (day, day[:3])]
    if named:
        return today + timedelta(days=(named[0] - today.weekday() - 1) % 7 + 1)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
