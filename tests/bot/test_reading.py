"""Sources that are due are read, side by side, and what they announce lands."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from bot.errors import Emptied, Refused, Unread
from bot.intake import Intake
from bot.interfaces import Pace, Storage
from bot.models import Digest
from bot.reading import Reading, Wiring
from bot.schedules import INSTANTLY
from bot.sources import Mark, Source
from bot.steps import Step as Taken
from bot.steps import Steps
from tests.fakes import Clock, a_digest, ada, at

Step = Digest | Exception | Callable[[], Awaitable[None]]


class FakeVisit:
    """A reading that goes as told."""

    def __init__(self, source: Source, steps: list[Step]) -> None:
        self.name, self.mark, self._steps = source.name, Mark(source.cursor, '"1"'), steps

    async def digests(self, _since: str) -> AsyncIterator[Digest]:
        for step in self._steps:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Digest):
                self.mark = replace(self.mark, cursor=step.cursor)
                yield step
            else:
                await step()


class World:
    """A storage, a clock, and places that say what they are told to."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.clock = storage, Clock(at("09:00"))
        self.says: dict[str, list[Step]] = {}
        self.told: list[tuple[str, str]] = []
        self.strange = ""
        self.landings: list[Steps] = []
        intake = Intake(storage, self.clock, lambda _, steps: self.landings.append(steps))
        wiring = Wiring(
            storage.sources, intake, self.visit, self.clock, Random(1), self.tell, lambda *_: self.strange
        )
        self.reading = Reading(wiring)

    def visit(self, source: Source) -> FakeVisit:
        return FakeVisit(source, self.says.get(source.name, []))

    async def tell(self, source: Source, trouble: str) -> None:
        self.told.append((source.name, trouble))

    async def add(self, name: str = "lab", **options: str) -> None:
        await self.storage.sources.add(Source(name, "feed", options=options), at=self.clock())

    async def read(self, *says: Step, name: str = "lab") -> Source:
        """Read what is due, of which that source says this."""
        self.says[name] = list(says)
        await self.storage.sources.read_now(name, at=self.clock())
        await self.reading.read_due()
        return await self.storage.sources.get(name)

    async def owed(self) -> int:
        claimed = await self.storage.outbox.claim(self.clock(), timedelta(0), 99, {"fake": Pace()}, "test")
        return len(claimed)


@pytest.fixture
async def world(sqlite_storage: Storage) -> World:
    await sqlite_storage.people.schedule(ada, INSTANTLY, now=at())
    return World(sqlite_storage)


def digest(*titles: str, cursor: str = "") -> Digest:
    return replace(a_digest(*titles), cursor=cursor)


async def test_the_first_reading_is_a_baseline_that_nobody_is_told_of(world: World) -> None:
    await world.add()
    source = await world.read(digest("Old", cursor="1"))
    assert (source.cursor, source.etag, source.papers, source.last_read) == ("1", '"1"', 1, at("09:00"))
    assert await world.owed() == 0
    assert [landing.quiet for landing in await world.storage.papers.landings(9)] == [True]

    await world.read(digest("Old", "New", cursor="2"))
    assert await world.owed() == 1


async def test_an_admin_can_choose_that_the_first_reading_is_told(world: World) -> None:
    await world.add(first="last")
    await world.read(digest("Old"))
    assert await world.owed() == 1


async def test_reading_goes_on_where_it_broke_off(world: World) -> None:
    await world.add()
    source = await world.read(digest("One", cursor="1"), digest("Two", cursor="2"), Unread("timeout", "slow"))
    assert (source.cursor, source.papers, source.failures) == ("2", 2, 1)
    assert source.fresh  # so that the rest of the baseline is quiet too


async def test_a_source_without_news_owes_nobody_anything(world: World) -> None:
    await world.add()
    for _ in range(3):
        await world.read(digest("Same"))
        world.clock.pass_by(hours=1)
    assert await world.owed() == 0


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (Unread("status 503", "busy"), "status 503"),
        (Refused("no digest", 3), "refused"),
        (Emptied("none of 99"), "filtered"),
        (TimeoutError(), "timeout"),
        (ZeroDivisionError(), "fault"),
    ],
)
async def test_a_failure_is_counted_and_tried_again_later(
    world: World, failure: Exception, cause: str
) -> None:
    await world.add()
    source = await world.read(failure)
    assert (source.errors, source.failures) == ({cause: 1}, 1)
    assert source.next_read
    assert timedelta(seconds=54) <= source.next_read - world.clock() <= timedelta(seconds=66)


async def test_it_waits_twice_as_long_each_time_but_never_less_than_it_was_told(world: World) -> None:
    await world.add()
    waits = []
    for _ in range(12):
        source = await world.read(Unread("status 500", "oops"))
        assert source.next_read
        waits.append(source.next_read - world.clock())
    assert all(later > sooner * 1.5 for sooner, later in pairwise(waits[:6]))
    assert waits[-1] <= timedelta(hours=6.6)
    asked = await world.read(Unread("rate limit", "later", 100_000))
    assert asked.next_read
    assert asked.next_read - world.clock() >= timedelta(seconds=100_000)


async def test_admins_are_told_once_when_a_source_fails_for_a_day_and_once_when_it_is_well(
    world: World,
) -> None:
    await world.add()
    for _ in range(6):
        await world.read(Unread("timeout", "it was slow"))
        world.clock.pass_by(hours=9)
    assert world.told == [("lab", world.told[0][1])]
    assert "it was slow" in world.told[0][1]
    for _ in range(3):
        await world.read(digest("New"))
    assert world.told[1:] == [("lab", "")]


async def test_admins_are_told_once_of_filters_that_leave_nothing_and_of_strange_silence(
    world: World,
) -> None:
    await world.add()
    for _ in range(3):
        await world.read(Emptied("none of 99 papers"))
    await world.read(digest("New"))
    world.strange = "nothing new for a week"
    for _ in range(3):
        await world.read()
    assert [said.partition(":")[0] for _, said in world.told] == ["emptied by filters", "", "silent"]


async def test_a_slow_source_delays_no_other(world: World) -> None:
    released, landed = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        await released.wait()

    async def seen() -> None:
        landed.set()

    for number in range(20):
        await world.add(f"slow-{number}")
        world.says[f"slow-{number}"] = [_hanging(slow)]
    await world.add("quick")
    world.says["quick"] = [digest("New"), _hanging(seen)]
    running = asyncio.create_task(world.reading.run())
    async with asyncio.timeout(5):
        await landed.wait()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert [landing.papers for landing in await world.storage.papers.landings(9)] == [1]


def _hanging(step: Callable[[], Awaitable[None]]) -> Step:
    return step


async def test_two_processes_read_a_source_once(world: World) -> None:
    other = World(world.storage)
    await world.add()
    world.says["lab"] = other.says["lab"] = [digest("New")]
    assert sum(await asyncio.gather(*(one.reading.read_due() for one in (world, other)))) == 1


async def test_how_long_a_digest_took_to_be_read_is_told_with_its_landing(world: World) -> None:
    async def a_slow_place() -> None:
        world.clock.pass_by(seconds=7)

    await world.add()
    await world.read(a_slow_place, a_digest("A"), a_slow_place, a_digest("B"))
    begun = at("09:00")
    seven = timedelta(seconds=7)
    reads = [steps.taken[0] for steps in world.landings]
    assert reads == [Taken("read", begun, begun + seven), Taken("read", begun + seven, begun + 2 * seven)]
