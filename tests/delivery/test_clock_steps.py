"""Clocks that are set wrong and right again, while digests fall due, are planned, sent and written down."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot.due import LONGEST_GAP, due
from bot.models import Address, Reader
from bot.schedules import Schedule
from storage import planning
from tests.lab import Lab

STEPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1))
HOMES = (("UTC", 9), ("Asia/Tokyo", 0), ("America/Los_Angeles", 23), ("Pacific/Kiritimati", 12))


@dataclass
class Life:
    """What each reader had: the local day, when it was due and when it really came."""

    lab: Lab
    wrong_by: timedelta = timedelta()
    had: dict[str, list[tuple[date, datetime, datetime]]] = field(default_factory=dict)

    @property
    def true(self) -> datetime:
        """What a right clock shows."""
        return self.lab.clock() - self.wrong_by

    async def begin(self) -> None:
        """A reader in each home, who wants to hear every day, news or none."""
        for zone, hour in HOMES:
            who, now = Address("fake", "lab", zone), self.lab.clock()
            await self.lab.storage.people.live_in(who, zone, now=now)
            await self.lab.storage.people.schedule(who, Schedule(time(hour)), verbose=True, now=now)

    async def step(self, wrong_by: timedelta) -> None:
        """Set the clock wrong by so much, and let it tick."""
        self.lab.clock.moment += wrong_by - self.wrong_by
        self.wrong_by = wrong_by
        await self.tick()

    async def tick(self) -> None:
        """Let the clock tick, and note what came."""
        before = len(self.lab.platform.posts)
        await self.lab.tick()
        for to, _, _ in self.lab.platform.posts[before:]:
            [fate] = await self.lab.storage.outbox.lately(to, 1)
            self.had.setdefault(to.id, []).append((date.fromisoformat(fate.slot), fate.planned, self.true))

    def wrong(self) -> Iterator[str]:
        """What should not have been."""
        for zone, hour in HOMES:
            had = self.had[zone]
            for (slot, planned, came), (later, due_then, came_then) in pairwise(had):
                if later <= slot:
                    yield f"{zone}: {later} after {slot}"
                if due_then - planned > LONGEST_GAP:
                    yield f"{zone}: nothing between {planned} and {due_then}"
                if came_then - came > LONGEST_GAP + timedelta(
                    days=1, hours=3
                ):  # a step, and how often we look
                    yield f"{zone}: {came_then - came} without anything"
            for slot, planned, _ in had:
                if planned != due(slot, time(hour), zone):
                    yield f"{zone}: {slot} came at {planned.astimezone(ZoneInfo(zone))}"


async def live(lab: Lab, steps: int) -> Life:
    """Hours go by; the clock is set wrong and right again so many times."""
    life, random = Life(lab), Random(steps)
    await life.begin()
    for number in range(steps):
        for _ in range(random.randint(1, 6)):
            lab.clock.pass_by(minutes=random.randint(10, 180))
            await life.tick()
        await life.step(timedelta() if number % 2 else random.choice(STEPS))
    return life


@pytest.mark.parametrize("steps", [30, pytest.param(500, marks=pytest.mark.slow)])
async def test_no_step_of_the_clock_doubles_or_loses_a_day(lab: Lab, steps: int) -> None:
    life = await live(lab, steps)
    assert list(life.wrong()) == []
    assert min(map(len, life.had.values())) > steps / 8


def every_day(_: Reader, after: datetime) -> tuple[date, datetime]:
    """Wrong: a day after this one."""
    moment = after + timedelta(days=1)
    return moment.date(), moment


async def test_a_planner_that_counts_hours_is_noticed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "following", every_day)
    assert list((await live(lab, 16)).wrong())
