"""What the delivery engine itself costs, the platform's time aside: digests planned, and claimed, sent and recorded.

.venv/bin/python -m tests.benchmarks.delivery [--readers 20000] [--sends 5000] [--sqlite]
"""

import argparse
import asyncio
import contextlib
import os
import resource
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.delivery import Courier
from bot.messages import Message, note
from bot.models import Address, MessageRef
from bot.owed import Delivery, Pace
from bot.schedule import PLANNED_TOGETHER
from bot.schedules import Schedule
from storage import SqlStorage, bulk, open_storage, upgrade
from storage.tables import Reader
from tests.databases import database, server

NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
WORKSPACES: Final = 20


class Instant:
    """A platform that takes no time."""

    name = "slack"
    pace = Pace()

    def __init__(self) -> None:
        self.posts, self.enough, self.wanted = 0, asyncio.Event(), 0

    async def run(self, *_: object) -> None:
        """Nobody talks here."""

    async def take_back(self, *_: object, **__: object) -> int:
        """Nothing stands here twice."""
        return 0

    async def send(self, to: Address, message: Message, *, key: str, tried: object = None) -> MessageRef:
        """Take the post."""
        self.posts += 1
        if self.posts == self.wanted:
            self.enough.set()
        return MessageRef(self.name, to.id, key)


async def main() -> None:
    """Fill a database, plan, send, and say how fast."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--readers", type=int, default=20_000)
    asked.add_argument("--sends", type=int, default=5_000)
    asked.add_argument("--sqlite", action="store_true")
    given = asked.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core, for us and the database we start
    async with _place(sqlite=given.sqlite) as url, open_storage(url) as storage:
        people = [
            Address("slack", f"T{number % WORKSPACES}", f"U{number}") for number in range(given.readers)
        ]
        async with storage._database.writing() as session:
            rows = [Reader.of(one, Schedule(), 0) for one in people]
            due = {"verbose": True, "due": NOW, "due_slot": NOW.date()}
            await bulk.add(session, Reader, [{**row, **due} for row in rows])
        await planned(storage, given.readers)
        await sent(storage, people[: given.sends])


async def planned(storage: SqlStorage, readers: int) -> None:
    """How fast what falls due is written down."""
    begun, cpu = time.perf_counter(), cpu_of_all()
    while await storage.outbox.plan(NOW, PLANNED_TOGETHER):
        pass
    _say("planned", readers, begun, cpu)


async def sent(storage: SqlStorage, people: list[Address]) -> None:
    """How fast it goes out: claimed, written down as begun, posted, written down as sent."""
    later = NOW - timedelta(days=1)
    await storage.outbox.owe([Delivery(f"more {to.id}", to, 0, later, note("News")) for to in people])
    platform = Instant()
    platform.wanted = len(people)
    begun, cpu = time.perf_counter(), cpu_of_all()
    running = asyncio.create_task(Courier(storage, [platform], lambda: NOW).run())
    await platform.enough.wait()
    _say("claimed, sent and recorded", platform.posts, begun, cpu)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


@contextlib.asynccontextmanager
async def _place(*, sqlite: bool) -> AsyncIterator[str]:
    """The address of an empty database."""
    if sqlite:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'digestbot.db'}"
        return
    with server() as running:
        async with database(running) as url:
            await upgrade(url)
            yield url


def _say(what: str, count: int, begun: float, cpu: float) -> None:
    took, worked = time.perf_counter() - begun, max(cpu_of_all() - cpu, 0.01)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = f"{count / worked:,.0f} a second of CPU, the database's counted in"
    print(f"{what}: {count:,} in {took:.1f} s, {count / took:,.0f}/s; {each}; peak {peak:.0f} MB")


def cpu_of_all() -> float:
    """Seconds of CPU that this process and all it started have used, so that a busy machine changes nothing."""
    used, parents = dict[int, float](), dict[int, int]()
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = file.read_text().rpartition(")")[2].split()
            number = int(file.parent.name)
            parents[number], used[number] = int(fields[1]), sum(map(int, fields[11:15]))
    return sum(ticks for number, ticks in used.items() if _ours(number, parents)) / os.sysconf("SC_CLK_TCK")


def _ours(number: int, parents: dict[int, int]) -> bool:
    while number not in {0, os.getpid()}:
        number = parents.get(number, 0)
    return bool(number)


if __name__ == "__main__":
    asyncio.run(main())
