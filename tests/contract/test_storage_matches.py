from datetime import timedelta

from bot.interfaces import Storage
from bot.models import Landing
from tests.fakes import ada, at, ben, channel
from tests.storage.vocabulary import follow, land


async def ids(storage: Storage, landing: Landing) -> list[int]:
    return [paper.id for paper in await storage.papers.in_digest(landing.digest)]


async def test_what_a_term_met_is_told_to_everyone_who_follows_it(storage: Storage) -> None:
    grokking, agents = await follow(storage, "grokking", "agents")
    await follow(storage, "agents", owner=ben)
    landing = await land(storage, "A", "B", "C", matches={grokking: [2], agents: [0, 2]})
    a, _, c = await ids(storage, landing)
    assert await storage.papers.met(ada, landing.digest) == {a: ["agents"], c: ["grokking", "agents"]}
    assert await storage.papers.met(ben, landing.digest) == {a: ["agents"], c: ["agents"]}
    assert await storage.papers.met(channel, landing.digest) == {}


async def test_only_new_papers_keep_their_matches(storage: Storage) -> None:
    [term] = await follow(storage, "grokking")
    await land(storage, "Old", source="one")
    landing = await land(storage, "Old", "New", source="two", matches={term: [0, 1]})
    [new] = await ids(storage, landing)
    assert await storage.papers.met(ada, landing.digest) == {new: ["grokking"]}


async def test_a_paper_twice_in_a_digest_is_met_once(storage: Storage) -> None:
    [term] = await follow(storage, "grokking")
    landing = await land(storage, "Same", "Other", "Same", matches={term: [0, 2]})
    same, _ = await ids(storage, landing)
    assert await storage.papers.met(ada, landing.digest) == {same: ["grokking"]}
    assert await storage.papers.count(ada, at("00:00")) == {"grokking": 1}


async def test_a_muted_interest_meets_nothing_until_it_is_back(storage: Storage) -> None:
    [term] = await follow(storage, "grokking")
    landing = await land(storage, "A", matches={term: [0]})
    await storage.people.mute(ada, "grokking", muted=True)
    assert await storage.papers.met(ada, landing.digest) == {}
    await storage.people.mute(ada, "grokking", muted=False)
    assert len(await storage.papers.met(ada, landing.digest)) == 1


async def test_matches_are_counted_since_a_moment(storage: Storage) -> None:
    grokking, agents = await follow(storage, "grokking", "agents")
    await follow(storage, "nothing")
    await land(storage, "A", "B", source="one", when=at("08:00"), matches={grokking: [0, 1], agents: [1]})
    await land(storage, "C", source="two", when=at("09:00"), matches={grokking: [0]})
    everything = await storage.papers.count(ada, at("08:00"))
    assert everything == {"grokking": 3, "agents": 1, "nothing": 0}
    assert await storage.papers.count(ada, at("08:00") + timedelta(microseconds=1)) == {
        "grokking": 1,
        "agents": 0,
        "nothing": 0,
    }
    assert await storage.papers.count(ben, at("00:00")) == {}


async def test_a_term_given_up_while_a_digest_is_on_its_way_does_not_stop_it(storage: Storage) -> None:
    grokking, agents = await follow(storage, "grokking", "agents")
    await storage.people.unfollow(ada, "grokking")
    landing = await land(storage, "A", matches={grokking: [0], agents: [0]})
    [a] = await ids(storage, landing)
    assert await storage.papers.met(ada, landing.digest) == {a: ["agents"]}


async def test_what_a_term_met_before_it_was_given_up_is_forgotten(storage: Storage) -> None:
    [term] = await follow(storage, "grokking")
    landing = await land(storage, "A", matches={term: [0]})
    await storage.people.unfollow(ada, "grokking")
    await follow(storage, "grokking")
    assert await storage.papers.met(ada, landing.digest) == {}


async def test_a_new_follower_of_a_known_term_sees_what_it_met(storage: Storage) -> None:
    [term] = await follow(storage, "grokking")
    landing = await land(storage, "A", matches={term: [0]})
    await follow(storage, "grokking", owner=ben)
    assert len(await storage.papers.met(ben, landing.digest)) == 1


async def test_earlier_landings_can_be_looked_through_later(storage: Storage) -> None:
    first = await land(storage, "A", "B", "C", source="one")
    second = await land(storage, "D", source="two")
    (a, b, c), [d] = await ids(storage, first), await ids(storage, second)
    await follow(storage, "grokking")
    await storage.papers.backfill("grokking", {second.digest: []})
    for _ in range(2):  # twice changes nothing
        await storage.papers.backfill("grokking", {first.digest: [c, a], second.digest: [d]})
    assert list(await storage.papers.met(ada, first.digest)) == [a, c]
    assert await storage.papers.count(ada, at("00:00")) == {"grokking": 3}
    await storage.papers.backfill("grokking", {first.digest: [b], second.digest: []})  # more of the same
    assert list(await storage.papers.met(ada, first.digest)) == [a, b, c]
    assert await storage.papers.count(ada, at("00:00")) == {"grokking": 4}


async def test_looking_back_for_what_nobody_follows_writes_nothing(storage: Storage) -> None:
    landing = await land(storage, "A")
    await storage.papers.backfill("grokking", {landing.digest: await ids(storage, landing)})
    await follow(storage, "grokking")
    assert await storage.papers.met(ada, landing.digest) == {}


async def test_thousands_of_terms_can_meet_a_digest(storage: Storage) -> None:
    [term] = await follow(storage, "grokking")
    nobodys = {other: [0] for other in range(term + 1, term + 3_000)}
    landing = await land(
        storage, *(f"Paper {n}" for n in range(1_500)), matches={term: range(1_500), **nobodys}
    )
    assert len(await storage.papers.met(ada, landing.digest)) == 1_500
    assert len(await storage.papers.in_digest(landing.digest)) == 1_500
