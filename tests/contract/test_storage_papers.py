import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.interfaces import Delivery, Pace, Storage
from bot.models import Landing, Link, Paper
from tests.fakes import DAY, a_digest, a_paper, ada, at
from tests.storage.vocabulary import follow, land, titles

FULL = Paper(
    title="Grokking: “Schrödinger” & $\\alpha$ — 100% 𝛼",
    abstract="We present it.\nIt has 'quotes', \"more quotes\", a \\ and an emoji 🤖.",
    authors=("Ada Lovelace", "Kurt Gödel"),
    categories=("cs.LG", "stat.ML"),
    organisation="Lab",
    source="arxiv",
    arxiv_id="2604.00001",
    doi="10.1000/XYZ",
    url="https://example.org/abs/2604.00001",
    links=(Link("code", "https://example.org/code"), Link("project", "https://example.org")),
    upvotes=0,
    published=date(2026, 4, 1),
    comment="12 pages",
)


async def test_a_paper_comes_back_as_it_landed(storage: Storage) -> None:
    landing = await land(storage, FULL, a_paper("Bare"))
    kept, bare = await storage.papers.in_digest(landing.digest)
    assert kept == replace(FULL, id=kept.id)
    assert bare == replace(a_paper("Bare"), id=bare.id)
    assert 0 < kept.id != bare.id > 0


async def test_a_landing_tells_what_became_of_the_digest(storage: Storage) -> None:
    landing = await land(storage, "One", "Two", when=at("09:30"))
    assert landing == Landing(landing.digest, "test", DAY, papers=2, new=2, at=at("09:30"))
    assert await storage.papers.landings(10) == [landing]


async def test_an_empty_digest_lands_too(storage: Storage) -> None:
    landing = await land(storage)
    assert (landing.papers, landing.new) == (0, 0)
    assert await storage.papers.in_digest(landing.digest) == []


async def test_papers_keep_the_order_of_their_digest(storage: Storage) -> None:
    names = [f"Paper {n}" for n in (3, 1, 4, 15, 9, 2, 6)]
    assert await titles(storage, await land(storage, *names)) == names


async def test_a_digest_lands_once(storage: Storage) -> None:
    first = await land(storage, "Grokking", when=at("09:00"))
    again = await land(storage, "Grokking", when=at("10:00"))
    assert again == replace(first, again=True)
    assert await storage.papers.landings(10) == [first]
    assert len(await storage.papers.recent(10)) == 1


async def test_of_many_landings_of_one_digest_at_once_one_counts(
    storage: Storage, elsewhere: Storage
) -> None:
    owed = [Delivery("ada's", ada, 0, at("09:00"))]
    sides = [storage, elsewhere] * 3
    landings = await asyncio.gather(*(land(side, "One", "Two", owed=owed) for side in sides))
    assert sorted(landing.again for landing in landings) == [False] + [True] * 5
    assert len({landing.digest for landing in landings}) == 1
    assert len(await storage.papers.recent(10)) == 2
    assert len(await storage.outbox.claim(at("09:00"), timedelta(minutes=1), 10, {"fake": Pace()}, "me")) == 1


async def test_digests_that_land_at_once_share_their_papers(storage: Storage, elsewhere: Storage) -> None:
    sides = enumerate([storage, elsewhere] * 3)
    landings = await asyncio.gather(*(land(side, "Shared", f"Only {n}") for n, side in sides))
    assert sum(landing.new for landing in landings) == 7
    assert not any(landing.again for landing in landings)
    assert len(await storage.papers.recent(10)) == 7


async def test_a_landing_that_fails_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(Exception, match="no time zone"):
        await land(storage, "Grokking", when=at("09:00").replace(tzinfo=None))
    assert await storage.papers.landings(10) == []
    assert await storage.papers.recent(10) == []
    assert await storage.people.readers() == []
    assert not (await land(storage, "Grokking")).again


async def test_matches_at_places_that_are_not_there_land_nothing(storage: Storage) -> None:
    [term] = await follow(storage, "grokking")
    with pytest.raises(IndexError):
        await land(storage, "Grokking", matches={term: [1]})
    assert await storage.papers.recent(10) == []


async def test_a_paper_that_landed_before_is_not_new(storage: Storage) -> None:
    first = await land(storage, "Grokking", "Agents", source="one")
    second = await land(storage, "Agents", "Flow matching", source="two")
    assert (second.papers, second.new) == (2, 1)
    assert await titles(storage, first) == ["Grokking", "Agents"]
    assert await titles(storage, second) == ["Flow matching"]


async def test_a_paper_twice_in_a_digest_is_one(storage: Storage) -> None:
    landing = await land(storage, FULL, "Another", replace(FULL, title="A better title", upvotes=7))
    assert (landing.papers, landing.new) == (2, 2)
    kept, _ = await storage.papers.in_digest(landing.digest)
    assert (kept.title, kept.upvotes) == (FULL.title, 7)


async def test_a_paper_from_two_sources_has_the_best_of_both(storage: Storage) -> None:
    await land(storage, a_paper("Grokking", source="huggingface", upvotes=12), source="one")
    told = a_paper("Grokking", source="arxiv", arxiv_id="2604.1", authors=("Ada",), categories=("cs.LG",))
    assert (await land(storage, told, source="two")).new == 0
    [kept] = await storage.papers.recent(10)
    assert (kept.source, kept.upvotes, kept.arxiv_id, kept.authors) == ("huggingface", 12, "2604.1", ("Ada",))
    assert [paper.id for paper in await storage.papers.find("2604.1")] == [kept.id]


async def test_identifiers_that_differ_make_two_papers_of_one_title(storage: Storage) -> None:
    for n, paper in enumerate((a_paper(arxiv_id="1"), a_paper(arxiv_id="2"), a_paper(doi="10.1/a"))):
        await land(storage, paper, source=str(n))
    assert [paper.arxiv_id for paper in await storage.papers.recent(10)] == ["2", "1"]
    assert (await land(storage, a_paper(doi="10.1/b"), source="more")).new == 0  # it may be the second
    assert {paper.doi for paper in await storage.papers.recent(10)} == {"10.1/a", "10.1/b"}


async def test_the_last_landings_come_newest_first(storage: Storage) -> None:
    for name in ("One", "Two", "Three"):
        await land(storage, name, source=name)
    assert [landing.source for landing in await storage.papers.landings(2)] == ["Three", "Two"]


async def test_the_last_papers_come_by_landing_newest_first_each_in_its_order(storage: Storage) -> None:
    await land(storage, "A", "B", "C", source="one")
    await land(storage, "D", "E", source="two")
    assert [paper.title for paper in await storage.papers.recent(4)] == ["D", "E", "A", "B"]


async def test_papers_are_got_in_the_order_they_are_asked_for(storage: Storage) -> None:
    landing = await land(storage, "A", "B", "C")
    a, b, c = [paper.id for paper in await storage.papers.in_digest(landing.digest)]
    assert [paper.title for paper in await storage.papers.get([c, 999_999, a, c, b])] == ["C", "A", "C", "B"]
    assert await storage.papers.get([]) == []


async def test_papers_are_found_by_their_identifiers(storage: Storage) -> None:
    await land(storage, FULL, a_paper("Other", arxiv_id="2604.000011"))
    for words in ("2604.00001", " 2604.00001 ", "10.1000/XYZ", "10.1000/xyz"):
        assert [paper.title for paper in await storage.papers.find(words)] == [FULL.title]


@pytest.mark.parametrize("words", ["schrodinger", "Grokking: Schrödinger", "SCHRÖD", "100%", "α"])
async def test_papers_are_found_by_words_of_their_title(storage: Storage, words: str) -> None:
    await land(storage, FULL, "Something else")
    assert [paper.title for paper in await storage.papers.find(words)] == [FULL.title]


@pytest.mark.parametrize("words", ["", "%", "_", "  ", "nothing like it", "\0", "'; --"])
async def test_words_that_are_in_no_title_find_nothing(storage: Storage, words: str) -> None:
    await land(storage, FULL)
    assert await storage.papers.find(words) == []


async def test_at_most_ten_are_found_newest_first(storage: Storage) -> None:
    await land(storage, *(f"Old grokking {n}" for n in range(9)), source="one")
    await land(storage, "New grokking A", "New grokking B", source="two")
    found = [paper.title for paper in await storage.papers.find("grokking")]
    assert found == ["New grokking A", "New grokking B", *(f"Old grokking {n}" for n in range(8))]


async def test_text_a_database_cannot_hold_does_not_stop_a_landing(storage: Storage) -> None:
    odd = a_paper("A\0B \ud83d C", authors=("A\0", "\udfff"), doi="10.1/\0\ud800" + "x" * 5_000)
    await land(storage, odd)
    [kept] = await storage.papers.recent(10)
    assert kept.title == "A\ufffdB \ufffd C"
    assert (await land(storage, odd, source="two")).new == 0


async def test_a_cancelled_landing_leaves_nothing_and_blocks_nobody(storage: Storage) -> None:
    landing = asyncio.create_task(land(storage, *(f"Paper {n}" for n in range(300))))
    while not landing.done() and not landing.cancelling():
        await asyncio.sleep(0)
        landing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await landing
    assert a_digest()  # the loop goes on
    assert (await land(storage, "Grokking")).new == 1


async def test_a_list_that_is_read_again_and_again_leaves_one_landing_without_news(storage: Storage) -> None:
    news = await land(storage, a_paper("Voted", upvotes=0))
    for votes in range(1, 6):
        digest = replace(a_digest(a_paper("Voted", upvotes=votes)), fingerprint=f"{votes} votes")
        last = await storage.papers.land(digest, {}, at=at("10:00"))
    assert [landing.digest for landing in await storage.papers.landings(9)] == [last.digest, news.digest]
    assert [paper.upvotes for paper in await storage.papers.recent(9)] == [5]


async def test_a_landing_without_news_that_somebody_points_to_stays(storage: Storage) -> None:
    await land(storage, "Voted")
    idle = await storage.papers.land(replace(a_digest("Voted"), fingerprint="one"), {}, at=at("10:00"))
    await storage.sources.keep_receipt("msg_1", idle.digest, at=at("10:00"))
    for number in range(2):
        again = replace(a_digest("Voted"), fingerprint=f"again {number}")
        await storage.papers.land(again, {}, at=at("10:00"))
    assert await storage.papers.landing(idle.digest) == idle
    assert len(await storage.papers.landings(9)) == 3


async def test_what_readers_hear_of_is_told_in_its_order(storage: Storage) -> None:
    first = await land(storage, "One")
    await storage.papers.land(replace(a_digest("Quiet"), quiet=True), {}, at=at("10:00"))
    await storage.papers.land(replace(a_digest("One"), fingerprint="idle"), {}, at=at("10:00"))
    rest = [await land(storage, title) for title in ("Two", "Three", "Four")]
    assert await storage.papers.told(0, rest[-1].digest, 9) == [first, *rest]
    assert await storage.papers.told(first.digest, rest[1].digest, 9) == rest[:2]
    assert await storage.papers.told(0, rest[-1].digest, 2) == rest[1:]
