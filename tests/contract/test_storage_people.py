import asyncio
from datetime import UTC, datetime

import pytest

from bot.errors import AlreadyFollowing, NotFollowing, TooManyInterests
from bot.interfaces import Storage
from bot.models import Address, Interest, Reader
from tests.fakes import ada, at, ben, channel
from tests.storage.vocabulary import MANY, an_interest, follow


async def normals(storage: Storage, owner: Address = ada) -> list[str]:
    return [interest.normal for interest in await storage.people.interests(owner)]


async def test_a_reader_is_known_from_the_first_question_on(storage: Storage) -> None:
    assert await storage.people.readers() == []
    assert await storage.people.reader(ada) == Reader(ada)
    assert await storage.people.readers() == [Reader(ada)]


async def test_readers_stand_in_the_order_they_came(storage: Storage) -> None:
    for address in (ben, channel, ada, ben):
        await storage.people.reader(address)
    assert [reader.address for reader in await storage.people.readers()] == [ben, channel, ada]


@pytest.mark.parametrize(
    "other",
    [
        Address("slack", "lab", "ada"),
        Address("fake", "another lab", "ada"),
        Address("fake", "lab", "ben"),
        Address("fake", "lab", "ada", "channel"),
    ],
)
async def test_an_address_is_known_by_all_of_its_parts(storage: Storage, other: Address) -> None:
    await follow(storage, "grokking", owner=ada)
    await follow(storage, "grokking", owner=other)
    assert [reader.address for reader in await storage.people.readers()] == [ada, other]


async def test_a_reader_who_asks_many_times_at_once_is_one(storage: Storage, elsewhere: Storage) -> None:
    asked = await asyncio.gather(*(one.people.reader(ada) for one in [storage, elsewhere] * 5))
    assert asked == [Reader(ada)] * 10
    assert await storage.people.readers() == [Reader(ada)]


async def test_a_pause_is_kept_to_the_microsecond_until_it_is_taken_back(storage: Storage) -> None:
    until = datetime(2026, 12, 1, 8, 30, 0, 123456, tzinfo=UTC)
    await storage.people.pause(ada, until, now=at("08:00"))
    assert (await storage.people.reader(ada)).paused_until == until
    await storage.people.pause(ada, None, now=at("08:00"))
    assert (await storage.people.reader(ada)).paused_until is None


async def test_a_pause_until_further_notice_is_kept(storage: Storage) -> None:
    forever = datetime.max.replace(tzinfo=UTC)
    await storage.people.pause(ada, forever, now=at("08:00"))
    assert (await storage.people.reader(ada)).paused_until == forever


async def test_a_pause_told_in_another_zone_is_the_same_moment(storage: Storage) -> None:
    until = datetime.fromisoformat("2026-10-25T02:30:00+01:00")  # the second of two in Berlin that night
    await storage.people.pause(ada, until, now=at("08:00"))
    kept = (await storage.people.reader(ada)).paused_until
    assert kept == until
    assert kept.tzinfo == UTC


async def test_a_moment_without_a_zone_is_refused(storage: Storage) -> None:
    with pytest.raises(Exception, match=r"time zone|naive"):
        await storage.people.pause(ada, datetime(2026, 12, 1), now=at("08:00"))  # noqa: DTZ001  # the mistake in question
    assert await storage.people.readers() == []


async def test_what_is_followed_is_kept_as_it_was_typed(storage: Storage) -> None:
    kept = await storage.people.follow(an_interest("(rlhf OR dpo)", typed="RLHF | DPO"), most=MANY)
    assert kept.id > 0
    assert await storage.people.interests(ada) == [kept]
    assert (kept.typed, kept.normal, kept.muted) == ("RLHF | DPO", "(rlhf OR dpo)", False)


async def test_interests_stand_in_the_order_they_were_followed(storage: Storage) -> None:
    await follow(storage, "grokking", "agents", "flow matching")
    assert await normals(storage) == ["grokking", "agents", "flow matching"]


async def test_nobody_sees_the_interests_of_another(storage: Storage) -> None:
    await follow(storage, "grokking")
    await follow(storage, "agents", owner=ben)
    assert await normals(storage, ada) == ["grokking"]
    assert await normals(storage, channel) == []


async def test_the_same_interest_cannot_be_followed_twice(storage: Storage) -> None:
    await follow(storage, "grokking")
    with pytest.raises(AlreadyFollowing, match="grokking"):
        await storage.people.follow(an_interest("grokking", typed="Grokking"), most=MANY)
    assert await normals(storage) == ["grokking"]


async def test_of_many_who_follow_the_same_at_once_one_succeeds(storage: Storage, elsewhere: Storage) -> None:
    tries = [one.people.follow(an_interest("grokking"), most=MANY) for one in [storage, elsewhere] * 5]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, Interest) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyFollowing) for outcome in outcomes) == 9
    assert await normals(storage) == ["grokking"]


async def test_no_more_than_the_most_can_be_followed(storage: Storage) -> None:
    await follow(storage, "grokking", "agents")
    with pytest.raises(TooManyInterests, match="2"):
        await storage.people.follow(an_interest("flow matching"), most=2)
    assert await normals(storage) == ["grokking", "agents"]
    assert len(await storage.people.terms()) == 2


async def test_following_many_at_once_does_not_pass_the_most(storage: Storage, elsewhere: Storage) -> None:
    sides = [storage, elsewhere] * 5
    tries = (one.people.follow(an_interest(f"term {n}"), most=3) for n, one in enumerate(sides))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, TooManyInterests) for outcome in outcomes) == 7
    assert len(await storage.people.interests(ada)) == 3


async def test_who_follows_it_already_is_told_so_even_at_the_most(storage: Storage) -> None:
    await follow(storage, "grokking")
    with pytest.raises(AlreadyFollowing):
        await storage.people.follow(an_interest("grokking"), most=1)


async def test_an_interest_given_up_is_gone_and_can_come_back(storage: Storage) -> None:
    kept = await storage.people.follow(an_interest("grokking", typed="Grokking"), most=MANY)
    assert await storage.people.unfollow(ada, "grokking") == kept
    assert await normals(storage) == []
    again = await storage.people.follow(kept, most=MANY)
    assert await storage.people.interests(ada) == [again]


async def test_what_is_not_followed_cannot_be_given_up_nor_muted(storage: Storage) -> None:
    await follow(storage, "grokking", owner=ben)
    with pytest.raises(NotFollowing, match="grokking"):
        await storage.people.unfollow(ada, "grokking")
    with pytest.raises(NotFollowing, match="grokking"):
        await storage.people.mute(ada, "grokking", muted=True)
    assert await normals(storage, ben) == ["grokking"]


async def test_of_many_who_give_it_up_at_once_one_succeeds(storage: Storage, elsewhere: Storage) -> None:
    await follow(storage, "grokking")
    tries = (one.people.unfollow(ada, "grokking") for one in [storage, elsewhere] * 3)
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, Interest) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, NotFollowing) for outcome in outcomes) == 5


async def test_an_interest_can_rest_and_come_back(storage: Storage) -> None:
    await follow(storage, "grokking")
    for muted in (True, False):
        await storage.people.mute(ada, "grokking", muted=muted)
        assert [interest.muted for interest in await storage.people.interests(ada)] == [muted]


async def test_a_term_many_follow_is_one(storage: Storage) -> None:
    for owner in (ada, ben, channel):
        await follow(storage, "grokking", owner=owner)
    assert [normal for _, normal in await storage.people.terms()] == ["grokking"]


async def test_terms_above_a_number_are_those_that_came_since(storage: Storage) -> None:
    await follow(storage, "grokking", "agents")
    first = await storage.people.terms()
    assert [normal for _, normal in first] == ["grokking", "agents"]
    newest = first[-1][0]
    assert await storage.people.terms(after=newest) == []
    await follow(storage, "agents", "flow matching", owner=ben)
    assert [normal for _, normal in await storage.people.terms(after=newest)] == ["flow matching"]


async def test_a_term_nobody_follows_any_more_comes_back_as_a_new_one(storage: Storage) -> None:
    await follow(storage, "grokking", "agents")
    newest = (await storage.people.terms())[-1][0]
    await storage.people.unfollow(ada, "agents")
    assert [normal for _, normal in await storage.people.terms()] == ["grokking"]
    await follow(storage, "agents", owner=ben)
    assert [normal for _, normal in await storage.people.terms(after=newest)] == ["agents"]


async def test_a_term_stays_while_anybody_follows_it(storage: Storage) -> None:
    await follow(storage, "grokking", owner=ada)
    await follow(storage, "grokking", owner=ben)
    before = await storage.people.terms()
    await storage.people.unfollow(ada, "grokking")
    assert await storage.people.terms() == before


async def test_following_and_giving_up_side_by_side_leaves_no_loose_end(
    storage: Storage, elsewhere: Storage
) -> None:
    async def waver(side: Storage, owner: Address) -> None:
        for _ in range(5):
            await follow(side, "grokking", owner=owner)
            await side.people.unfollow(owner, "grokking")

    people = [Address("fake", "lab", f"person {n}") for n in range(4)]
    await asyncio.gather(
        *(waver(side, who) for side, who in zip([storage, elsewhere] * 2, people, strict=True))
    )
    assert await storage.people.terms() == []


async def test_who_watches_the_terms_misses_none(storage: Storage, elsewhere: Storage) -> None:
    seen: list[str] = []

    async def watch() -> None:
        newest = 0
        while len(seen) < 24:
            for id_, normal in await elsewhere.people.terms(after=newest):
                seen.append(normal)
                newest = id_

    people = [Address("fake", "lab", f"person {n}") for n in range(4)]
    followed = [follow(storage, *(f"{who.id} {n}" for n in range(6)), owner=who) for who in people]
    async with asyncio.timeout(20):
        await asyncio.gather(watch(), *followed)
    assert len(set(seen)) == 24


async def test_text_a_database_cannot_hold_is_kept_as_far_as_it_can(storage: Storage) -> None:
    await storage.people.follow(an_interest("grokking", typed="grok\0king \ud800"), most=MANY)
    assert [interest.typed for interest in await storage.people.interests(ada)] == ["grok\ufffdking \ufffd"]


async def test_a_resting_reader_is_no_reader_less(storage: Storage) -> None:
    await storage.people.pause(ada, at("12:00"), now=at("08:00"))
    assert await storage.people.readers() == [Reader(ada, paused_until=at("12:00"))]


async def test_of_some_addresses_those_that_are_known_are_told(storage: Storage) -> None:
    await storage.people.reader(ada)
    assert [reader.address for reader in await storage.people.known([ben, ada])] == [ada]
    assert [reader.address for reader in await storage.people.readers()] == [ada]
