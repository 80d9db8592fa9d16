"""When digests fall due on people's own clocks (pure): one for each local day that exists, whatever clocks do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from bot.models import Reader

LONGEST_GAP: Final = timedelta(hours=36)
"""Between two daily digests, also when somebody changes their hour or their zone in between."""

AHEAD: Final = 400  # days that are looked through for the next one

_DAY, _MINUTE, _SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)


@cache
def zones() -> dict[str, str]:
    """Every time zone, by its name in lower case and by its city."""
    names = sorted(name for name in available_timezones() if name[0].isupper() and name != "Factory")
    cities = {name.rsplit("/", 1)[-1].lower(): name for name in names if "/" in name and "Etc/" not in name}
    return {**cities, **{name.lower(): name for name in names}}


def known_zone(name: str) -> str:
    """*name* as it is written, where it is a zone; else nothing: a platform may know zones that we do not."""
    return zones().get(name.lower(), "")


def due(day: date, at: time, zone: str) -> datetime | None:
    """The moment when it is *at* on *day* in *zone*; None where that day does not exist there.

    Of an hour that clocks show twice it is the first; of one that they leave out, the moment they leap, or
    the day's last minute where they leap into the next day.
    """
    there = ZoneInfo(zone)
    wall = datetime.combine(day, at, there)
    moment = wall.astimezone(UTC)
    if moment.astimezone(there).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    leap = _leap(wall.replace(fold=1).astimezone(UTC), moment, there)
    found = (moment for moment in (leap, leap - _MINUTE) if moment.astimezone(there).date() == day)
    return next(found, None)


def upcoming(reader: Reader, after: datetime) -> Iterator[tuple[date, datetime]]:
    """The local days on which *reader* gets a digest, with the moments, all later than *after*, in order.

    A day that has had its digest never comes again, in whatever zone; and no gap is longer than `LONGEST_GAP`,
    unless no new day begins within it, as for those who fly west over the date line.
    """
    schedule, slot, last = reader.schedule, reader.slot, reader.last
    if schedule.at is None:
        return
    start = max(after, reader.paused_until or after)
    if start.year >= date.max.year - 1:
        return
    if not schedule.daily or start > after:  # they rest in between, as they wished
        last = None
    today = start.astimezone(ZoneInfo(reader.zone)).date()
    for ahead in range(-1, AHEAD):
        day = today + ahead * _DAY
        if day.weekday() not in schedule.days or (slot and day <= slot):
            continue
        moment = _moment(day, reader, start, last)
        if moment and moment > start:
            yield day, moment
            slot, last = day, moment if last else None


def _moment(day: date, reader: Reader, start: datetime, last: datetime | None) -> datetime | None:
    """When *reader* gets the digest of *day*, where it has not come by *start*.

    That is at their hour, or sooner where the gap since *last* would be too long. Where the hour has passed, as
    when they chose an earlier one a moment too late, the day still has its digest if the gap asks for it.
    """
    usual = due(day, reader.schedule.at or time(), reader.zone)
    if usual is None or last is None:
        return usual
    latest = last + LONGEST_GAP if last + LONGEST_GAP > start else start + _MINUTE
    latest = max(latest, _beginning(day, reader.zone))
    if usual > start:
        return min(usual, latest)
    return latest if latest < _beginning(day + _DAY, reader.zone) else None


def following(reader: Reader, after: datetime) -> tuple[date, datetime] | None:
    """The next digest later than *after*; None where none is to come."""
    return next(upcoming(reader, after), None)


def next_three(reader: Reader, after: datetime) -> list[datetime]:
    """The moments of the next three digests later than *after*; of fewer, where fewer are to come."""
    return [moment for _, moment in islice(upcoming(reader, after), 3)]


def latest(reader: Reader, first: tuple[date, datetime], now: datetime) -> tuple[date, datetime]:
    """Of the digests that have fallen due by *now*, beginning with *first*, the last: it stands for all of them."""
    found = first
    since = replace(reader, slot=first[0], last=first[1])
    for slot in upcoming(since, max(first[1], now - AHEAD * _DAY)):
        if slot[1] > now:
            break
        found = slot
    return found


def _beginning(day: date, zone: str) -> datetime:
    """The first moment of *day*."""
    return due(day, time(), zone) or datetime.combine(day, time(), UTC)


def _leap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between the two at which the clocks of *zone* leap."""
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
