import asyncio
from datetime import datetime

import pytest

from bot.delivery import Courier
from bot.errors import NotPosted, RateLimited, Unavailable, Unreachable
from bot.messages import Message
from bot.models import Address, MessageRef
from tests.fakes import FakeChatAdapter, ada, ben, channel
from tests.lab import Lab


@pytest.fixture
async def owed(lab: Lab) -> Lab:
    """A lab where Ada is owed a digest."""
    await lab.ask("follow", ada, term="grokking")
    await lab.land("Grokking explained", "A flow")
    return lab


async def test_what_is_owed_is_sent_once(owed: Lab) -> None:
    assert await owed.courier.deliver() == 1
    assert await owed.courier.deliver() == 0
    (text,) = owed.platform.said_to(ada)
    assert "1 of 2 new papers matches your interest" in text
    assert "Grokking explained" in text


async def test_numbers_mean_the_digest_that_was_sent(owed: Lab) -> None:
    await owed.courier.deliver()
    assert "“Grokking explained” is saved" in await owed.ask("save", paper="1")


async def test_a_channel_gets_what_it_follows(lab: Lab) -> None:
    await lab.ask("follow", channel, term="flow")
    await lab.land("Grokking explained", "A flow")
    await lab.courier.deliver()
    (text,) = lab.platform.said_to(channel)
    assert "matches this channel’s interest" in text


async def test_whoever_follows_nothing_gets_what_others_like(lab: Lab) -> None:
    await lab.storage.people.reader(ada)
    await lab.land("A flow")
    await lab.courier.deliver()
    assert "You follow nothing yet" in lab.platform.said_to(ada)[0]


async def test_a_busy_platform_is_tried_again_when_it_says(owed: Lab) -> None:
    owed.platform.fail(RateLimited(90))
    assert await owed.courier.deliver() == 1
    owed.clock.pass_by(seconds=89)
    assert await owed.courier.deliver() == 0
    owed.clock.pass_by(seconds=1)
    assert await owed.courier.deliver() == 1
    assert len(owed.platform.posts) == 1


async def test_after_trouble_each_wait_is_longer_up_to_an_hour(
    owed: Lab,
) -> None:
    for wait in (5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600):
        owed.platform.fail(NotPosted("busy"))
        assert await owed.courier.deliver() == 1
        owed.clock.pass_by(seconds=wait - 1)
        assert await owed.courier.deliver() == 0
        owed.clock.pass_by(seconds=1)
    assert await owed.courier.deliver() == 1
    assert len(owed.platform.posts) == 1


async def test_every_try_says_the_same(owed: Lab) -> None:
    owed.platform.fail(Unavailable("the answer was lost"))
    await owed.courier.deliver()
    await owed.ask("follow", ada, term="flow")
    owed.clock.pass_by(minutes=5)
    assert await owed.courier.deliver() == 1
    assert "1 of 2 new papers" in owed.platform.said_to(ada)[0]


async def test_a_closed_address_is_given_up(owed: Lab) -> None:
    owed.platform.fail(Unreachable("they left"))
    await owed.courier.deliver()
    owed.clock.pass_by(days=30)
    assert await owed.courier.deliver() == 0
    assert owed.platform.posts == []


async def test_one_bad_delivery_stops_no_other(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    for reader in (ada, ben, channel):
        await lab.storage.people.reader(reader)
    await lab.land("A flow")
    lab.platform.fail(ZeroDivisionError("nobody foresaw this"))
    assert await lab.courier.deliver() == 3
    assert len(lab.platform.posts) == 2
    assert "nobody foresaw this" in caplog.text


async def test_a_landing_without_news_is_not_sent(lab: Lab) -> None:
    await lab.storage.people.reader(ada)
    await lab.land("A flow")
    await lab.courier.deliver()
    await lab.land("A flow", source="elsewhere")
    await lab.courier.deliver()
    assert await lab.courier.deliver() == 0
    assert len(lab.platform.posts) == 1


async def test_a_courier_leaves_other_platforms_alone(owed: Lab) -> None:
    elsewhere = Courier(owed.storage, [FakeChatAdapter("elsewhere")], owed.clock)
    assert await elsewhere.deliver() == 0
    assert await owed.courier.deliver() == 1


async def test_two_couriers_send_nothing_twice(lab: Lab) -> None:
    for number in range(12):
        await lab.ask("follow", Address("fake", "lab", f"reader-{number}"), term="flow")
    await lab.land("A flow")
    other = Courier(lab.storage, [lab.platform], lab.clock)
    tried = await asyncio.gather(lab.courier.deliver(), other.deliver())
    assert sum(tried) == 12
    assert len({to for to, _, _ in lab.platform.posts}) == len(lab.platform.posts) == 12


async def test_a_running_courier_sends_what_falls_due(owed: Lab) -> None:
    arrived = asyncio.Event()

    class Waited(FakeChatAdapter):
        async def send(
            self, to: Address, message: Message, *, key: str, tried: datetime | None = None
        ) -> MessageRef:
            arrived.set()
            return await super().send(to, message, key=key)

    running = asyncio.create_task(Courier(owed.storage, [Waited()], owed.clock).run())
    async with asyncio.timeout(10):
        await arrived.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
