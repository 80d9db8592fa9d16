import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import AlreadyThere, UnknownSource
from bot.interfaces import Storage
from bot.sources import EVERYWHERE, Outcome, Source
from bot.workspaces import Retention
from tests.fakes import a_digest, a_paper, at
from tests.storage.vocabulary import land

LEASE = timedelta(minutes=2)
LAB = ("fake", "lab")
ARXIV = Source("arxiv", "arxiv", "cs.LG+cs.CL", {"types": "new"})


async def test_a_source_is_kept_as_it_was_added(storage: Storage) -> None:
    kept = await storage.sources.add(ARXIV, at=at("09:00"))

    assert kept == replace(ARXIV, id=kept.id, next_read=at("09:00"))
    assert await storage.sources.get("arxiv") == kept
    assert await storage.sources.listed() == [kept]
    assert kept.fresh


async def test_a_name_stands_once_in_a_place(storage: Storage) -> None:
    await storage.sources.add(ARXIV, at=at("09:00"))
    await storage.sources.add(replace(ARXIV, place=LAB), at=at("09:00"))
    with pytest.raises(AlreadyThere, match="arxiv"):
        await storage.sources.add(ARXIV, at=at("09:00"))


async def test_a_place_sees_its_own_sources_and_those_of_everybody(storage: Storage) -> None:
    for name, place in (("one", LAB), ("two", ("fake", "other")), ("three", EVERYWHERE)):
        await storage.sources.add(Source(name, "feed", place=place), at=at("09:00"))

    assert [source.name for source in await storage.sources.listed(LAB)] == ["one", "three"]
    with pytest.raises(UnknownSource, match="two"):
        await storage.sources.remove("two", LAB, at=at("09:00"))


async def test_a_source_that_is_given_up_is_gone(storage: Storage) -> None:
    [known] = [await storage.sources.add(ARXIV, at=at("09:00"))]
    await storage.sources.remove("arxiv", at=at("09:00"))

    assert await storage.sources.listed() == []
    assert await storage.sources.record(known.id, Outcome(at("10:00")), at=at("09:00")) is None
    for meddle in (storage.sources.remove("arxiv", at=at("09:00")), storage.sources.get("arxiv")):
        with pytest.raises(UnknownSource, match="`admin source list`"):
            await meddle


async def test_a_due_source_is_claimed_by_one(storage: Storage, elsewhere: Storage) -> None:
    for number in range(4):
        await storage.sources.add(replace(ARXIV, name=str(number)), at=at("09:00"))
    tries = (side.sources.claim(at("09:00"), LEASE, 3) for side in [storage, elsewhere] * 3)
    claimed = [source.name for some in await asyncio.gather(*tries) for source in some]

    assert sorted(claimed) == ["0", "1", "2", "3"]
    assert await storage.sources.claim(at("09:01"), LEASE, 3) == []
    assert len(await storage.sources.claim(at("09:02"), LEASE, 9)) == 4


async def test_what_is_not_due_or_rests_is_not_claimed(storage: Storage) -> None:
    await storage.sources.add(ARXIV, at=at("09:00"))
    assert await storage.sources.claim(at("08:59"), LEASE, 1) == []

    await storage.sources.pause("arxiv", paused=True)
    assert await storage.sources.claim(at("09:00"), LEASE, 1) == []
    assert (await storage.sources.pause("arxiv", paused=False)).paused is False
    assert len(await storage.sources.claim(at("09:00"), LEASE, 1)) == 1


async def test_a_good_reading_is_remembered(storage: Storage) -> None:
    kept = await storage.sources.add(ARXIV, at=at("09:00"))
    await storage.sources.claim(at("09:00"), LEASE, 1)
    good = Outcome(at("10:00"), cursor="7", etag='"x"', modified="yesterday", papers=9, new=4)
    source = await storage.sources.record(kept.id, good, at=at("09:01"))

    assert source
    assert not source.fresh
    assert (source.cursor, source.etag, source.modified, source.papers) == ("7", '"x"', "yesterday", 4)
    assert (source.last_read, source.last_new, source.next_read) == (at("09:01"), at("09:01"), at("10:00"))
    assert await storage.sources.claim(at("09:30"), LEASE, 1) == []
    assert len(await storage.sources.claim(at("10:00"), LEASE, 1)) == 1


async def test_failures_are_counted_by_cause_and_end_with_the_next_good_reading(storage: Storage) -> None:
    kept = await storage.sources.add(replace(ARXIV), at=at("09:00"))
    await storage.sources.record(kept.id, Outcome(at("09:30"), cursor="3"), at=at("09:00"))
    for minute, cause in enumerate(("timeout", "status", "timeout"), 1):
        bad = Outcome(at("10:00"), cause=cause, error=f"{cause} {minute}")
        source = await storage.sources.record(kept.id, bad, at=at(f"09:0{minute}"))

    assert source
    assert (source.failures, source.failing_since, source.last_error) == (3, at("09:01"), "timeout 3")
    assert (source.errors, source.cursor) == ({"timeout": 2, "status": 1}, "3")
    good = await storage.sources.record(kept.id, Outcome(at("11:00")), at=at("10:00"))
    assert good
    assert (good.failures, good.failing_since, good.errors) == (0, None, source.errors)


async def test_admins_are_told_once_of_a_trouble(storage: Storage, elsewhere: Storage) -> None:
    kept = await storage.sources.add(ARXIV, at=at("09:00"))
    tries = (side.sources.tell(kept.id, "failing") for side in [storage, elsewhere] * 3)

    assert sorted(await asyncio.gather(*tries)) == [False] * 5 + [True]
    assert await storage.sources.tell(kept.id, "")
    assert not await storage.sources.tell(kept.id, "")


async def test_a_source_can_be_read_at_once_and_goes_on_where_it_stopped(storage: Storage) -> None:
    kept = await storage.sources.add(ARXIV, at=at("12:00"))
    await storage.sources.go_on(kept.id, "half")
    assert (await storage.sources.read_now("arxiv", at=at("09:00"))).cursor == "half"
    assert len(await storage.sources.claim(at("09:00"), LEASE, 1)) == 1


async def test_a_place_is_asked_by_one_at_a_time(storage: Storage, elsewhere: Storage) -> None:
    sides = [(storage, "a"), (elsewhere, "b")] * 3
    turns = (side.sources.take_turn("arxiv.org", name, at("09:00"), LEASE) for side, name in sides)
    found = await asyncio.gather(*turns)

    assert found.count(None) == 1
    assert {moment for moment in found if moment} == {at("09:00") + LEASE}
    holder = sides[found.index(None)][1]
    await storage.sources.end_turn("arxiv.org", "somebody else", at("09:00"))
    assert await storage.sources.take_turn("arxiv.org", "c", at("09:01"), LEASE) == at("09:02")
    await storage.sources.end_turn("arxiv.org", holder, at("09:01"))
    assert await storage.sources.take_turn("arxiv.org", "c", at("09:01"), LEASE) is None


async def test_what_a_request_became_first_counts(storage: Storage) -> None:
    one, two = [await land(storage, title) for title in ("One", "Two")]

    assert await storage.sources.receipt("msg_1") is None
    assert await storage.sources.keep_receipt("msg_1", one.digest, at=at("09:00")) == one.digest
    assert await storage.sources.keep_receipt("msg_1", two.digest, at=at("09:01")) == one.digest
    assert await storage.sources.receipt("msg_1") == one.digest


async def test_a_new_version_is_an_event_of_a_paper_that_landed_before(storage: Storage) -> None:
    first = await land(storage, a_paper("Old", arxiv_id="2611.00001", version=1, source="arxiv"))
    newer = a_paper("Old, Revised", "New text.", arxiv_id="2611.00001", version=3, source="arxiv")
    stranger = a_paper("Never Seen", arxiv_id="2509.00001", version=2)
    digest = replace(a_digest("New", source="feed"), updates=(newer, stranger))
    landing = await storage.papers.land(digest, {}, at=at("10:00"))
    [old] = await storage.papers.in_digest(first.digest)

    assert (landing.papers, landing.new) == (1, 1)
    assert await storage.papers.updated(landing.digest) == {old.id: 3}
    assert (old.title, old.abstract, old.version) == ("Old, Revised", "New text.", 3)
    assert await storage.papers.find("Never Seen") == []
    again = replace(a_digest("Newer"), updates=(newer,))
    assert await storage.papers.updated((await storage.papers.land(again, {}, at=at("11:00"))).digest) == {}


async def test_of_several_sources_a_paper_has_the_best(storage: Storage) -> None:
    daily = a_paper("a widget", "One sentence.", arxiv_id="2611.00001", upvotes=3, source="huggingface")
    own = a_paper(
        "A Widget", "All of it.", arxiv_id="2611.00001", authors=("Ada",), source="arxiv", version=1
    )
    alert = a_paper("A Widget", "", arxiv_id="2611.00001", source="scholar")
    for listed in (alert, daily, own, replace(daily, upvotes=9)):
        landing = await land(storage, listed, source=f"{listed.source}{listed.upvotes}")
    [kept] = await storage.papers.find("2611.00001")

    assert landing.new == 0
    assert (kept.title, kept.abstract, kept.upvotes, kept.authors) == ("A Widget", "All of it.", 9, ("Ada",))


async def test_a_source_that_comes_back_alike_within_a_week_goes_on_where_it_stood(storage: Storage) -> None:
    kept = await storage.sources.add(ARXIV, at=at("09:00"))
    await storage.sources.record(kept.id, Outcome(at("10:00"), cursor="7", heard=at("08:00")), at=at("09:00"))
    before = await storage.sources.remove("arxiv", at=at("09:30"))
    assert await storage.sources.claim(at("11:00"), LEASE, 9) == []
    back = await storage.sources.add(replace(ARXIV, options={}), at=at("12:00"))
    assert back == replace(before, next_read=at("12:00"))
    assert back.heard == at("08:00")


@pytest.mark.parametrize(
    ("other", "wait"), [(replace(ARXIV, address="cs.CV"), 0), (ARXIV, 8)], ids=["another", "later"]
)
async def test_a_source_that_comes_back_otherwise_begins_anew(
    storage: Storage, other: Source, wait: int
) -> None:
    kept = await storage.sources.add(ARXIV, at=at("09:00"))
    await storage.sources.record(kept.id, Outcome(at("10:00"), cursor="7"), at=at("09:00"))
    await storage.sources.remove("arxiv", at=at("09:30"))
    again = await storage.sources.add(other, at=at("09:30") + timedelta(days=wait))
    assert (again.cursor, again.fresh, again.id != kept.id) == ("", True, True)


async def test_what_was_removed_long_ago_is_cleaned_away_and_so_are_old_receipts(storage: Storage) -> None:
    await storage.sources.add(ARXIV, at=at("09:00"))
    await storage.sources.remove("arxiv", at=at("09:00"))
    await storage.sources.keep_receipt("msg_1", (await land(storage, "One")).digest, at=at("09:00"))
    assert await storage.workspaces.clean(Retention(), at("09:00") + timedelta(days=6)) == 0
    assert await storage.workspaces.clean(Retention(), at("09:00") + timedelta(days=91)) == 2
    assert await storage.sources.receipt("msg_1") is None
