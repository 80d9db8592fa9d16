"""A flood of commands from one workspace, in virtual time: does anybody else wait, or get refused?"""

import asyncio
from collections.abc import Callable, Hashable
from contextlib import _AsyncGeneratorContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest

from bot.dispatcher import Context, Dispatcher
from bot.messages import Message, note
from bot.models import Address, Invocation
from bot.rates import Rates
from bot.registry import CommandRegistry
from bot.turns import Turns
from bot.workspaces import Workspace
from tests import virtual

SLICES, SLICE = 5, 0.01  # a command is so many pieces of work, of so many seconds each
FLOODERS: Final = 60
EACH: Final = 6  # commands of each flooder
ALONE: Final = 100  # commands of one who does not stop
OTHERS: Final = 8  # workspaces where somebody gives a command now and then
PATIENCE: Final = 1.5  # seconds; alone in the whole bot a command takes a thirtieth of that


class Storage:
    """Knows nothing, at once."""

    def __init__(self) -> None:
        self.workspaces = SimpleNamespace(get=self._get)
        self.people = SimpleNamespace(seen=self._seen)

    def within(self, *_: str) -> nullcontext[None]:
        return nullcontext()

    async def _get(self, platform: str, name: str) -> Workspace:
        return Workspace(platform, name)

    async def _seen(self, *_: Any, **__: Any) -> str:
        return ""


@dataclass
class Town:
    """Who was answered, and after how long."""

    dispatch: Dispatcher
    waits: dict[str, list[float]] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)

    async def give(self, workspace: str, person: str) -> None:
        """A command, and its answer."""
        user, begun = Address("slack", workspace, person), virtual.clock()
        reply = await self.dispatch(Invocation("work", user, user))
        self.waits.setdefault(workspace, []).append(virtual.clock() - begun)
        if reply.refusal:
            self.refused.setdefault(workspace, []).append(reply.summary)

    async def now_and_then(self, workspace: str) -> None:
        """Somebody who gives a command every four seconds."""
        for _ in range(8):
            await self.give(workspace, "ada")
            await asyncio.sleep(4)


def machine() -> CommandRegistry:
    """One command, whose work is done piece by piece on the one processor there is."""
    commands, processor = CommandRegistry(), asyncio.Lock()

    @commands.command("work")
    async def work(_context: Context) -> Message:
        """Work for a while."""
        for _ in range(SLICES):
            async with processor:
                await asyncio.sleep(SLICE)
        return note("done")

    return commands


async def flooded(change: Callable[[Dispatcher], None]) -> Town:
    """What becomes of everybody while one workspace floods the bot, all of its people and one above all."""
    storage: Any = Storage()
    dispatch = Dispatcher(machine(), storage, virtual.now, lambda: "id")
    change(dispatch)
    town = Town(dispatch)
    async with asyncio.TaskGroup() as acts:
        for number in range(FLOODERS * EACH):
            acts.create_task(town.give("noisy", f"person {number % FLOODERS}"))
        for _ in range(ALONE):
            acts.create_task(town.give("noisy", "one who does not stop"))
        for number in range(OTHERS):
            acts.create_task(town.now_and_then(f"other {number}"))
    return town


def wrong(town: Town) -> list[str]:
    """Those other than the noisy who waited too long, or were refused."""
    others = {name: max(waits) for name, waits in town.waits.items() if name != "noisy"}
    assert len(others) == OTHERS
    late = [f"{name} waited {wait:.1f} s" for name, wait in others.items() if wait > PATIENCE]
    return late + [f"{name}: {told}" for name, told in town.refused.items() if name != "noisy"]


def test_nobody_waits_for_a_noisy_workspace_or_is_refused_for_it() -> None:
    town = virtual.run(flooded(lambda _: None))
    assert wrong(town) == []
    assert len(town.waits["noisy"]) == FLOODERS * EACH + ALONE  # each had its answer
    assert len(town.refused["noisy"]) == ALONE - 30
    assert {told.partition(".")[0] for told in town.refused["noisy"]} == {
        "That is more than 30 commands in a minute"
    }


class Together(Rates):
    """Counts a workspace's commands, not a person's: on one key for everybody."""

    def wait(self, asker: Hashable, most: int, now: datetime) -> timedelta:
        return super().wait("everybody", most, now)


class Alike(Turns):
    """One queue for everybody, in the order they come."""

    def turn(self, workspace: Hashable, person: Hashable) -> _AsyncGeneratorContextManager[None]:
        return super().turn("all", "alike")


@pytest.mark.parametrize("broken", ["no turns", "in the order they come", "counted together"])
def test_the_trial_catches_a_bot_that_is_not_fair(broken: str) -> None:
    def change(dispatch: Dispatcher) -> None:
        match broken:
            case "no turns":
                dispatch._turns = Turns(10**6, 10**6, 10**6)
            case "in the order they come":
                dispatch._turns = Alike(12, 10**6, 10**6)
            case _:
                dispatch._rates = Together()

    assert wrong(virtual.run(flooded(change)))


async def test_whoever_goes_away_while_they_wait_takes_no_turn() -> None:
    turns, order = Turns(1), list[str]()

    async def act(person: str) -> None:
        async with turns.turn("lab", person):
            order.append(person)
            await asyncio.sleep(0)

    async with turns.turn("lab", "first"):
        waiting = [asyncio.create_task(act(person)) for person in ("gone", "ada", "ben")]
        await asyncio.sleep(0)
        waiting[0].cancel()
    waiting[1].cancel()  # it was let in already, and had not begun
    await asyncio.gather(*waiting, return_exceptions=True)
    assert order[-1] == "ben"
    assert (turns._all, turns._running, turns._waiting) == (0, {}, {})


async def test_people_of_a_workspace_have_their_turns_one_after_the_other() -> None:
    turns, order = Turns(at_once=2, of_a_workspace=1, of_a_person=1), list[str]()

    async def act(workspace: str, person: str) -> None:
        async with turns.turn(workspace, person):
            order.append(person)
            await asyncio.sleep(0)

    async with turns.turn("lab", "first"):
        waiting = [
            asyncio.create_task(act(workspace, person))
            for workspace, person in (("lab", "ada"), ("lab", "ada"), ("lab", "ben"), ("shop", "eve"))
        ]
        for _ in range(3):
            await asyncio.sleep(0)
        assert order == ["eve"]
    await asyncio.gather(*waiting)
    assert order == ["eve", "ada", "ben", "ada"]
