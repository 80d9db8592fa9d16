"""Links of Socket Mode are refreshed, closed and cut, and while one of them is up no event is lost."""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from adapters.slack import socket
from adapters.slack.api import web_client
from bot.errors import BadSettings
from tests.fake_slack import event
from tests.slack_front import Front, Link, a_front

ENOUGH: Final = 2  # links
LONGEST: Final = 60  # seconds to wait for a busy machine


@dataclass
class Run:
    """What was told, and what was heard of it; *gap*: the longest time, in seconds, without any link."""

    told: set[str] = field(default_factory=set)
    heard: Counter[str] = field(default_factory=Counter)
    dropped: int = 0
    repeated: int = 0
    gap: float = 0.0

    def hear(self, body: Mapping[str, Any]) -> None:
        self.heard[str(body["event_id"])] += 1


async def run(events: int, seconds: float, *, drops: int = 0) -> Run:
    """Tell so many events over as many seconds, and more until so many links were dropped one after the other."""
    found, chance = Run(), random.Random(events)  # no secret
    async with a_front() as front, web_client(front.api) as client:
        listening = asyncio.create_task(socket.listen(client, "xapp-test", found.hear))
        await _links(front)
        dropping = asyncio.create_task(_drop(front, found, chance))
        at_once = asyncio.Semaphore(50)
        try:
            async with asyncio.timeout(seconds * 2 + LONGEST), asyncio.TaskGroup() as tasks:
                for number in itertools.count():
                    if number >= events and found.dropped >= drops:
                        break
                    await at_once.acquire()
                    told = tasks.create_task(_told(front, found, f"Ev{number}", chance))
                    told.add_done_callback(lambda _: at_once.release())
                    await asyncio.sleep(seconds / events)
        finally:
            for task in (dropping, listening):
                task.cancel()
            await asyncio.gather(dropping, listening, return_exceptions=True)
    return found


async def _told(front: Front, found: Run, name: str, chance: random.Random) -> None:
    """Tell an event as Slack does: over any link that is up, and again where it was not acknowledged."""
    found.told.add(name)
    for attempt in itertools.count():
        found.repeated += attempt > 0
        before = time.monotonic()
        await front.linked.wait()
        found.gap = max(found.gap, time.monotonic() - before)
        try:
            async with asyncio.timeout(3):
                await chance.choice(front.links).tell("events_api", event("app_home_opened", id_=name))
            return
        except (TimeoutError, ConnectionError, asyncio.CancelledError):
            if (task := asyncio.current_task()) and task.cancelling():
                raise


async def _drop(front: Front, found: Run, chance: random.Random) -> None:
    """Take one link after the other away, never the last one."""
    ways = itertools.cycle((_refreshed, _closed, _cut))
    while True:
        await _links(front)
        await asyncio.sleep(chance.uniform(0.05, 0.3))
        if len(front.links) >= ENOUGH:
            await next(ways)(chance.choice(front.links))
            found.dropped += 1


async def _links(front: Front) -> None:
    while len(front.links) < ENOUGH:  # noqa: ASYNC110  # nobody there would set an event
        await asyncio.sleep(0.01)


async def _refreshed(link: Link) -> None:
    """As Slack does every few hours: first it says so."""
    await link.socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
    await asyncio.sleep(0.1)
    await link.socket.close()


async def _closed(link: Link) -> None:
    await link.socket.close()


async def _cut(link: Link) -> None:
    if transport := link.socket._req and link.socket._req.transport:
        transport.abort()


async def test_events_are_heard_while_links_are_dropped() -> None:
    found = await run(50, 0.5, drops=3)
    assert set(found.heard) == found.told


@pytest.mark.slow
async def test_five_thousand_events_are_heard_while_links_are_dropped_for_a_minute() -> None:
    found = await run(5_000, 60, drops=100)
    assert set(found.heard) == found.told
    assert len(found.told) >= 5_000
    print(f"\ndropped {found.dropped}, told again {found.repeated}, longest gap {found.gap:.2f} s")  # noqa: T201  # the measure


async def test_links_that_are_not_opened_again_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_: SocketModeClient) -> None:
        await asyncio.sleep(0.01)

    monkeypatch.setattr(SocketModeClient, "connect_to_new_endpoint", never)
    assert (await run(50, 1.0)).dropped == 1


async def test_acts_that_are_acknowledged_and_forgotten_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = itertools.cycle((False,) * 9 + (True,))

    def hear(self: Run, body: Mapping[str, Any]) -> None:
        if not next(lost):
            self.heard[str(body["event_id"])] += 1

    monkeypatch.setattr(Run, "hear", hear)
    found = await run(50, 0.5)
    assert set(found.heard) < found.told


async def test_a_token_that_slack_refuses_ends_the_start_with_its_cure() -> None:
    async with a_front() as front, web_client(front.api) as client:
        front.own["apps.connections.open"] = lambda _: {"ok": False, "error": "invalid_auth"}
        async with asyncio.timeout(10):
            with pytest.raises(ExceptionGroup) as ended:
                await socket.listen(client, "xapp-test", lambda _: None)
    assert ended.group_contains(BadSettings, match="DIGESTBOT_SLACK_APP_TOKEN: Slack refuses it")
