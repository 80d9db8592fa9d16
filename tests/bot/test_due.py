"""One digest for each local day that exists, whatever clocks and people do."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any
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


def a_reader(clock: time = time(9), zone: str = "UTC", **known: Any) -> Reader:
    return Reader(ada, zone, schedule=Schedule(clock), **known)


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


Due = Callable[[date, time, str], datetime | None]


def days_with_transitions(zone: str) -> list[date]:
    """The days around those on which the clocks of *zone* move, found by looking at noon of each day."""
    there = ZoneInfo(zone)
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=there) for day in DAYS]
    moved = [now.date() for before, now in pairwise(noons) if before.utcoffset() != now.utcoffset()]
    return sorted({day + timedelta(days=step) for day in moved for step in (-1, 0, 1)})


def check(zone: str, clock: time, days: list[date], when: Due = due) -> None:
    """Every existing day has its moment, on that day there, after the one of the day before."""
    moments = [when(day, clock, zone) for day in days]
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


def skipping(day: date, clock: time, zone: str) -> datetime | None:
    """Wrong, as cron is: no digest at an hour that clocks leave out."""
    moment = datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
    return moment if moment.astimezone(ZoneInfo(zone)).time() == clock else None


def later(day: date, clock: time, zone: str) -> datetime | None:
    """Wrong: of an hour that clocks show twice, the second."""
    return datetime.combine(day, clock.replace(fold=1), ZoneInfo(zone)).astimezone(UTC)


def wintry(day: date, clock: time, zone: str) -> datetime | None:
    """Wrong: knows no summer time."""
    offset = datetime(2024, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()
    return datetime.combine(day, clock, UTC) - offset


@pytest.mark.parametrize("wrong", [skipping, later, wintry])
def test_a_wrong_way_to_reckon_is_noticed(wrong: Due) -> None:
    def everywhere() -> None:
        for zone in ("Europe/Berlin", "America/Los_Angeles", "Africa/Cairo"):
            for clock in HALF_HOURS:
                check(zone, clock, days_with_transitions(zone), wrong)

    with pytest.raises(AssertionError):
        everywhere()


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


def after(last: datetime, clock: time, **known: Any) -> Reader:
    """A daily reader whose last digest came then."""
    return replace(a_reader(clock, **known), slot=last.date(), last=last)


def test_an_earlier_hour_chosen_a_moment_too_late_skips_no_day() -> None:
    yesterday = at("09:00", date(2026, 11, 23))
    [first, second, _] = next_three(after(yesterday, time(8, 30)), at("08:45"))
    assert (first, second) == (at("21:00"), at("08:30", date(2026, 11, 25)))
    assert first - yesterday == LONGEST_GAP


def test_whoever_rested_gets_the_next_one_at_their_hour() -> None:
    before, until = at("09:00", date(2026, 11, 14)), at("07:00", date(2026, 11, 27))
    rested = after(before, time(9), paused_until=until)
    assert next_three(rested, at())[0] == at("09:00", date(2026, 11, 27))
    weekly = Reader(ada, schedule=Schedule(time(9), frozenset({0})), slot=before.date(), last=before)
    assert next_three(weekly, at())[0] == at("09:00", date(2026, 11, 30))


Next = Callable[[Reader, datetime], Iterator[tuple[date, datetime]]]
Move = tuple[str, time, int]
Had = list[tuple[date, datetime, str]]

move = st.tuples(st.sampled_from(NAMES), st.sampled_from(HALF_HOURS), st.integers(1, 60 * 72))
moves = st.lists(move, min_size=1, max_size=9)


def lived(history: list[Move], coming: Next = upcoming) -> tuple[Had, Callable[[datetime], str]]:
    """The digests of somebody who so many minutes after the last move lives by another zone and hour, and where
    they were at any moment.
    """
    now, reader = at("00:00"), a_reader()
    had: Had = []
    stays: list[tuple[datetime, str]] = []
    for number, (zone, clock, minutes) in enumerate(history):
        reader = replace(reader, zone=zone, schedule=Schedule(clock))
        stays.append((now, zone))
        then = now + timedelta(minutes=minutes if number < len(history) - 1 else 60 * 72)
        while (slot := next(coming(reader, now), None)) and slot[1] <= then:
            had.append((*slot, zone))
            reader = replace(reader, slot=slot[0], last=slot[1])
            now = slot[1]
        now = then
    return had, lambda moment: [zone for since, zone in stays if since <= moment][-1]


def broken_promises(history: list[Move], coming: Next = upcoming) -> list[str]:
    """What is wrong with the digests of this life: the same day twice, a digest on another day, a long gap though
    a new day had begun.
    """
    had, place = lived(history, coming)
    wrong = ["twice"] * (len(had) - len({slot for slot, _, _ in had}))
    wrong += ["elsewhere" for slot, moment, zone in had if moment.astimezone(ZoneInfo(zone)).date() != slot]
    for (slot, sent, _), (_, moment, _) in pairwise(had):
        late = sent + LONGEST_GAP + timedelta(minutes=2)
        while late < moment:
            if late.astimezone(ZoneInfo(place(late))).date() > slot:
                wrong.append(f"{late} was a new day")
                break
            late += timedelta(minutes=15)
    return wrong


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_however_somebody_moves_no_day_comes_twice_and_no_gap_is_long(count: int) -> None:
    @examples(moves)
    @settings(max_examples=count, deadline=None, database=None)
    def live(history: list[Move]) -> None:
        assert broken_promises(history) == []

    live()


def repeating(reader: Reader, after: datetime) -> Iterator[tuple[date, datetime]]:
    """Wrong: forgets which days had theirs."""
    return upcoming(replace(reader, slot=None), after)


def patient(reader: Reader, after: datetime) -> Iterator[tuple[date, datetime]]:
    """Wrong: does not look at the gap."""
    return upcoming(replace(reader, last=None), after)


def ticking(reader: Reader, after: datetime) -> Iterator[tuple[date, datetime]]:
    """Wrong: a digest every 24 hours."""
    moment = max(after, (reader.last or after) + timedelta(days=1))
    yield moment.date(), moment


@pytest.mark.parametrize("wrong", [repeating, patient, ticking])
def test_a_wrong_way_to_count_days_is_noticed(wrong: Next) -> None:
    random = Random(0)
    lives = [
        [
            (random.choice(NAMES), random.choice(HALF_HOURS), random.randint(1, 60 * 72))
            for _ in range(random.randint(2, 9))
        ]
        for _ in range(60)
    ]
    assert any(broken_promises(life, wrong) for life in lives)
