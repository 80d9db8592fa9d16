"""What follows from each way in which a try to send can end."""

import asyncio
import logging
from datetime import datetime

import pytest

from bot.delivery import Courier
from bot.errors import (
    Disconnected,
    NotPosted,
    RateLimited,
    Rests,
    SendError,
    Unavailable,
    Unreachable,
    Unsayable,
    Unseen,
)
from bot.interfaces import Pace
from bot.messages import Message, note
from bot.models import Address, MessageRef
from bot.outcomes import LONGEST_TRY, REPEATED, Rules, patience, verdict
from bot.owed import Delivery
from tests.fakes import FakeChatAdapter, ada, at, ben
from tests.lab import Lab

OWED = Delivery("key", ada, 1, at("09:00"), attempts=1)
TRIED = Delivery("key", ada, 1, at("09:00"), attempts=2, tried=at("08:00"))


def outcome(error: BaseException, delivery: Delivery = OWED, *, wire: bool = True) -> tuple[str, float, bool]:
    found = verdict(error, delivery, at("09:00"), Rules(), wire=wire, chance=1.0)
    return found.what, (found.until - at("09:00")).total_seconds(), found.unposted


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (RateLimited(17), ("wait", 17, True)),
        (RateLimited(-5), ("wait", 0, True)),
        (NotPosted("team moves house"), ("wait", 5, True)),
        (Disconnected("token revoked"), ("wait", 3600, True)),
        (Unavailable("502"), ("wait", 120, False)),
        (TimeoutError(), ("wait", 120, False)),
        (ZeroDivisionError(), ("wait", 120, False)),
        (Unseen("no scope"), ("repeat", 0, False)),
        (Unsayable("too long"), ("plain", 0, True)),
        (Unreachable("left"), ("give up", 0, False)),
    ],
)
def test_each_answer_has_its_consequence(error: BaseException, wanted: tuple[str, float, bool]) -> None:
    assert outcome(error) == wanted


@pytest.mark.parametrize("error", [RateLimited(1), NotPosted("x"), Disconnected("x"), Unsayable("x")])
def test_what_was_tried_before_is_looked_for_again_whatever_this_try_says(error: SendError) -> None:
    assert not outcome(error, TRIED)[2]


def test_what_never_left_is_tried_again_soon() -> None:
    assert outcome(ZeroDivisionError(), wire=False) == ("wait", 5, False)


def test_after_a_week_a_digest_is_no_news() -> None:
    old = Delivery("key", ada, 1, at("09:00") - LONGEST_TRY, attempts=9)
    assert outcome(NotPosted("x"), old, wire=False)[0] == "give up"
    assert outcome(Unavailable("x"), old)[0] == "held"


def test_waits_grow_to_an_hour_and_are_spread_by_chance() -> None:
    assert [patience(n, 1.0).total_seconds() for n in (1, 2, 3, 20)] == [5, 10, 20, 3600]
    assert patience(3, 0.0) == patience(3, 1.0) * 0.75


class Forgetful(FakeChatAdapter):
    """A platform that keeps what was posted, and loses its answers as it is told; *blind*: its history is closed."""

    def __init__(self, *, blind: bool = False) -> None:
        super().__init__()
        self.lost, self.blind, self.kept = 0, blind, dict[str, MessageRef]()

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        if tried and self.blind:
            raise Unseen("the history is closed")
        if tried and key in self.kept:
            return self.kept[key]
        self.kept[key] = ref = await super().send(to, message, key=key)
        if self.lost:
            self.lost -= 1
            raise Unavailable("the answer was lost")
        return ref


@pytest.fixture
async def owed(lab: Lab) -> Lab:
    await lab.ask("follow", term="grokking")
    await lab.land("Grokking explained")
    return lab


def courier(lab: Lab, platform: FakeChatAdapter, name: str = "fake") -> Courier:
    lab.platform = platform
    platform.name = name
    return Courier(lab.storage, [platform], lab.clock, chance=lambda: 1.0)


async def test_what_was_posted_without_an_answer_is_found_and_not_posted_again(owed: Lab) -> None:
    platform = Forgetful()
    platform.lost = 1
    mine = courier(owed, platform)
    assert await mine.deliver() == 1
    owed.clock.pass_by(seconds=119)
    assert await mine.deliver() == 0, "the history may not show it yet"
    owed.clock.pass_by(seconds=1)
    assert await mine.deliver() == 1
    assert len(platform.posts) == 1
    [fate] = await owed.storage.outbox.lately(ada, 5)
    assert fate.state == "sent"


async def test_where_nobody_can_see_it_is_sent_once_more_and_says_so(owed: Lab) -> None:
    platform = Forgetful(blind=True)
    platform.lost = 2
    mine = courier(owed, platform)
    for _ in range(9):
        await mine.deliver()
        owed.clock.pass_by(minutes=3)
    assert len(platform.posts) == 2
    first, second = platform.said_to(ada)
    assert REPEATED not in first
    assert second.startswith(REPEATED)
    assert mine.counts["repeat"] == 1
    [fate] = await owed.storage.outbox.lately(ada, 5)
    assert fate.state == "held"


async def test_a_message_the_platform_refuses_is_said_plainly_once(
    owed: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    owed.platform.fail(Unsayable("invalid blocks"))
    assert await owed.tick() == 2
    (text,) = owed.platform.said_to(ada)
    assert "Grokking explained" in text
    await owed.land("Grokking again")
    owed.platform.fail(Unsayable("invalid blocks"), Unsayable("still"))
    assert await owed.tick() == 2
    assert (await owed.storage.outbox.lately(ada, 1))[0].state == "given up"


@pytest.mark.parametrize(("error", "seconds"), [(RateLimited(30), 30), (Disconnected("revoked"), 3600)])
async def test_a_whole_workspace_rests_as_long_as_it_was_told(
    owed: Lab, error: SendError, seconds: int
) -> None:
    owed.platform.fail(error)
    assert await owed.courier.deliver() == 1
    await owed.storage.people.reader(ben)
    elsewhere = Address("fake", "other", "eve")
    await owed.storage.people.reader(elsewhere)
    await owed.land("Grokking again")
    await owed.tick()
    assert [to for to, _, _ in owed.platform.posts] == [elsewhere]
    owed.clock.pass_by(seconds=seconds - 1.1)
    assert await owed.tick() == 0
    owed.clock.pass_by(seconds=1.1)
    await owed.tick()
    assert {to for to, _, _ in owed.platform.posts} == {ada, ben, elsewhere}


async def test_whoever_has_lost_its_lease_sends_nothing(owed: Lab) -> None:
    platform = FakeChatAdapter()
    slow, quick = courier(owed, platform), courier(owed, platform)
    [late] = await slow._claim(5)
    owed.clock.moment += Rules().lease
    [taken] = await quick._claim(5)
    await slow._try(late)
    assert platform.posts == []
    await quick._try(taken)
    assert len(platform.posts) == 1
    assert slow.counts["lost"] == 1


async def test_a_courier_whose_lease_has_ended_is_somebody_else_when_it_claims_again(owed: Lab) -> None:
    [late] = await owed.courier._claim(5)
    owed.clock.moment += Rules().lease
    [taken] = await owed.courier._claim(5)
    await owed.courier._try(late)
    assert owed.platform.posts == []
    await owed.courier._try(taken)
    assert len(owed.platform.posts) == 1


async def test_what_comes_of_a_try_changes_nothing_for_the_next_one(owed: Lab) -> None:
    [late] = await owed.courier._claim(5)
    owed.clock.moment += Rules().lease
    [taken] = await owed.courier._claim(5)
    assert await owed.courier._begun(taken) > 0
    await owed.courier._settle(late, NotPosted("heard of it long afterwards"))
    owed.clock.moment += Rules().quarantine
    [third] = await owed.courier._claim(5)
    assert third.delivery.tried, "nobody would look for what the second may have posted"


async def test_a_courier_that_is_stopped_gives_back_what_has_not_left_and_lets_the_rest_arrive(
    lab: Lab,
) -> None:
    class Slow(FakeChatAdapter):
        def __init__(self) -> None:
            super().__init__()
            self.asked, self.answer = asyncio.Event(), asyncio.Event()

        async def send(
            self, to: Address, message: Message, *, key: str, tried: datetime | None = None
        ) -> MessageRef:
            self.asked.set()
            await self.answer.wait()
            return await super().send(to, message, key=key)

    for reader in (ada, ben):
        await lab.storage.people.reader(reader)
    await lab.land("A flow")
    platform = Slow()
    platform.pace = Pace(bot=1.5)  # so that the second waits for its turn
    running = asyncio.create_task(courier(lab, platform).run())
    async with asyncio.timeout(20):
        await platform.asked.wait()
        running.cancel()
        asyncio.get_running_loop().call_later(0.05, platform.answer.set)
        with pytest.raises(asyncio.CancelledError):
            await running
    assert [to for to, _, _ in platform.posts] == [ada]
    [waiting] = await lab.storage.outbox.lately(ben, 5)
    assert (waiting.state, waiting.due) == ("waiting", lab.clock())


async def test_a_database_that_is_away_is_waited_for(
    owed: Lab, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.PAUSE", 0.0)
    arrived = asyncio.Event()

    class Outbox:
        troubles = 2

        def __getattr__(self, name: str) -> object:
            return getattr(owed.storage.outbox, name)

        async def claim(self, *asked: object) -> object:
            if self.troubles:
                self.troubles -= 1
                raise OSError("connection refused")
            return await owed.storage.outbox.claim(*asked)  # type: ignore[arg-type]  # passed on as they came

        async def mark_sent(self, key: str, ref: MessageRef, *, at: datetime) -> None:
            await owed.storage.outbox.mark_sent(key, ref, at=at)
            arrived.set()

    class Away:
        outbox = Outbox()

        def __getattr__(self, name: str) -> object:
            return getattr(owed.storage, name)

    with caplog.at_level(logging.ERROR):
        running = asyncio.create_task(Courier(Away(), [owed.platform], owed.clock).run())  # type: ignore[arg-type]  # all of a storage that it asks for
        async with asyncio.timeout(20):
            await arrived.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert caplog.text.count("cannot be seen") == 2
    assert len(owed.platform.posts) == 1


@pytest.mark.parametrize(
    ("rests", "reached"), [("address", {"ben", "eve"}), ("workspace", {"eve"}), ("bot", set[str]())]
)
async def test_only_what_the_platform_named_rests(owed: Lab, rests: Rests, reached: set[str]) -> None:
    owed.platform.fail(RateLimited(30, rests))
    assert await owed.courier.deliver() == 1
    for to in (ben, Address("fake", "other", "eve")):
        await owed.storage.people.reader(to)
    await owed.land("Grokking again")
    await owed.tick()
    assert {to.id for to, _, _ in owed.platform.posts} == reached
    owed.clock.pass_by(seconds=30)
    await owed.tick()
    assert {to.id for to, _, _ in owed.platform.posts} == {"ada", "ben", "eve"}


async def test_what_was_claimed_before_a_rest_was_known_waits_for_it(lab: Lab) -> None:
    for to in (ada, ben):
        await lab.storage.outbox.owe([Delivery(f"to {to.id}", to, 0, lab.clock(), note("News"))])
    [first, second] = await lab.courier._claim(2)
    await lab.storage.outbox.rest(ada, "workspace", at("08:05"))
    await lab.courier._try(first)
    await lab.courier._try(second)
    assert lab.platform.posts == []
    lab.clock.moment = at("08:04")
    assert await lab.courier.deliver() == 0
    lab.clock.moment = at("08:05")
    assert await lab.courier.deliver() == 2
    assert [fate.state for fate in await lab.storage.outbox.lately(ada, 2)] == ["sent"]
