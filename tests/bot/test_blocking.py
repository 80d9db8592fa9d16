"""Nothing holds the event loop up: no turn of it takes a tenth of a second of work."""

import asyncio
import time
from asyncio.events import Handle
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.app import settled
from bot.models import Address, Paper
from bot.schedules import INSTANTLY
from tests.fakes import given
from tests.lab import a_lab

LONGEST = 0.1  # seconds of work; waiting for other programs of a busy machine is no fault of ours
WORDS = "flow matching grokking diffusion reward model agent memory retrieval graph policy attention".split()


@contextmanager
def turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[float, str]]]:
    """How long each turn of the event loop has worked, and what it was."""
    taken: list[tuple[float, str]] = []
    usual = Handle._run

    def timed(self: Handle) -> None:
        begun = time.thread_time()
        usual(self)
        taken.append((time.thread_time() - begun, repr(self)))

    with monkeypatch.context() as patched:
        patched.setattr(Handle, "_run", timed)
        yield taken


def a_paper(number: int) -> Paper:
    first, second = WORDS[number % 11], WORDS[number // 11 % 11]
    return Paper(
        f"On {first} and {second}, {number}", f"We study {first} {second} in depth. " * 30, source="test"
    )


async def test_a_full_day_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_lab() as lab:
        readers = [Address("fake", "T1", f"U{number}") for number in range(40)]
        for number, reader in enumerate(readers):
            await lab.storage.people.reader(reader)
            await lab.storage.people.schedule(reader, INSTANTLY, now=lab.clock())
            await lab.reply(
                "follow", reader, term=f"{WORDS[number % 11]}, {WORDS[number % 7]} AND {WORDS[number % 5]}"
            )
        with settled(), turns(monkeypatch) as taken:
            await lab.land(*map(a_paper, range(300)))
            await lab.tick()
            for command, options in (
                ("search", {"term": "flow*"}),
                ("trends", {"terms": "flow, graph"}),
                ("help", {}),
            ):
                await lab.dispatch(given(command, readers[0], **options))
    assert lab.platform.posts
    longest = max(taken)
    assert longest[0] < LONGEST, longest


async def test_work_on_the_loop_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with turns(monkeypatch) as taken:
        asyncio.get_running_loop().call_soon(lambda: sum(range(20_000_000)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert max(taken)[0] > LONGEST
