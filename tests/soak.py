"""How heavy the bot is, and whether it stays so: it runs for hours with both platforms, digests and faults.

    .venv/bin/python -m tests.soak                  eight hours
    .venv/bin/python -m tests.soak --minutes 5      a short one

Needs the stand-ins for Slack and Discord. Says how long it took from start to ready, what it weighs idle and how
much of a core it takes; then digests land, malformed ones among them, while the database is held up now and then,
and memory, handles and threads are written down. The exit status is 1 when the last quarter of the time holds
more of any than the second.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import aiohttp

from tests import discord_peer, slack_peer

IDLE: Final = 15.0  # seconds
HOLD: Final = 3.0  # seconds for which nobody else can write
GROWTH: Final = 1.05  # times; more in the last quarter than in the second is a leak


@dataclass(frozen=True, slots=True)
class Weight:
    """What a process holds: megabytes, open handles, threads."""

    megabytes: float
    handles: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Weight":
        told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        resident, threads = (int(told[name].split()[0]) for name in ("VmRSS", "Threads"))
        return cls(round(resident / 1024, 1), len(os.listdir(f"/proc/{pid}/fd")), threads)  # noqa: PTH208  # only counted


class Bot:
    """The program as an operator starts it."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self.home, self.environment, self.port = home, environment, slack_peer.free_port()
        self.pid = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[float]:
        """Started, and the seconds that took until it was ready."""
        begun = time.monotonic()
        environment = {**self.environment, "DIGESTBOT_WEB_PORT": str(self.port)}
        with (self.home / "log").open("w") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=environment, stdout=log, stderr=log
            )
        self.pid = process.pid
        try:
            while not await self._ready():
                assert process.returncode is None, (self.home / "log").read_text()
                await asyncio.sleep(0.02)
            yield time.monotonic() - begun
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 20)

    async def _ready(self) -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"http://127.0.0.1:{self.port}/readyz") as told,
            ):
                return told.status == 200
        return False

    def worked(self) -> float:
        """The seconds of processor time it has used."""
        user, system = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    async def land(self, number: int, *, broken: bool = False) -> None:
        """Land a digest of twenty papers, or what is none."""
        rows = [
            {"title": f"Flow matching {number}.{row}", "abstract": f"We match flows, number {number}.{row}."}
            for row in range(20)
        ]
        file = self.home / "digest.jsonl"
        file.write_text("{" if broken else "\n".join(map(json.dumps, rows)))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "land", str(file), env=dict(self.environment), stdout=-3, stderr=-3
        )
        await process.wait()

    async def hold(self) -> None:
        """Let nobody else write for some seconds."""
        with contextlib.closing(sqlite3.connect(self.home / "papers.db", timeout=30)) as file:
            file.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(HOLD)
            file.rollback()


async def soak(minutes: float, every: float) -> bool:
    """Whether it stays as it was."""
    with tempfile.TemporaryDirectory() as folder, slack_peer.running() as slack:
        async with discord_peer.running() as discord:
            bot = Bot(Path(folder), _environment(Path(folder), slack, discord))
            async with bot.running() as took:
                pass
            print(f"made its database and was ready in {took:.2f} s")
            async with bot.running() as took:
                print(f"ready in {took:.2f} s, {bot.worked():.2f} s of it at work")
                await _idle(bot)
                await discord.give("papers-admin channel add", channel=discord.channel())
                found = await _busy(bot, minutes * 60, every)
    return _judged(found)


def _environment(
    home: Path, slack: slack_peer.SlackPeer, discord: discord_peer.DiscordPeer
) -> Mapping[str, str]:
    return os.environ | {
        "DIGESTBOT_DATABASE_URL": f"sqlite:///{home / 'papers.db'}",
        "DIGESTBOT_SLACK_API_URL": slack.api,
        "DIGESTBOT_SLACK_BOT_TOKEN": slack.token,
        "DIGESTBOT_SLACK_SIGNING_SECRET": slack.signing_secret,
        "DIGESTBOT_DISCORD_TOKEN": discord.token,
        "DIGESTBOT_DISCORD_API_URL": discord.rest,
        "DIGESTBOT_DISCORD_GATEWAY_URL": discord.gateway,
    }


async def _idle(bot: Bot) -> None:
    await asyncio.sleep(IDLE / 3)
    before = bot.worked()
    await asyncio.sleep(IDLE)
    share = (bot.worked() - before) / IDLE
    print(f"idle: {Weight.of(bot.pid)}, {share:.1%} of a core")


async def _busy(bot: Bot, seconds: float, every: float) -> Sequence[Weight]:
    """What it held, time after time, while digests landed."""
    end, found, number = time.monotonic() + seconds, list[Weight](), 0
    while time.monotonic() < end:
        number += 1
        await bot.land(number, broken=number % 7 == 0)
        if number % 10 == 0:
            await bot.hold()
        await asyncio.sleep(every)
        found.append(Weight.of(bot.pid))
        if number % max(1, int(seconds / every / 20)) == 0:
            print(f"{number} digests: {found[-1]}", flush=True)
    return found


def _judged(found: Sequence[Weight]) -> bool:
    quarter = max(1, len(found) // 4)
    flat = True
    for field in fields(Weight):
        early, late = (
            statistics.median(getattr(one, field.name) for one in part)
            for part in (found[quarter : 2 * quarter], found[-quarter:])
        )
        print(f"{field.name}: {early} in the second quarter, {late} in the last")
        flat &= late <= early * GROWTH
    return flat


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--minutes", type=float, default=480)
    arguments.add_argument("--every", type=float, default=2.0, help="seconds between digests")
    given = arguments.parse_args()
    sys.exit(0 if asyncio.run(soak(given.minutes, given.every)) else 1)
