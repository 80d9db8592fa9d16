"""One digest for each local day that exists, whatever clocks and people do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from bot.due import LONGEST_GAP, due, following, latest, next_three, upcoming, zones
from bot.models import Reader
from bot.schedules import INSTANTLY, OFF, Schedule
from tests.fakes import ada, at

HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
NAMES = sorted(set(zones().values()))
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


def a_reader(clock: time = time(9), zone: str = "UTC", **known: object) -> Reader:
    return Reader(ada, zone, schedule=Schedule(clock), **known)  # type: ignore[arg-type]  # tests name any field


@pytest.mark.parametrize(
    ("day", "clock", "zone", "moment"),
    [
        ("2026-11-24", "09:00", "UTC", "2026-11-24T09:00+00:00"),
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:00+00:00"),  # left out: when clocks leap
        ("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30+00:00"),  # shown twice: the first
        ("2026-03-08", "00:30", "America/Los_Angeles", "2026-03-08T08:30+00:00"),
        ("2026-04-24", "00:30", "Africa/Cairo", "2026-04-23T22:00+00:00"),  # a day that begins at one
        (
            "2026-04-05",
            "01:45",
            "Australia/Lord_Howe",
            "2026-04-04T14:45+00:00",
        ),  # clocks move by half an hour
    ],
)
def test_a_local_time_is_one_moment(day: str, clock: str, zone: str, moment: str) -> None:
    wanted = due(date.fromisoformat(day), time.fromisoformat(clock), zone)
    assert wanted == datetime.fromisoformat(moment)


def test_a_day_that_an_island_skipped_has_none() -> None:
    assert due(date(2011, 12, 30), time(9), "Pacific/Apia") is None
    assert due(date(2011, 12, 29), time(9), "Pacific/Apia") is not None
    assert due(date(2011, 12, 31), time(0), "Pacific/Apia") is not None


def days_with_transitions(zone: str) -> list[date]:
    """The days around those on which the clocks of *zone* move, found by looking at noon of each day."""
    there = ZoneInfo(zone)
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=there) for day in DAYS]
    moved = [now.date() for before, now in pairwise(noons) if before.utcoffset() != now.utcoffset()]
    return sorted({day + timedelta(days=step) for day in moved for step in (-1, 0, 1)})


def check(zone: str, clock: time, days: list[date]) -> None:
    """Every existing day has its moment, on that day there, after the one of the day before."""
    moments = [due(day, clock, zone) for day in days]
    there = ZoneInfo(zone)
    for day, moment in zip(days, moments, strict=True):
        assert moment is not None, (zone, day)
        local = moment.astimezone(there)
        assert local.date() == day, (zone, clock, day, moment)
        assert local.fold == 0, (zone, clock, day, moment)
        late = local.time() >= clock or (moment + timedelta(minutes=1)).astimezone(there).date() > day
        assert late, (zone, clock, day, moment)
    known = [moment for moment in moments if moment]
    assert all(before < now for before, now in pairwise(known)), (zone, clock)


@pytest.mark.parametrize("part", range(8))
def test_in_every_zone_each_day_around_a_change_of_clocks_has_one_moment(part: int) -> None:
    for zone in NAMES[part::8]:
        days = days_with_transitions(zone)
        for clock in [*HALF_HOURS[part % 3 :: 6], time(2, 30), time(0, 0), time(23, 30)]:
            check(zone, clock, days)


@pytest.mark.slow
def test_in_every_zone_at_every_half_hour_each_day_of_seven_years_has_one_moment() -> None:
    for zone in NAMES:
        for clock in HALF_HOURS:
            check(zone, clock, DAYS)


def test_the_next_three_are_on_the_days_of_the_schedule() -> None:
    weekdays = Schedule(time(8, 30), frozenset(range(5)))
    friday = at("09:00", date(2026, 11, 27))
    assert next_three(Reader(ada, schedule=weekdays), friday) == [
        at("08:30", date(2026, 11, day)) if day < 31 else at("08:30", date(2026, 12, day - 30))
        for day in (30, 31, 32)
    ]
    assert next_three(Reader(ada, schedule=INSTANTLY), friday) == []
    assert next_three(Reader(ada, schedule=OFF), friday) == []


def test_what_falls_due_at_this_moment_is_not_the_next() -> None:
    assert following(a_reader(), at("09:00")) == (date(2026, 11, 25), at("09:00", date(2026, 11, 25)))
    assert following(a_reader(), at("08:59")) == (date(2026, 11, 24), at("09:00"))


def test_a_pause_is_waited_for() -> None:
    until = at("12:00", date(2026, 12, 1))
    assert following(a_reader(paused_until=until), at()) == (
        date(2026, 12, 2),
        at("09:00", date(2026, 12, 2)),
    )
    assert following(a_reader(paused_until=datetime.max.replace(tzinfo=UTC)), at()) is None


@pytest.mark.parametrize("days", range(8))
def test_after_a_downtime_the_last_one_stands_for_all(days: int) -> None:
    first = (date(2026, 11, 24), at("09:00"))
    now = at("10:00", date(2026, 11, 24) + timedelta(days=days))
    slot, moment = latest(a_reader(), first, now)
    assert (slot, moment) == (now.date(), at("09:00", now.date()))


moves = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(HALF_HOURS), st.integers(1, 60 * 72)),
    min_size=1,
    max_size=9,
)


def lived(history: list[tuple[str, time, int]]) -> list[tuple[date, datetime, str]]:
    """The digests of somebody who so many minutes after the last move lives by another zone and hour."""
    now, reader = at("00:00"), a_reader()
    had: list[tuple[date, datetime, str]] = []
    for zone, clock, minutes in history:
        reader = Reader(ada, zone, schedule=Schedule(clock), slot=reader.slot, last=reader.last)
        then = now + timedelta(minutes=minutes)
        for slot, moment in upcoming(reader, now):
            if moment > then:
                break
            had.append((slot, moment, zone))
            reader = Reader(ada, zone, schedule=Schedule(clock), slot=slot, last=moment)
        now = then
    had += [(slot, moment, history[-1][0]) for slot, moment in islice(upcoming(reader, now), 2)]
    return had


@examples(moves)
@settings(max_examples=300, deadline=None)
def test_however_somebody_moves_no_day_comes_twice_and_no_gap_is_long(
    history: list[tuple[str, time, int]],
) -> None:
    had = lived(history)
    assert len({slot for slot, _, _ in had}) == len(had)
    for (before, sent, _), (slot, moment, zone) in pairwise(had):
        assert slot > before
        assert moment.astimezone(ZoneInfo(zone)).date() == slot
        begins = due(slot, time(), zone)
        assert begins is not None
        # Where no new day has begun within 36 hours, as when somebody flies west over the date line, it is the
        # first moment of the next one.
        assert moment - sent <= LONGEST_GAP or moment == begins
