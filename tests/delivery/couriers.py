"""What a child of the worker does: it delivers, looks again, or lands a digest."""

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlmodel import col, select

import adapters.discord.openings
import adapters.discord.sending
import bot.delivery
import storage.connections
from bot.delivery import Courier
from bot.doubles import SecondLooks
from bot.intake import Intake
from bot.outcomes import Rules
from storage import open_storage
from storage.owed import Delivery
from tests.delivery.lines import line
from tests.delivery.tracing import say
from tests.delivery.wrong import InTwoSteps, Mistaken, Points, Watched, WithWatched
from tests.fakes import a_digest

TELLS = 9_998  # the number of the file by which a child says that it begins

QUICK = (0.9, 0.3, 0.8, 1.0)
"""Seconds, as in `bot.outcomes.Rules`: enough for a stand-in on this machine."""


@dataclass
class Task:
    """What a child is told."""

    url: str
    port: int
    platform: str = "line"
    what: str = "deliver"  # until nothing is owed; or "once", "look", "land"
    until: str = ""  # it lives at least until this file is there
    pragma: str = ""  # how SQLite is set, against the program's own wish
    design: str = ""  # "" is ours, else one of `wrong.DESIGNS`
    rules: tuple[float, ...] = QUICK
    remembered: float = 60.0  # seconds for which Discord's nonce is trusted
    die_at: int = 0  # the number of the point; 0: nowhere
    call: int = 0  # the number of the system call to die at; 0: at none
    freeze: str = ""  # held where it writes this, until the next task is done
    record: str = ""  # where to write its system calls down
    ahead: float = 0.0  # seconds by which its clock is ahead
    kill_after: list[float] = field(default_factory=list)  # seconds; as many children as there are numbers
    stop_after: float = 0.0  # seconds until it is told to stop
    patience: float = 20.0
    titles: list[str] = field(default_factory=list)  # of the papers to land


def rules(task: Task) -> Rules:
    """The rules it goes by."""
    told = Rules(*(timedelta(seconds=seconds) for seconds in task.rules))
    return Rules(timedelta(0), *list_of(told)[1:]) if task.design == "no wait" else told


def list_of(told: Rules) -> list[timedelta]:
    """Rules as they are given."""
    return [told.quarantine, told.longest_send, told.lease, told.finish]


async def do(task: Task) -> None:
    """Do it. Told to stop, it ends in order."""
    if here := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, here.cancel)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    if task.pragma:
        storage.connections.PRAGMAS = (*storage.connections.PRAGMAS, task.pragma)  # type: ignore[misc,assignment]  # a mistake

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=task.ahead)

    bot.delivery.PAUSE = 0.02  # type: ignore[misc]  # nobody waits here
    adapters.discord.sending.REMEMBERED = timedelta(seconds=task.remembered)  # type: ignore[misc]  # nor here
    adapters.discord.openings.STEP = timedelta(0)  # type: ignore[misc]  # nor here
    points = Points(task.die_at)
    async with open_storage(task.url) as opened:
        if task.what == "land":
            kept: Any = InTwoSteps(opened) if task.design else opened
            say("begin")
            await Intake(kept, now).land(a_digest(*task.titles))
            return
        watched: Any = WithWatched(opened, Watched(opened.outbox, points, task.design))
        async with line(task.platform, task.port, watched, now, points) as way:
            adapter = Mistaken(way, task.design)
            if task.kill_after:
                os.write(TELLS, b".")
            courier = Courier(watched, [adapter], now, rules(task), chance=lambda: 0.0)
            say("begin")
            match task.what:
                case "look":
                    await SecondLooks(opened, [adapter], now).look()
                case "once":
                    while await courier.deliver():
                        pass
                case _:
                    await _run(courier, opened, task)


async def _run(courier: Courier, opened: Any, task: Task) -> None:
    running = asyncio.create_task(courier.run())
    try:
        await _there(task.until)
        with suppress(TimeoutError):
            async with asyncio.timeout(task.patience):
                await _until_nothing_is_owed(opened)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _there(path: str) -> None:
    """Wait until this file is there, if any."""
    for _ in count():
        if not path or await asyncio.to_thread(Path(path).exists):
            return
        await asyncio.sleep(0.05)


async def _until_nothing_is_owed(opened: Any) -> None:
    left = select(Delivery.id).where(col(Delivery.due).is_not(None)).limit(1)
    while True:
        with suppress(Exception):  # a database that is away is waited for
            async with opened._database.reading() as session:
                if (await session.exec(left)).first() is None:
                    return
        await asyncio.sleep(0.02)
