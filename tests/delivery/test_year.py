"""A year of a thousand readers in virtual time: they move, change their minds and rest; the planner is away at times.

The rules are those of the core, and what is written down is unique as in the database. The verdict is another way to
reckon: from each reader's own calendar.
"""

import heapq
import itertools
import time as real
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from bot.due import LONGEST_GAP, due, following, latest, zones
from bot.models import Address, Reader
from bot.schedules import OFF, Schedule

BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
END: Final = datetime(2027, 1, 1, tzinfo=UTC)
DAY: Final = timedelta(days=1)
TICK: Final = timedelta(seconds=1)
PLACES: Final = sorted(set(zones().values()))

Slot = tuple[date, datetime]
Following = Callable[[Reader, datetime], Slot | None]


@dataclass
class Person:
    """A reader with all they ever were: since when they lived how, and which digests came."""

    reader: Reader
    lives: list[tuple[datetime, Reader]] = field(default_factory=list)
    had: dict[date, datetime] = field(default_factory=dict)
    next: Slot | None = None
    again: int = 0  # digests of a day that had its one


@dataclass
class Year:
    """All of them, the planner's absences, and how it reckons."""

    people: list[Person]
    away: list[tuple[datetime, datetime]]
    coming: Following = following
    events: list[tuple[datetime, int, int]] = field(default_factory=list)

    def live(self, random: Random) -> None:
        """Let the year pass."""
        for number, person in enumerate(self.people):
            self._changed(person, BEGIN, person.reader, number)
            for _ in range(random.randint(0, 6)):
                moment = BEGIN + random.random() * (END - BEGIN)
                heapq.heappush(self.events, (moment, -1, number))
        while self.events:
            now, kind, number = heapq.heappop(self.events)
            person = self.people[number]
            if kind < 0:
                self._changed(person, now, changed(person.reader, now, random), number)
            elif person.next and person.next[1] <= now:
                self._planned(person, now, number)

    def _planned(self, person: Person, now: datetime, number: int) -> None:
        """What the planner does for a reader whose clock says so."""
        assert person.next
        slot, moment = latest(person.reader, person.next, now)
        person.again += slot in person.had
        person.had[slot] = now
        person.reader = replace(person.reader, slot=slot, last=moment, paused_until=None)
        self._expected(person, now, number)

    def _changed(self, person: Person, now: datetime, reader: Reader, number: int) -> None:
        person.reader = reader
        person.lives.append((now, reader))
        self._expected(person, now, number)

    def _expected(self, person: Person, now: datetime, number: int) -> None:
        person.next = self.coming(person.reader, now)
        if person.next and person.next[1] < END:
            heapq.heappush(self.events, (self.there(person.next[1]), 1, number))

    def there(self, moment: datetime) -> datetime:
        """When the planner is there, from then on."""
        return next((end for begin, end in self.away if begin <= moment < end), moment) + TICK

    def violations(self) -> Iterator[str]:
        """What should not have been."""
        for person in self.people:
            if person.again:
                yield f"{person.reader.address.id}: {person.again} days came twice"
            for (since, life), until in zip(
                person.lives, [*(at for at, _ in person.lives[1:]), END], strict=True
            ):
                yield from self._missing(person, life, since, until)
            yield from self._gaps(person)

    def _missing(self, person: Person, life: Reader, since: datetime, until: datetime) -> Iterator[str]:
        """Days of a life without change, a while after it began, that had no digest at their hour."""
        begin = max(since + 3 * DAY, (life.paused_until or since) + 2 * DAY)
        day = begin.date()
        while life.schedule.at and begin < until - DAY and day <= (until - DAY).date():
            moment = due(day, life.schedule.at, life.zone)
            if moment and begin < moment < until - DAY and day.weekday() in life.schedule.days:
                came, later = person.had.get(day), self.there(moment)
                if came is None and later - moment <= TICK:
                    yield f"{life.address.id}: nothing on {day}"
                elif came is not None and came != later:
                    yield f"{life.address.id}: {day} came at {came}, not {later}"
            day += DAY

    def _gaps(self, person: Person) -> Iterator[str]:
        """Long waits of daily readers who changed nothing meanwhile."""
        moments = sorted(person.had.values())
        for before, after in itertools.pairwise(moments):
            calm = all(not before - LONGEST_GAP < at < after for at, _ in person.lives)
            there = self.there(before + LONGEST_GAP) - before <= LONGEST_GAP + TICK
            daily = [life for at, life in person.lives if at <= before][-1].schedule.daily
            if calm and there and daily and after - before > LONGEST_GAP + TICK:
                yield f"{person.reader.address.id}: nothing from {before} to {after}"


def changed(reader: Reader, now: datetime, random: Random) -> Reader:
    """The reader after a change of mind, as storage keeps it."""
    clock = time(random.randint(0, 23), random.choice((0, 30)))
    last = reader.last if reader.schedule.daily else None
    match random.randint(0, 4):
        case 0:
            return replace(reader, zone=random.choice(PLACES))
        case 1:
            return replace(reader, schedule=Schedule(clock), last=last)
        case 2:
            return replace(reader, schedule=Schedule(clock, frozenset({random.randint(0, 6)})), last=last)
        case 3:
            return replace(reader, paused_until=now + random.randint(1, 20) * DAY)
    return replace(reader, schedule=OFF if random.random() < 0.3 else Schedule(clock), last=None)


def a_year(people: int, coming: Following = following, seed: int = 0) -> Year:
    """That many readers, anywhere, and a planner that is away eight times, up to a week."""
    random = Random(seed)
    known = [
        Reader(
            Address("fake", "lab", f"{number}"),
            random.choice(PLACES),
            schedule=Schedule(time(random.randint(0, 23), random.choice((0, 15, 30, 45)))),
        )
        for number in range(people)
    ]
    absences = [BEGIN + random.random() * (END - BEGIN) for _ in range(8)]
    away = [(begin, begin + random.random() * 7 * DAY) for begin in absences]
    year = Year([Person(reader) for reader in known], away, coming)
    year.live(random)
    return year


@pytest.mark.parametrize("people", [20, pytest.param(1_000, marks=pytest.mark.slow)])
def test_in_a_year_nobody_misses_a_day_and_nobody_has_one_twice(people: int) -> None:
    begun = real.process_time()
    year = a_year(people)
    print(f"{sum(len(one.had) for one in year.people)} digests in {real.process_time() - begun:.1f} s")  # noqa: T201  # for whoever measures
    assert list(year.violations()) == []
    assert sum(len(person.had) for person in year.people) > 200 * people


def wintry(reader: Reader, after: datetime) -> Slot | None:
    """Wrong: goes by the offset of New Year all the year."""
    offset = BEGIN.astimezone(ZoneInfo(reader.zone)).utcoffset() or timedelta()
    moved = following(replace(reader, zone="UTC"), after + offset)
    return moved and (moved[0], moved[1] - offset)


def forgetful(reader: Reader, after: datetime) -> Slot | None:
    """Wrong: the same day again after a move to the west."""
    return following(replace(reader, slot=None), after)


def hasty(reader: Reader, after: datetime) -> Slot | None:
    """Wrong: as before pauses were thought of, a digest at midnight after a rest."""
    found = following(reader, after)
    if found and reader.last and found[1] - reader.last > 2 * DAY:
        return found[0], due(found[0], time(), reader.zone) or found[1]
    return found


@pytest.mark.parametrize("wrong", [wintry, forgetful, hasty])
def test_a_planner_that_reckons_wrong_is_noticed(wrong: Following) -> None:
    assert any(True for _ in a_year(30, wrong).violations())
