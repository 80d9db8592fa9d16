"""Slack is answered at once whatever the database does, and what it told is done once the database is back."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlencode

import pytest
from aiohttp import web

from adapters.slack.adapter import Entrance, SlackAdapter
from bot.messages import Message, note
from bot.models import Invocation
from bot.registry import CommandRegistry
from storage import open_storage
from tests.fake_slack import FakeSlack, an_adapter, slash
from tests.slack.door import SECRET, Caller, a_door, present
from tests.slack_visitor import signed

WORKSPACES: Final = 20
FORM: Final = b"Content-Type: application/x-www-form-urlencoded"

commands = CommandRegistry()


@commands.command("follow")
async def follow(_: object, term: Annotated[str, "A word or phrase"]) -> Message:
    """Get papers about something."""
    return note(term)


@dataclass
class Run:
    """How long the answers took, in seconds, and what was done."""

    waits: list[float] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    async def dispatch(self, invocation: Invocation) -> Message:
        self.done.add(f"{invocation.user.workspace} {invocation.arguments['term']}")
        return note("Certainly.")

    @property
    def p99(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.99)]


async def run(folder: Path, each: int, stall: float) -> Run:
    """Let 20 workspaces tell so many acts each, as fast as they can, while the database is held for so long."""
    found, path = Run(), folder / "papers.db"
    async with open_storage(f"sqlite:///{path}") as storage:
        adapter = an_adapter(FakeSlack(), storage, Entrance(SECRET), clock=present)
        async with a_door(adapter, commands, found.dispatch) as port:
            with held(path):
                started = time.monotonic()
                async with asyncio.TaskGroup() as tasks:
                    for number in range(WORKSPACES):
                        tasks.create_task(_tell(found, port, f"T{number}", each))
                await asyncio.sleep(max(0.0, stall - (time.monotonic() - started)))
            while adapter._at_work:
                await asyncio.wait(adapter._at_work)
    return found


async def _tell(found: Run, port: int, team: str, each: int) -> None:
    caller = Caller(port)
    for number in range(each):
        body = urlencode(slash(f"follow {number}", f"U{number % 7}", team_id=team)).encode()
        headers = [f"{name}: {value}".encode() for name, value in signed(body, SECRET).items()]
        before = time.perf_counter()
        assert await caller.call([FORM, *headers], body) == 200
        found.waits.append(time.perf_counter() - before)
    await caller.close()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else writes into the database meanwhile."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def everything(each: int) -> set[str]:
    return {f"T{team} {number}" for team in range(WORKSPACES) for number in range(each)}


async def test_a_burst_is_acknowledged_at_once_while_the_database_stalls(tmp_path: Path) -> None:
    async with asyncio.timeout(200):  # the database comes back only when all is acknowledged
        found = await run(tmp_path, 5, 0.3)
    assert found.done == everything(5)


@pytest.mark.slow
async def test_a_burst_is_acknowledged_at_once_while_the_database_stalls_for_ten_seconds(
    tmp_path: Path,
) -> None:
    found = await run(tmp_path, 100, 10)
    print(f"\np99 {found.p99 * 1_000:.0f} ms, longest {max(found.waits) * 1_000:.0f} ms")  # noqa: T201  # the measure
    assert found.p99 <= 0.5
    assert max(found.waits) < 2.5
    assert found.done == everything(100)


async def test_a_door_that_waits_for_what_was_asked_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = SlackAdapter._events

    async def patient(self: SlackAdapter, request: web.Request) -> web.Response:
        answer = await at_once(self, request)
        if self._at_work:
            await asyncio.wait([*self._at_work], timeout=1)
        return answer

    monkeypatch.setattr(SlackAdapter, "_events", patient)
    assert (await run(tmp_path, 1, 1.0)).p99 >= 1
