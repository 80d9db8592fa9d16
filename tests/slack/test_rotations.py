"""Tokens are renewed by two workers that are killed again and again: none is lost without a word about it."""

import asyncio
import itertools
import json
import os
import random
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot.installations import Installation, Installations
from storage import open_storage
from tests.slack.renewer import KEYS
from tests.slack_front import Front, Given, a_front

WORKSPACES: Final = 10
ROOT: Final = Path(__file__).parents[2]


@dataclass
class Tokens:
    """Slack's side: of each workspace one refresh token is good, and once."""

    current: dict[str, int] = field(default_factory=lambda: {f"T{number}": 0 for number in range(WORKSPACES)})
    rotations: int = 0
    refused: set[str] = field(default_factory=set)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def answer(self, given: Given) -> Given:
        """A new token for a refresh token."""
        team, _, number = str(given["refresh_token"]).partition(" ")
        if self.current[team] != int(number):
            self.refused.add(team)
            return {"ok": False, "error": "invalid_refresh_token"}
        self.rotations += 1
        self.current[team] = next(self._numbers)
        return {
            "access_token": f"access {team} {self.current[team]}",
            "refresh_token": f"{team} {self.current[team]}",
            "expires_in": 60,
        }

    def installation(self, team: str) -> Installation:
        """As whoever installs again has it."""
        self.current[team] = next(self._numbers)
        name = f"{team} {self.current[team]}"
        soon = datetime.now(UTC) + timedelta(seconds=60)
        return Installation("slack", team, f"access {name}", name, soon)


@dataclass
class Run:
    """What came of it. *told* are the losses that stood in a log, *silent* those that did not."""

    rotations: int = 0
    kills: int = 0
    told: int = 0
    silent: list[str] = field(default_factory=list)


async def run(folder: Path, rotations: int, design: str = "") -> Run:
    """Let two workers renew until there were so many rotations, and kill one of them after the other."""
    found, tokens, chance = Run(), Tokens(), random.Random(rotations)  # no secret
    url = f"sqlite:///{folder / 'papers.db'}"
    async with a_front() as front, open_storage(url) as storage:
        front.own["oauth.v2.access"] = tokens.answer
        kept = storage.installations(KEYS)
        for team in tokens.current:
            await kept.keep(tokens.installation(team), at=datetime.now(UTC))
        task = _task(front, url, folder, design)
        async with a_worker() as one, a_worker() as other:
            over = asyncio.Event()
            lives = [
                asyncio.create_task(_lives(worker, task, chance, found, over)) for worker in (one, other)
            ]
            while tokens.rotations < rotations or found.kills < 2:
                await asyncio.sleep(0.05)
                await _install_again(tokens, kept, found, folder)
            over.set()
            await asyncio.gather(*lives)
            later = {**task, "start": task["start"] - 1}  # when the claims of the killed have ended
            await _life(one, {**later, "rounds": 2})
        found.silent = [team for team in tokens.current if await _lost(tokens, kept, team, folder)]
    found.rotations = tokens.rotations
    return found


def _task(front: Front, url: str, folder: Path, design: str) -> dict[str, Any]:
    return {
        "url": url,
        "api": front.api,
        "start": time.time(),
        "workspaces": WORKSPACES,
        "rounds": 1_000_000,
        "log": str(folder / "log"),
        "design": design,
    }


async def _install_again(tokens: Tokens, kept: Installations, found: Run, folder: Path) -> None:
    """As an admin does who is told that a token is lost."""
    for team in sorted(tokens.refused & _told(folder)):
        (folder / "log").write_text("")
        tokens.refused.discard(team)
        found.told += 1
        await kept.keep(tokens.installation(team), at=datetime.now(UTC))


def _told(folder: Path) -> set[str]:
    """The workspaces whose admin the log wants to act."""
    log = folder / "log"
    text = log.read_text("utf-8") if log.exists() else ""
    return set(re.findall(r"the token of workspace (T\d+) could not be renewed", text))


async def _lost(tokens: Tokens, kept: Installations, team: str, folder: Path) -> bool:
    """Whether what we hold is good no more, and nobody was told."""
    held = await kept.get("slack", team)
    good = held is not None and held.refresh == f"{team} {tokens.current[team]}"
    return not good and team not in _told(folder)


@asynccontextmanager
async def a_worker() -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that forks workers."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.slack.renewer",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield worker
    finally:
        worker.kill()
        await worker.wait()


async def _lives(
    worker: asyncio.subprocess.Process,
    task: dict[str, Any],
    chance: random.Random,
    found: Run,
    over: asyncio.Event,
) -> None:
    """One life after the other, each killed after a while, until it is *over*."""
    while not over.is_set():
        await _life(worker, task, chance.uniform(0.4, 1.6))
        found.kills += 1


async def _life(worker: asyncio.subprocess.Process, task: dict[str, Any], seconds: float = 0.0) -> None:
    assert worker.stdin
    assert worker.stdout
    worker.stdin.write(f"{json.dumps(task)}\n".encode())
    child = int(await worker.stdout.readline())
    try:
        await asyncio.sleep(seconds)
    finally:
        if seconds:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        await worker.stdout.readline()


async def test_ten_renewals_among_kills_lose_no_token_in_silence(tmp_path: Path) -> None:
    found = await run(tmp_path, 10)
    assert found.silent == []
    assert found.kills


@pytest.mark.slow
async def test_a_thousand_renewals_among_kills_lose_no_token_in_silence(tmp_path: Path) -> None:
    found = await run(tmp_path, 1_000)
    print(f"\n{found}")  # noqa: T201  # the measure
    assert found.silent == []
    assert found.told <= found.kills


@pytest.mark.slow
async def test_workers_that_say_nothing_of_a_lost_token_are_caught(tmp_path: Path) -> None:
    async with asyncio.timeout(120):
        found = await run(tmp_path, 400, "silent")
    assert found.silent
