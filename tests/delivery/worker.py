"""A courier as a process that can be killed at any step, over a database and the stand-in.

It imports everything once and then forks a child for each line it reads, so that a thousand deaths take minutes.
A child kills itself at a numbered point, or is killed from outside, or ends when nothing is owed any more.
"""

import asyncio
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, select

import bot.delivery
from bot.delivery import REPEATED, Courier
from bot.errors import NotPosted, Unavailable, Unseen
from bot.interfaces import Pace
from bot.messages import Message, Paragraph, plain
from bot.models import Address, MessageRef
from bot.outcomes import Rules
from storage import open_storage
from storage.owed import Delivery

QUICK = Rules(
    quarantine=timedelta(seconds=0.9),
    longest_send=timedelta(seconds=0.3),
    lease=timedelta(seconds=0.8),
    finish=timedelta(seconds=1),
)


@dataclass
class Task:
    """What a child is told."""

    url: str
    port: int
    design: str = ""  # "" is ours, else one of DESIGNS
    die_at: int = 0  # the number of the point; 0: nowhere
    ahead: float = 0.0  # seconds by which its clock is ahead
    kill_after: float = 0.0  # seconds until it is killed from outside; 0: never
    patience: float = 20.0


DESIGNS = (
    "no look",
    "no wait",
    "library retries",
    "sent before it is",
    "random key",
    "empty history trusted",
)
"""Couriers that look right and are not."""


class Points:
    """Places where a process can die, numbered as they are passed."""

    def __init__(self, die_at: int) -> None:
        self._die_at, self._passed = die_at, 0

    def passed(self) -> None:
        """Die here, if this is the one."""
        self._passed += 1
        if self._passed == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """An outbox with a point before and after everything that is written down."""

    def __init__(self, outbox: Any, points: Points, *, early: bool) -> None:
        self._outbox, self._points, self._early = outbox, points, early

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def watched(*told: Any, **named: Any) -> Any:
            self._points.passed()
            answer = await getattr(self._outbox, name)(*told, **named)
            if name == "begin" and self._early:
                await self._outbox.mark_sent(told[0], MessageRef("stand-in", "", ""), at=named["now"])
            self._points.passed()
            return answer

        return watched


class WithWatched:
    """A storage whose outbox is watched."""

    def __init__(self, storage: Any, outbox: Watched) -> None:
        self._storage, self.outbox = storage, outbox

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


class Line:
    """The stand-in as a chat platform, spoken to in one attempt each."""

    name = "stand-in"
    pace = Pace()

    def __init__(self, task: Task, points: Points) -> None:
        self._task, self._points = task, points

    async def run(self, *_: object) -> None:
        """Nobody talks here."""

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Look where it may have been posted, else post it."""
        key = secrets.token_hex(12) if self._task.design == "random key" else key
        if tried and self._task.design != "no look":
            found = await self._ask({"what": "find", "key": key})
            if found["id"]:
                return MessageRef(self.name, to.id, found["id"])
            if not found["good"] and self._task.design != "empty history trusted":
                raise Unseen("the history is closed")
        first = message.blocks[0]
        again = isinstance(first, Paragraph) and plain(first.text) == REPEATED
        asked = {"what": "post", "key": key, "to": to.id, "again": again}
        try:
            answer = await self._ask(asked)
        except Unavailable:
            if self._task.design != "library retries":
                raise
            answer = await self._ask(asked)
        return MessageRef(self.name, to.id, answer["id"])

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """Take away all but the first."""
        return int((await self._ask({"what": "take back", "key": key}))["removed"])

    async def _ask(self, asked: dict[str, Any]) -> Any:
        self._points.passed()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._task.port)
        except OSError as refused:
            raise NotPosted("nobody listens") from refused
        self._points.passed()
        try:
            writer.write(json.dumps(asked).encode() + b"\n")
            await writer.drain()
            self._points.passed()
            line = await reader.readline()
        except OSError as broken:
            raise Unavailable("the line broke") from broken
        finally:
            writer.close()
        self._points.passed()
        if not line:
            raise Unavailable("the answer was lost")
        return json.loads(line)


async def deliver(task: Task) -> None:
    """Deliver until nothing is owed any more."""
    rules = QUICK
    if task.design == "no wait":
        rules = Rules(timedelta(0), QUICK.longest_send, QUICK.lease, QUICK.finish)
    points = Points(task.die_at)
    bot.delivery.PAUSE = 0.02  # type: ignore[misc]  # nobody waits here

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=task.ahead)

    async with open_storage(task.url) as storage:
        outbox = Watched(storage.outbox, points, early=task.design == "sent before it is")
        watched: Any = WithWatched(storage, outbox)
        courier = Courier(watched, [Line(task, points)], now, rules, chance=lambda: 0.0)
        running = asyncio.create_task(courier.run())
        with suppress(TimeoutError):
            async with asyncio.timeout(task.patience):
                await _until_nothing_is_owed(storage)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _until_nothing_is_owed(storage: Any) -> None:
    left = select(Delivery.id).where(col(Delivery.due).is_not(None)).limit(1)
    while True:
        async with storage._database.reading() as session:
            if (await session.exec(left)).first() is None:
                return
        await asyncio.sleep(0.02)


def main() -> None:
    """Fork a child for each line, and answer with its end: 0, or minus the signal that killed it."""
    for line in sys.stdin:
        task = Task(**json.loads(line))
        child = os.fork()
        if child == 0:
            asyncio.run(deliver(task))
            os._exit(0)
        if task.kill_after:
            time.sleep(task.kill_after)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # for whoever started it


if __name__ == "__main__":
    main()
