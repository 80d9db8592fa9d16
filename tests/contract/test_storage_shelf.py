import asyncio

import pytest

from bot.errors import UnknownPaper
from bot.interfaces import Storage
from tests.fakes import ada, at, ben
from tests.storage.vocabulary import land


@pytest.fixture
async def papers(storage: Storage) -> list[int]:
    landing = await land(storage, "A", "B", "C")
    return [paper.id for paper in await storage.papers.in_digest(landing.digest)]


async def test_the_list_that_was_shown_last_is_remembered_in_its_order(storage: Storage) -> None:
    assert await storage.shelf.shown(ada) == []
    for shown in ([3, 1, 2], [2, 2], []):
        await storage.shelf.show(ada, shown)
        assert await storage.shelf.shown(ada) == shown


async def test_everybody_has_a_shelf_of_their_own(storage: Storage, papers: list[int]) -> None:
    await storage.shelf.show(ada, papers)
    await storage.shelf.save(ada, papers[0], at=at("09:00"))
    await storage.shelf.rate(ada, papers[0], "more", at=at("09:00"))
    assert await storage.shelf.shown(ben) == []
    assert await storage.shelf.saved(ben) == []
    assert await storage.shelf.rated(ben) == {}


async def test_saved_papers_come_newest_first(storage: Storage, papers: list[int]) -> None:
    for paper in papers:
        assert await storage.shelf.save(ada, paper, at=at("09:00"))
    assert await storage.shelf.saved(ada) == papers[::-1]


async def test_a_paper_is_saved_once(storage: Storage, papers: list[int]) -> None:
    assert await storage.shelf.save(ada, papers[0], at=at("09:00"))
    assert not await storage.shelf.save(ada, papers[0], at=at("10:00"))
    assert await storage.shelf.saved(ada) == papers[:1]


async def test_a_saved_paper_can_be_given_up(storage: Storage, papers: list[int]) -> None:
    await storage.shelf.save(ada, papers[0], at=at("09:00"))
    assert await storage.shelf.unsave(ada, papers[0])
    assert not await storage.shelf.unsave(ada, papers[0])
    assert await storage.shelf.saved(ada) == []


async def test_of_many_who_save_at_once_one_does(
    storage: Storage, elsewhere: Storage, papers: list[int]
) -> None:
    tries = (side.shelf.save(ada, papers[0], at=at("09:00")) for side in [storage, elsewhere] * 3)
    assert sorted(await asyncio.gather(*tries)) == [False] * 5 + [True]


async def test_what_a_reader_thinks_can_change(storage: Storage, papers: list[int]) -> None:
    a, b, c = papers
    await storage.shelf.rate(ada, a, "more", at=at("09:00"))
    await storage.shelf.rate(ada, b, "less", at=at("09:01"))
    await storage.shelf.rate(ada, c, "more", at=at("09:02"))
    await storage.shelf.rate(ada, a, "less", at=at("09:03"))
    await storage.shelf.rate(ada, c, None, at=at("09:04"))
    assert list((await storage.shelf.rated(ada)).items()) == [(b, "less"), (a, "less")]


async def test_many_opinions_at_once_leave_one(
    storage: Storage, elsewhere: Storage, papers: list[int]
) -> None:
    tries = (side.shelf.rate(ada, papers[0], "more", at=at("09:00")) for side in [storage, elsewhere] * 3)
    await asyncio.gather(*tries)
    assert await storage.shelf.rated(ada) == {papers[0]: "more"}


async def test_a_paper_that_is_not_there_cannot_be_saved_nor_rated(storage: Storage) -> None:
    with pytest.raises(UnknownPaper, match="999"):
        await storage.shelf.save(ada, 999, at=at("09:00"))
    with pytest.raises(UnknownPaper, match="999"):
        await storage.shelf.rate(ada, 999, "more", at=at("09:00"))
    assert not await storage.shelf.unsave(ada, 999)


async def test_all_feedback_can_be_forgotten_at_once(storage: Storage, papers: list[int]) -> None:
    await storage.shelf.rate(ada, papers[0], "hide", at=at("09:00"))
    await storage.shelf.rate(ada, papers[1], "more", at=at("09:00"))
    await storage.shelf.rate(ben, papers[1], "less", at=at("09:00"))
    assert await storage.shelf.unrate(ada) == 2
    assert await storage.shelf.rated(ada) == {}
    assert await storage.shelf.rated(ben) == {papers[1]: "less"}


async def test_related_papers_come_until_the_reader_says_no(storage: Storage) -> None:
    assert await storage.shelf.wants_related(ada)
    for _ in range(2):
        await storage.shelf.want_related(ada, wanted=False)
    assert not await storage.shelf.wants_related(ada)
    assert await storage.shelf.wants_related(ben)
    await storage.shelf.want_related(ada, wanted=True)
    assert await storage.shelf.wants_related(ada)


async def test_new_versions_are_for_those_who_keep_the_paper_and_asked(
    storage: Storage, papers: list[int]
) -> None:
    for reader, kept in ((ada, papers[:2]), (ben, papers[:1])):
        for paper in kept:
            await storage.shelf.save(reader, paper, at=at("09:00"))
    assert not await storage.shelf.wants_versions(ada)
    for _ in range(2):
        await storage.shelf.want_versions(ada, wanted=True)
    assert await storage.shelf.wants_versions(ada)
    [(asked, theirs)] = await storage.shelf.keepers([*papers, 999])
    assert (asked.address, theirs) == (ada, papers[:2])
    assert await storage.shelf.keepers([999]) == []
    await storage.shelf.want_versions(ada, wanted=False)
    assert await storage.shelf.keepers(papers) == []
