"""A second copy that nothing could prevent is taken away some minutes later."""

from datetime import datetime

import pytest

from bot.delivery import Courier
from bot.doubles import SecondLooks
from bot.errors import NotPosted, Unavailable, Unseen
from bot.interfaces import Delivery
from bot.messages import note
from bot.models import Address, MessageRef
from bot.outcomes import Rules
from tests.fake_slack import FakeSlack, an_adapter
from tests.fakes import FakeChatAdapter, ada
from tests.lab import Lab


@pytest.fixture
async def owed(lab: Lab) -> Lab:
    await lab.ask("follow", term="grokking")
    await lab.land("Grokking explained")
    return lab


def looks(lab: Lab) -> SecondLooks:
    return SecondLooks(lab.storage, [lab.platform], lab.clock)


async def frozen(lab: Lab) -> Delivery:
    """A courier is frozen before it posts, another one takes over and posts, and then the first one does."""
    slow, quick = Courier(lab.storage, [lab.platform], lab.clock), lab.courier
    [attempt] = await slow._claim(5)
    assert attempt.delivery.message is None
    await slow._composed(attempt.delivery, attempt.owner)
    assert await slow._begun(attempt) > 0
    lab.clock.pass_by(seconds=120)
    assert await quick.deliver() == 1
    ref = await lab.platform.send(ada, note("News"), key=attempt.delivery.key)
    await lab.storage.outbox.mark_sent(attempt.delivery.key, ref, at=lab.clock())
    return attempt.delivery


async def test_a_courier_that_froze_before_it_wrote_leaves_no_lasting_double(owed: Lab) -> None:
    await frozen(owed)
    looking = looks(owed)
    assert len(owed.platform.posts) == 2
    await looking.look()
    owed.clock.pass_by(minutes=5)
    await looking.look()
    assert len(owed.platform.posts) == 1
    assert looking.counts["removed"] == 1
    owed.clock.pass_by(days=1)
    assert await looking.look() == 0


async def test_what_was_sent_at_once_is_not_looked_at_again(owed: Lab) -> None:
    await owed.courier.deliver()
    owed.clock.pass_by(days=1)
    assert await looks(owed).look() == 0


async def test_what_was_certainly_not_posted_before_is_not_looked_at_again(owed: Lab) -> None:
    owed.platform.fail(NotPosted("busy"))
    await owed.courier.deliver()
    owed.clock.pass_by(minutes=1)
    assert await owed.courier.deliver() == 1
    owed.clock.pass_by(days=1)
    assert await looks(owed).look() == 0


async def test_a_second_post_that_comes_very_late_is_looked_for_when_it_is_told(owed: Lab) -> None:
    delivery = await frozen(owed)
    looking = looks(owed)
    owed.clock.pass_by(minutes=5)
    await looking.look()
    ref = await owed.platform.send(ada, note("News"), key=delivery.key)
    await owed.storage.outbox.mark_sent(delivery.key, MessageRef("fake", "", ref.id + "b"), at=owed.clock())
    assert await looking.look() == 1
    assert len(owed.platform.posts) == 1


async def test_a_look_that_fails_is_taken_later_and_one_that_nobody_can_take_is_not(owed: Lab) -> None:
    await frozen(owed)
    errors = [Unavailable("away"), Unseen("closed")]

    class Failing(FakeChatAdapter):
        async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
            raise errors.pop(0)

    looking = SecondLooks(owed.storage, [Failing()], owed.clock)
    for _ in range(4):
        owed.clock.pass_by(minutes=5)
        await looking.look()
    assert errors == []
    assert looking.counts == {"unseen": 1}


async def test_on_slack_the_first_copy_stays() -> None:
    slack, to = FakeSlack(), Address("slack", "T1", "U1")
    one, two = an_adapter(slack), an_adapter(slack)
    await one.send(to, note("News"), key="k1")
    await two.send(to, note("News"), key="k1")
    await two.send(to, note("Others"), key="k2")
    before = slack.posts["DU1"]
    assert await one.take_back(to, key="k1", since=one._now()) == 1
    assert slack.posts["DU1"] == [before[0], before[2]]


def test_a_death_is_made_up_for_within_a_minute() -> None:
    assert Rules().lease.total_seconds() < 60
    assert Rules().lease > Rules().longest_send, "else nothing could be posted"
