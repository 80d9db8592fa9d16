"""The pace of platforms: what they ask is kept to the letter, none of it is wasted, and all have their turn.

`DIGESTBOT_TEST_STORM=10000 ./dev test -m slow tests/delivery/test_pace.py` is the long run.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from sqlmodel import col

from bot import delivery
from bot.delivery import Courier
from bot.errors import RateLimited, Rests
from bot.messages import Message, note
from bot.models import Address, MessageRef
from bot.owed import Delivery, Pace
from storage import claims, open_storage, sending
from storage.owed import Lane
from tests.virtual import Counted, VirtualLoop, live

LATENCY = 0.05  # seconds of a call
MANY = int(os.environ.get("DIGESTBOT_TEST_DUE", "100000"))  # due in one minute
PEOPLE = int(os.environ.get("DIGESTBOT_TEST_STORM", "10000"))  # of the long run


@dataclass
class Busy:
    """A platform that turns calls away as it likes: a *share* of them, for 1 to 30 seconds, each *scope* for itself."""

    loop: VirtualLoop
    pace: Pace
    share: float = 0.0
    scope: Rests = "workspace"
    name: str = "fake"
    calls: int = 0
    inside: int = 0  # calls that came though they were told to stay away
    asked: Counter[object] = field(default_factory=Counter)  # seconds to stay away
    posts: list[tuple[Address, float]] = field(default_factory=list)
    closed: dict[object, float] = field(default_factory=dict)
    wanted: int = 0
    grown: float = 0.0  # MB, while it was posted to
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    random: Random = field(default_factory=lambda: Random(0))

    async def run(self, *_: object) -> None:
        """Nobody talks here."""

    async def reached(self, count: int) -> None:
        """Wait until so many posts were taken."""
        self.wanted = count
        await self.enough.wait()

    async def take_back(self, *_: object, **__: object) -> int:
        """Nothing stands here twice."""
        return 0

    async def send(self, to: Address, message: Message, *, key: str, tried: object = None) -> MessageRef:
        """Take the post, or ask to come back later."""
        await asyncio.sleep(LATENCY / 2)
        what, now = self._scope(to), self.loop.time()
        self.calls += 1
        left = self.closed.get(what, 0) - now
        if left > 0:
            self.inside += 1
        elif self.random.random() < self.share:
            left = self.random.randint(1, 30)
            self.closed[what] = now + left
            self.asked[what] += left
        else:
            self.posts.append((to, now))
            if len(self.posts) >= self.wanted:
                self.enough.set()
        await asyncio.sleep(LATENCY / 2)
        if left > 0:
            raise RateLimited(left, self.scope)
        return MessageRef(self.name, to.id, str(self.calls))

    def _scope(self, to: Address) -> object:
        return {"address": to, "workspace": to.workspace, "bot": ""}[self.scope]


async def delivered(platform: Busy, owed: Mapping[str, int], url: str = "sqlite://") -> float:
    """So many people of each workspace are owed a message: the seconds until all have it."""
    loop, people = (
        platform.loop,
        [Address("fake", place, f"{n}") for place, size in owed.items() for n in range(size)],
    )
    loop.busy += 1
    async with open_storage(url) as storage:
        await storage.outbox.owe(
            [Delivery(f"{to.workspace}-{to.id}", to, 0, loop.now(), note("News")) for to in people]
        )
        loop.busy -= 1
        counted: Any = Counted(storage, loop)
        courier = Courier(counted, [platform], loop.now, chance=lambda: 1.0)
        before = held()
        with patch.object(delivery, "elapsed", loop.time):  # a slow machine is no frozen one
            running = asyncio.create_task(courier.run())
            await platform.reached(len(people))
            platform.grown = held() - before
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        loop.busy += 1
    loop.busy -= 1
    assert len({to for to, _ in platform.posts}) == len(platform.posts), "somebody got it twice"
    return max(moment for _, moment in platform.posts)


def stormed(scope: Rests, people: int, *, pace: Pace) -> tuple[Busy, float]:
    """A platform that turned 30 % of calls away, and how many times the ideal it took."""

    async def life(loop: VirtualLoop) -> tuple[Busy, float]:
        platform = Busy(loop, pace, 0.3, scope)
        took = await delivered(platform, {"one": people})
        each = pace.workspace or pace.bot or 1
        waits = max(platform.asked.values()) if scope == "address" else sum(platform.asked.values())
        return platform, took / (platform.calls / each + waits)

    return live(life)


STORMS = [
    ("workspace", Pace(workspace=5, address=1)),
    ("bot", Pace(bot=10)),
    ("address", Pace(bot=50)),
]


@pytest.mark.parametrize(("scope", "pace"), STORMS)
@pytest.mark.parametrize("people", [15, pytest.param(PEOPLE, marks=pytest.mark.slow)])
def test_whoever_is_asked_to_wait_waits_to_the_letter_and_not_longer(
    scope: Rests, pace: Pace, people: int
) -> None:
    platform, times = stormed(scope, people, pace=pace)
    print(f"{people} people, {scope}: {platform.calls} calls, {platform.inside} inside, {times:.3f}")  # noqa: T201  # for whoever measures
    assert platform.inside == 0
    assert len(platform.posts) == people
    assert times <= 1.05


async def heedless(*_: object) -> dict[str, datetime]:
    """Wrong: whoever is at it already does not hear that all have to wait."""
    return {}


async def alone(*_: object) -> None:
    """Wrong: only the delivery that was turned away waits."""


@pytest.mark.parametrize("broken", ["rests", "rest"])
def test_a_courier_that_does_not_hear_is_noticed(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    monkeypatch.setattr(*((sending, "_resting", heedless) if broken == "rests" else (claims, "rest", alone)))
    platform, _ = stormed("workspace", 15, pace=Pace(workspace=5))
    assert platform.inside > 0


def fair(owed: Mapping[str, int], pace: float) -> dict[str, float]:
    """When each workspace would be through if all that still wait had the same share at any moment."""
    left, now, through = dict(owed), 0.0, dict[str, float]()
    while left:
        least = min(left.values())
        now += least * len(left) / pace
        left = {place: size - least for place, size in left.items()}
        through |= {place: now for place, size in left.items() if not size}
        left = {place: size for place, size in left.items() if size}
    return through


def crowded(owed: Mapping[str, int], pace: float) -> tuple[float, float, float]:
    """How many times its fair share the workspace waits that waits longest, how many MB more were held meanwhile, and
    how much of the ceiling was used.
    """

    async def life(loop: VirtualLoop) -> tuple[float, float, float]:
        platform = Busy(loop, Pace(bot=pace))
        took = await delivered(platform, owed)
        used = sum(owed.values()) / pace / took
        assert used >= 0.95, "the ceiling is not used"
        last = {to.workspace: moment for to, moment in platform.posts}
        late = max((last[place] - 1) / least for place, least in fair(owed, pace).items())
        return late, platform.grown, used

    return live(life)


def waits(owed: Mapping[str, int], pace: float) -> float:
    """How many times its fair share the workspace waits that waits longest."""
    return crowded(owed, pace)[0]


def held() -> float:
    """MB that this process holds; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
    except OSError:
        return 0.0


@pytest.mark.slow
def test_a_hundred_thousand_due_at_once_use_the_ceiling_and_no_memory() -> None:
    crowd = {"huge": MANY * 6 // 10, **{f"small {n}": MANY * 4 // 190 for n in range(19)}}
    late, grown, used = crowded(crowd, 50)
    print(f"{MANY} due: {late:.3f} times the fair share, {grown:.0f} MB more, {used:.1%} of the ceiling")  # noqa: T201  # for whoever measures
    assert late <= 1.2
    assert grown <= 64


CROWD = {"huge": 80, **{f"small {n}": 5 for n in range(7)}, "tiny": 2}


def test_a_huge_workspace_keeps_no_small_one_waiting() -> None:
    assert waits(CROWD, 20) <= 1.2


def chain_all(*lanes: Sequence[object]) -> list[list[object]]:
    """Wrong: all of one lane, then all of the next."""
    return [[one for lane in lanes for one in lane]]


def test_lanes_that_take_no_turns_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    orderly = claims._lanes
    unfair: Callable[..., Any] = lambda *told: orderly(*told).order_by(None).order_by(col(Lane.id))  # noqa: E731
    monkeypatch.setattr(claims, "_lanes", unfair)
    monkeypatch.setattr(claims, "zip_longest", chain_all)
    assert waits(CROWD, 20) > 1.2
