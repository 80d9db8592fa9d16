"""A composition that takes long makes a delivery late, and nothing worse."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot import delivery
from bot.delivery import Courier
from bot.interfaces import Delivery
from bot.messages import Message
from bot.models import Address, MessageRef
from bot.outcomes import Rules
from tests.fakes import FakeChatAdapter
from tests.lab import Lab

READERS = 40


class Watched(FakeChatAdapter):
    """Notes how often it was asked to look for an earlier post."""

    def __init__(self) -> None:
        super().__init__()
        self.looked = 0

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        self.looked += tried is not None
        return await super().send(to, message, key=key)


@pytest.fixture
async def slow(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Courier]:
    """A courier on a virtual clock, for whom each composition takes so many seconds; 40 readers are owed theirs."""
    for number in range(READERS):
        await lab.storage.people.reader(Address("fake", "lab", f"reader-{number}"))
    await lab.land("A flow")
    lab.platform = Watched()
    began = lab.clock()

    def elapsed() -> float:
        return (lab.clock() - began).total_seconds()

    monkeypatch.setattr(delivery, "elapsed", elapsed)

    def made(seconds: float) -> Courier:
        lab.courier = Courier(lab.storage, [lab.platform], lab.clock, chance=lambda: 1.0)
        compose = lab.courier._composed

        async def slowly(owed: Delivery, owner: str) -> Message | None:
            lab.clock.pass_by(seconds=seconds)
            await asyncio.sleep(0)
            return await compose(owed, owner)

        monkeypatch.setattr(lab.courier, "_composed", slowly)
        return lab.courier

    return made


@pytest.mark.parametrize("seconds", [0.6, 5.0, pytest.param(49.0, marks=pytest.mark.slow)])
async def test_however_slowly_digests_are_composed_everybody_gets_theirs_once(
    lab: Lab, slow: Callable[[float], Courier], seconds: float
) -> None:
    courier, began = slow(seconds), lab.clock()
    while await courier.deliver():
        pass
    assert courier.counts["lost"] > 0, "it was not slow enough to matter"
    assert len({to for to, _, _ in lab.platform.posts}) == len(lab.platform.posts) == READERS
    assert lab.clock() - began <= timedelta(seconds=seconds * READERS), "something was composed twice"
    assert isinstance(lab.platform, Watched)
    assert lab.platform.looked == 0, "what was never posted was looked for"


async def test_what_is_composed_in_time_is_posted_in_its_first_lease(
    lab: Lab, slow: Callable[[float], Courier]
) -> None:
    await slow(1.0).deliver()
    in_time = (Rules().lease - Rules().longest_send).total_seconds()
    assert in_time - 2 * delivery.COMPOSED <= len(lab.platform.posts) <= in_time


async def test_composing_all_at_once_is_noticed(
    lab: Lab, slow: Callable[[float], Courier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "COMPOSED", READERS)
    await slow(0.6).deliver()
    assert lab.platform.posts == []
