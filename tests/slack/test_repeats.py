"""Slack tells the same thing up to four times, in any order, to either of two workers: it is done once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import pytest

from adapters.slack.adapter import SlackAdapter
from bot.messages import Message, note
from bot.models import Invocation
from bot.registry import CommandRegistry
from storage import open_storage
from tests.fake_slack import FakeSlack, an_adapter, event, slash

AT_ONCE = 200  # acts under way

commands = CommandRegistry()


@commands.command("follow")
async def follow(_: object, term: Annotated[str, "A word or phrase"]) -> Message:
    """Get papers about something."""
    return note(term)


class Desk:
    """Counts what was done, by what it was."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()

    async def __call__(self, invocation: Invocation) -> Message:
        self.done[str(invocation.arguments["term"])] += 1
        return note("Certainly.")


@asynccontextmanager
async def workers(folder: Path, desk: Desk) -> AsyncIterator[list[SlackAdapter]]:
    """Two adapters that share nothing but a database."""
    url = f"sqlite:///{folder / 'papers.db'}"
    async with AsyncExitStack() as opened:
        adapters = []
        for _ in range(2):
            storage = await opened.enter_async_context(open_storage(url))
            adapters.append(an_adapter(FakeSlack(), storage))
            adapters[-1].routes(commands, desk)
        yield adapters


def tellings(count: int) -> list[dict[str, Any]]:
    """So many acts, each one to four times, shuffled."""
    chance = random.Random(count)  # no secret
    told: list[dict[str, Any]] = []
    for number in range(count):
        user = f"U{number % 500}"
        line = f"follow number {number}"
        act = slash(line, user)
        if number % 2:
            act = event("message", user=user, channel=f"D{user}", channel_type="im", text=line)
        told += [act] * chance.randint(1, 4)
    chance.shuffle(told)
    return told


async def done(count: int, folder: Path) -> Counter[str]:
    """How often each act was done."""
    desk, told = Desk(), tellings(count)
    async with workers(folder, desk) as adapters:
        for at in range(0, len(told), AT_ONCE):
            for number, body in enumerate(told[at : at + AT_ONCE]):
                adapters[number % 2].take(body)
            for adapter in adapters:
                while adapter._at_work:
                    await asyncio.wait(adapter._at_work)
    return desk.done


async def test_forty_repeated_acts_are_done_once_each(tmp_path: Path) -> None:
    assert await done(40, tmp_path) == {f"number {number}": 1 for number in range(40)}


@pytest.mark.slow
async def test_ten_thousand_repeated_acts_are_done_once_each(tmp_path: Path) -> None:
    assert await done(10_000, tmp_path) == {f"number {number}": 1 for number in range(10_000)}


async def test_workers_that_remember_for_themselves_alone_are_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[tuple[int, str]] = set()

    async def alone(self: SlackAdapter, body: dict[str, Any], _who: str) -> bool:
        mark = id(self), str(body.get("event_id") or body.get("trigger_id"))
        new = mark not in seen
        seen.add(mark)
        return new

    monkeypatch.setattr(SlackAdapter, "_noted", alone)
    assert max((await done(40, tmp_path)).values()) == 2


async def test_workers_that_forget_are_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def always(*_: object) -> bool:
        return True

    monkeypatch.setattr(SlackAdapter, "_noted", always)
    assert max((await done(40, tmp_path)).values()) > 2
