"""Whatever happens, in whatever order: nobody is sent a digest or a paper twice, and in the end nobody missed one.

`DIGESTBOT_TEST_HISTORIES=1000 ./dev test -m slow tests/delivery/test_histories.py` is the long run.
"""

import asyncio
import os
from collections import Counter
from contextlib import AsyncExitStack, suppress
from datetime import datetime, time
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.delivery import Courier
from bot.errors import NotPosted, RateLimited, Unavailable, Unreachable
from bot.messages import Message
from bot.models import Address, MessageRef
from bot.schedules import INSTANTLY, Schedule
from tests.fakes import FakeChatAdapter, ada, ben, text_of
from tests.lab import Lab, a_lab

LONG = int(os.environ.get("DIGESTBOT_TEST_HISTORIES", "1000"))
READERS = [ada, ben, Address("fake", "other", "eve")]
FAULTS = ["lost", "silent", "busy", "refused", "shut", "dies before", "dies after"]


class Death(BaseException):
    """The process ends here."""


class Stage(FakeChatAdapter):
    """A platform with a memory, where anything may go wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.kept: dict[str, MessageRef] = {}

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        fault = self.faults.pop(0) if self.faults else ""
        if tried and key in self.kept:
            return self.kept[key]
        errors: dict[str, BaseException] = {
            "silent": Unavailable("no answer"),
            "busy": RateLimited(17, Random(key).choice(("address", "workspace", "bot"))),
            "refused": NotPosted("moving house"),
            "shut": Unreachable("they take no messages"),
            "dies before": Death(),
        }
        if fault in errors:
            raise errors[fault]
        self.kept[key] = ref = await super().send(to, message, key=key)
        if fault == "lost":
            raise Unavailable("the answer was lost")
        if fault == "dies after":
            raise Death
        return ref


class Histories(RuleBasedStateMachine):
    """A bot, its readers, and everything that happens to them."""

    def __init__(self) -> None:
        super().__init__()
        self.loop, self.opened = asyncio.Runner(), AsyncExitStack()
        self.lab: Lab = self.loop.run(self.opened.enter_async_context(a_lab()))
        self.stage = self.lab.platform = Stage()
        self.landed: list[str] = []
        self.couriers = [self._courier() for _ in range(2)]
        for who in READERS:
            self.loop.run(self.lab.ask("follow", who, term="grokking"))

    def _courier(self) -> Courier:
        return Courier(self.lab.storage, [self.stage], self.lab.clock, chance=lambda: 1.0)

    @rule(new=st.booleans())
    def land(self, *, new: bool) -> None:
        title = f"Grokking {len(self.landed):04}" if new or not self.landed else self.landed[-1]
        self.loop.run(self.lab.land(title, source=f"source {len(self.landed)} {new}"))
        if title not in self.landed:
            self.landed.append(title)

    @rule(
        which=st.integers(0, 1),
        faults=st.lists(st.sampled_from(["", *FAULTS]), max_size=3),
        most=st.sampled_from((1, 20)),
    )
    def deliver(self, which: int, faults: list[str], most: int) -> None:
        self.stage.faults = faults
        with suppress(BaseExceptionGroup):
            self.loop.run(self._deliver(self.couriers[which], most))
        if any("dies" in fault for fault in faults):
            self.couriers[which] = self._courier()

    async def _deliver(self, courier: Courier, most: int) -> None:
        while await self.lab.storage.outbox.plan(self.lab.clock(), 100):
            pass
        await courier.deliver(most)

    @rule(which=st.integers(0, 1), limit=st.integers(1, 3))
    def die_with_claims(self, which: int, limit: int) -> None:
        self.loop.run(self.couriers[which]._claim(limit))
        self.couriers[which] = self._courier()

    @rule(minutes=st.sampled_from((1, 3, 30, 200, 600, 1500)))
    def wait(self, minutes: int) -> None:
        self.lab.clock.pass_by(minutes=minutes)

    @rule(hours=st.sampled_from((-24, -1, 1, 24)))
    def step_the_clock(self, hours: int) -> None:
        self.lab.clock.pass_by(hours=hours)

    @rule(who=st.sampled_from(READERS), hour=st.integers(0, 23), instantly=st.booleans())
    def reschedule(self, who: Address, hour: int, *, instantly: bool) -> None:
        wanted = INSTANTLY if instantly else Schedule(time(hour))
        self.loop.run(self.lab.storage.people.schedule(who, wanted, now=self.lab.clock()))

    @rule(who=st.sampled_from(READERS), zone=st.sampled_from(("Pacific/Apia", "Pacific/Pago_Pago", "UTC")))
    def move(self, who: Address, zone: str) -> None:
        self.loop.run(self.lab.storage.people.live_in(who, zone, now=self.lab.clock()))

    @rule(who=st.sampled_from(READERS))
    def act(self, who: Address) -> None:
        self.loop.run(self.lab.ask("status", who))

    @rule(rest=st.booleans())
    def pause_eve(self, *, rest: bool) -> None:
        self.loop.run(self.lab.ask("pause" if rest else "resume", READERS[2]))

    @precondition(lambda self: self.stage.posts)
    @rule()
    def retry_what_failed(self) -> None:
        async def retry() -> None:
            for fate in await self.lab.storage.outbox.failed("fake", "lab", 3):
                await self.lab.storage.outbox.retry(fate.key, now=self.lab.clock())

        self.loop.run(retry())

    @invariant()
    def nothing_is_posted_twice(self) -> None:
        assert max(Counter(key for _, _, key in self.stage.posts).values(), default=1) == 1

    @invariant()
    def no_paper_is_told_twice(self) -> None:
        for who in READERS:
            assert max(Counter(self._titles(who)).values(), default=1) == 1, who

    def _titles(self, who: Address) -> list[str]:
        lines = [line for text in self.stage.said_to(who) for line in text.splitlines()]
        return [line for line in lines if line in self.landed]

    def teardown(self) -> None:
        try:
            self.loop.run(self._calm_down())
            for who in (ada, ben):
                plain = [text_of(message) for to, message, _ in self.stage.posts if to == who]
                told = set(self._titles(who)) | {
                    one for one in self.landed if any(one in text for text in plain)
                }
                assert told == {*self.landed}, who
        finally:
            self.loop.run(self.opened.aclose())
            self.loop.close()

    async def _calm_down(self) -> None:
        """All is well again, for two weeks; whoever was closed acts, and an admin tries again what failed."""
        self.stage.faults = []
        await self.lab.land("Grokking, the end")
        for _ in range(12):
            for who in READERS:
                await self.lab.ask("status", who)
                for fate in await self.lab.storage.outbox.failed(who.platform, who.workspace, 100):
                    await self.lab.storage.outbox.retry(fate.key, now=self.lab.clock())
            await self._deliver(self.couriers[0], 100)
            self.lab.clock.pass_by(hours=29)


def run(count: int, steps: int, machine: Any = Histories) -> None:
    """That many histories of that many steps."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=count,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(("count", "steps"), [(5, 20), pytest.param(LONG, 100, marks=pytest.mark.slow)])
def test_whatever_happens_everybody_gets_everything_once(count: int, steps: int) -> None:
    run(count, steps)


class Blind(Histories):
    """Wrong: what may have been posted is posted again without a look."""

    def __init__(self) -> None:
        super().__init__()
        self.stage.kept = Nothing()


class Nothing(dict[str, MessageRef]):
    """A memory that keeps nothing."""

    def __setitem__(self, key: str, value: MessageRef) -> None:
        """Forget it."""


class Lossy(Histories):
    """Wrong: whatever failed is forgotten."""

    async def _calm_down(self) -> None:
        self.stage.faults = []
        await self._deliver(self.couriers[0], 100)


def one_history(machine: Histories) -> None:
    """Of a first digest a post is taken, but not answered; all of a second are refused for a while."""
    try:
        machine.land(new=True)
        machine.deliver(0, ["lost"], 20)
        machine.wait(30)
        machine.deliver(0, [], 20)
        machine.nothing_is_posted_twice()
        machine.land(new=True)
        machine.deliver(0, ["refused"] * len(READERS), 20)
    finally:
        machine.teardown()


def test_one_history_tells_a_right_design_from_wrong_ones() -> None:
    one_history(Histories())
    for wrong in (Blind, Lossy):
        with pytest.raises(AssertionError):
            one_history(wrong())


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [Blind, Lossy])
def test_a_wrong_design_is_noticed(wrong: Any) -> None:
    with pytest.raises(AssertionError):
        run(40, 40, wrong)
