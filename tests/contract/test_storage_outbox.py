import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.interfaces import Delivery, Pace, Storage
from bot.messages import Heading, Message, note
from bot.models import Address, MessageRef
from tests.fakes import ada, at, ben, channel
from tests.storage.vocabulary import land

LEASE = timedelta(minutes=2)
FREE = Pace()
SENT = MessageRef("fake", "D1", "1.2")


def owed(
    key: str, to: Address = ada, due: datetime | None = None, message: Message | None = None
) -> Delivery:
    return Delivery(key, to, 0, due or at("09:00"), message)


async def claimed(
    storage: Storage, now: datetime | None = None, limit: int = 100, platforms: tuple[str, ...] = ("fake",)
) -> list[str]:
    return [delivery.key for delivery in await claim(storage, now, limit, platforms)]


async def claim(
    storage: Storage,
    now: datetime | None = None,
    limit: int = 100,
    platforms: tuple[str, ...] = ("fake",),
    pace: Pace = FREE,
    owner: str = "me",
) -> Sequence[Delivery]:
    paces = dict.fromkeys(platforms, pace)
    return await storage.outbox.claim(now or at("09:00"), LEASE, limit, paces, owner)


async def test_a_delivery_is_owed_from_its_landing_on(storage: Storage) -> None:
    landing = await land(storage, "A", owed=[owed("one", channel)])
    [delivery] = await claim(storage)
    wanted = Delivery("one", channel, landing.digest, at("09:00"), None, attempts=1, slot="one")
    assert delivery == replace(wanted, since=landing.digest - 1, start=at("09:00"))


async def test_a_delivery_is_claimed_by_one(storage: Storage) -> None:
    await land(storage, owed=[owed("one")])
    assert await claimed(storage) == ["one"]
    assert await claimed(storage) == []


async def test_a_claim_ends_with_its_lease(storage: Storage) -> None:
    await land(storage, owed=[owed("one")])
    await claimed(storage)
    assert await claimed(storage, at("09:00") + LEASE - timedelta(microseconds=1)) == []
    [again] = await claim(storage, at("09:00") + LEASE)
    assert (again.key, again.attempts) == ("one", 2)


async def test_what_is_not_due_is_not_claimed(storage: Storage) -> None:
    await land(storage, owed=[owed("later", due=at("09:01")), owed("now", due=at("09:00"))])
    assert await claimed(storage, at("09:00")) == ["now"]
    assert await claimed(storage, at("09:01")) == ["later"]


async def test_what_fell_due_first_is_claimed_first(storage: Storage) -> None:
    dues = {"c": "08:30", "a": "08:10", "d": "08:40", "b": "08:20"}
    await land(storage, owed=[owed(key, due=at(due)) for key, due in dues.items()])
    assert await claimed(storage, limit=3) == ["a", "b", "c"]
    assert await claimed(storage, limit=3) == ["d"]


async def test_only_the_platforms_at_hand_are_claimed(storage: Storage) -> None:
    elsewhere = Address("slack", "T1", "U1")
    await land(storage, owed=[owed("slack's", elsewhere), owed("fake's", ada)])
    assert await claimed(storage, platforms=()) == []
    assert await claimed(storage, platforms=("discord", "fake")) == ["fake's"]
    assert await claimed(storage, platforms=("slack", "fake")) == ["slack's"]


async def test_many_who_claim_at_once_never_share(storage: Storage, elsewhere: Storage) -> None:
    people = [Address("fake", "lab", f"person {n}") for n in range(60)]
    await land(storage, owed=[owed(who.id, who) for who in people])

    async def work(side: Storage) -> list[str]:
        mine: list[str] = []
        while some := await claimed(side, limit=7):
            mine += some
        return mine

    taken = await asyncio.gather(*(work(side) for side in [storage, elsewhere] * 3))
    assert sorted(key for mine in taken for key in mine) == sorted(who.id for who in people)


async def test_a_known_key_is_not_owed_twice(storage: Storage) -> None:
    first = await land(storage, owed=[owed("one", ada), owed("one", ben)], source="one")
    await land(storage, owed=[owed("one", ben), owed("two", ben)], source="two")
    found = await claim(storage)
    assert [(one.key, one.to) for one in found] == [("one", ada), ("two", ben)]
    assert found[0].digest == first.digest


async def test_what_was_frozen_is_said_at_every_try(storage: Storage) -> None:
    message = Message("Two papers", (Heading("Today"),))
    await land(storage, owed=[owed("one")])
    await claimed(storage)
    await storage.outbox.freeze("one", "me", message)
    await storage.outbox.freeze("one", "whose lease has ended", note("something else"))
    [again] = await claim(storage, at("10:00"))
    assert again.message == message


async def test_no_paper_is_told_twice_however_many_are_composed_at_once(storage: Storage) -> None:
    people = [ada, ben]
    landing = await land(
        storage, "A", "B", owed=[owed(f"{which} {who.id}", who) for which in ("one", "two") for who in people]
    )
    a, b = (paper.id for paper in await storage.papers.in_digest(landing.digest))
    await claimed(storage)
    tellings = (
        storage.outbox.freeze(f"{which} {who.id}", "me", note(which), [a] if which == "one" else [a, b])
        for which in ("one", "two")
        for who in people
    )
    assert list(map(set, await asyncio.gather(*tellings))) == [set(), set(), {a}, {a}]
    frozen = {one.key: one.message for one in await claim(storage, at("10:00"))}
    assert [frozen[f"one {who.id}"] for who in people] == [note("one")] * 2
    assert [frozen[f"two {who.id}"] for who in people] == [None] * 2
    assert [await storage.shelf.shown(who) for who in people] == [[a]] * 2


async def test_a_delivery_can_land_with_its_message(storage: Storage) -> None:
    await land(storage, owed=[owed("one", message=note("ready"))])
    [delivery] = await claim(storage)
    assert delivery.message == note("ready")


async def test_what_was_sent_is_owed_no_more(storage: Storage) -> None:
    await land(storage, owed=[owed("one")])
    await claimed(storage)
    await storage.outbox.mark_sent("one", SENT, at=at("09:01"))
    await storage.outbox.postpone("one", "me", at("09:02"), "a late answer")
    await storage.outbox.give_up("one", "me", "a late answer")
    assert await claimed(storage, at("12:00")) == []


async def test_what_was_given_up_is_owed_no_more(storage: Storage) -> None:
    await land(storage, owed=[owed("one")])
    await claimed(storage)
    await storage.outbox.give_up("one", "me", "the channel is gone")
    await storage.outbox.postpone("one", "me", at("09:02"), "a late answer")
    assert await claimed(storage, at("12:00")) == []


async def test_what_was_put_off_is_tried_again_then(storage: Storage) -> None:
    await land(storage, owed=[owed("one")])
    await claimed(storage)
    await storage.outbox.postpone("one", "me", at("09:00") + timedelta(seconds=30), "asked to wait")
    assert await claimed(storage, at("09:00") + timedelta(seconds=29)) == []
    assert await claimed(storage, at("09:00") + timedelta(seconds=30)) == ["one"]


@pytest.mark.parametrize("end", ["mark_sent", "give_up"])
async def test_an_end_does_not_touch_the_others(storage: Storage, end: str) -> None:
    await land(storage, owed=[owed("one"), owed("two", ben)])
    assert await claimed(storage, limit=1) == ["one"]
    if end == "mark_sent":
        await storage.outbox.mark_sent("one", SENT, at=at("09:01"))
    else:
        await storage.outbox.give_up("one", "me", "gone")
    assert await claimed(storage) == ["two"]


async def test_an_unknown_key_changes_nothing(storage: Storage) -> None:
    await land(storage, owed=[owed("one")])
    await storage.outbox.freeze("two", "me", note("x"))
    await storage.outbox.mark_sent("two", SENT, at=at("09:01"))
    await storage.outbox.postpone("two", "me", at("12:00"), "x")
    await storage.outbox.give_up("two", "me", "x")
    assert await claimed(storage) == ["one"]
