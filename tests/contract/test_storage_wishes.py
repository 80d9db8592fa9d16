"""What readers want of what has landed is found for many at once, for each as if they were alone."""

from dataclasses import replace

import pytest

from bot.inboxes import EMAIL
from bot.interfaces import Storage
from bot.models import Address, Landing
from bot.wishes import Wishes
from bot.workspaces import Limits, Workspace
from tests.fakes import ada, at, ben, channel
from tests.storage.vocabulary import follow, land

HERE = Workspace("fake", "lab", Limits(papers=3), styles={channel.id: "short"})


async def wishes(storage: Storage, reader: Address, *landings: Landing) -> Wishes:
    [found] = await storage.people.wishes([reader], [one.digest for one in landings])
    return found


async def test_who_is_not_known_wants_nothing_yet(storage: Storage) -> None:
    landing = await land(storage, "A")
    found = await wishes(storage, ada, landing)
    assert replace(found, follows=()) == Wishes(Workspace("fake", "lab"), met={landing.digest: {}})
    assert not found.follows


async def test_what_is_followed_counts_unless_it_is_muted(storage: Storage) -> None:
    grokking, agents, _ = await follow(storage, "grokking", "agents", "flow")
    await storage.people.mute(ada, "flow", muted=True)
    first = await land(storage, "A", "B", matches={grokking: [1], agents: [0, 1]}, source="one")
    second = await land(storage, "C", matches={grokking: [0]}, source="two")
    a, b = (paper.id for paper in await storage.papers.in_digest(first.digest))
    [c] = (paper.id for paper in await storage.papers.in_digest(second.digest))
    found = await wishes(storage, ada, first, second)
    assert found.follows == ["grokking", "agents"]
    assert found.met == {
        first.digest: {b: ["grokking", "agents"], a: ["agents"]},
        second.digest: {c: ["grokking"]},
    }


async def test_what_somebody_thinks_of_papers_counts(storage: Storage) -> None:
    landing = await land(storage, "A", "B", "C")
    papers = await storage.papers.in_digest(landing.digest)
    for paper, feedback in zip(papers, ("hide", "more", "less"), strict=True):
        await storage.shelf.rate(ada, paper.id, feedback, at=at("09:00"))  # type: ignore[arg-type]  # zipped
    await storage.shelf.want_related(ada, wanted=False)
    found = await wishes(storage, ada, landing)
    assert [paper.title for paper in found.liked] == ["B"]
    assert [paper.title for paper in found.disliked] == ["A", "C"]
    assert found.hidden == {papers[0].id}
    assert not found.related


async def test_an_inbox_wants_what_its_owner_wants(storage: Storage) -> None:
    inbox = Address(EMAIL, "", "ada@example.org")
    [agents] = await follow(storage, "agents")
    await storage.shelf.want_related(ada, wanted=False)
    await storage.inboxes.open(inbox, ada)
    landing = await land(storage, "A", matches={agents: [0]})
    found = await wishes(storage, inbox, landing)
    assert found.follows == ["agents"]
    assert [*found.met[landing.digest].values()] == [["agents"]]
    assert not found.related
    assert found.workspace == Workspace(EMAIL, "")


async def test_each_of_many_has_their_own_and_their_workspaces(storage: Storage) -> None:
    await storage.workspaces.keep(HERE)
    grokking, agents = await follow(storage, "grokking", "agents")
    await follow(storage, "agents", owner=ben)
    landing = await land(storage, "A", matches={agents: [0], grokking: [0]})
    who = [channel, ben, ada, ben]
    together = await storage.people.wishes(who, [landing.digest])
    assert list(together) == [await wishes(storage, one, landing) for one in who]
    assert [len(one.follows) for one in together] == [0, 1, 2, 1]
    assert {one.workspace.limits.papers for one in together} == {3}


@pytest.mark.parametrize("count", [0, 1])
async def test_of_nobody_nothing_is_known(storage: Storage, count: int) -> None:
    landings = [(await land(storage, "A")).digest][:count]
    assert list(await storage.people.wishes([], landings)) == []
    assert dict((await storage.people.wishes([ada], landings))[0].met) == {one: {} for one in landings}
