import asyncio

import pytest

from bot import repeats
from bot.messages import Message, note
from bot.repeats import Repeats


class Handler:
    """Something that takes its time, and counts how often it was done."""

    def __init__(self) -> None:
        self.runs, self.go_on = 0, asyncio.Event()

    async def __call__(self) -> Message:
        self.runs += 1
        await self.go_on.wait()
        return note(f"run {self.runs}")


async def test_a_repeat_has_the_answer_of_the_first_and_no_effect() -> None:
    once, handler = Repeats(), Handler()
    tries = [asyncio.create_task(once.once("a", handler)) for _ in range(5)]
    await asyncio.sleep(0)
    handler.go_on.set()
    assert await asyncio.gather(*tries) == [note("run 1")] * 5
    assert await once.once("a", handler) == note("run 1")
    assert await once.once("b", handler) == note("run 2")


async def test_when_the_first_is_cancelled_a_repeat_takes_over() -> None:
    once, handler = Repeats(), Handler()
    first, second = (asyncio.create_task(once.once("a", handler)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    handler.go_on.set()
    assert await second == note("run 2")
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_repeat_that_is_cancelled_leaves_the_first_alone() -> None:
    once, handler = Repeats(), Handler()
    first, second = (asyncio.create_task(once.once("a", handler)) for _ in range(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second.cancel()
    handler.go_on.set()
    assert await first == note("run 1")
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_old_answers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "REMEMBERED", 2)
    once, handler = Repeats(), Handler()
    handler.go_on.set()
    for key in "abc":
        await once.once(key, handler)
    assert await once.once("c", handler) == note("run 3")
    assert await once.once("a", handler) == note("run 4")
