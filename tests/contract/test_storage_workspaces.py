import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.interfaces import Delivery, Pace, Storage
from bot.models import Address, MessageRef
from bot.workspaces import Act, Limits, Retention, TeamList, Workspace
from storage import purge
from storage.columns import Table
from tests.fakes import ada, at, ben, channel
from tests.storage.vocabulary import follow, land

eve = Address("fake", "other", "eve")
SHARED_BY_ALL = {
    "alembic_version": "the revision of the tables",
    "definition": "counts of what public papers say",
    "lease": "which process watches the time",
    "landing": "a digest is public",
    "match": "of a term, which goes with the last who follows it",
    "paper": "a paper is public",
    "paper_key": "likewise",
    "paper_version": "likewise",
    "receipt": "that a program sent a digest",
    "turn": "which process asks a public server",
    "restoration": "when a backup came back, and nothing of anybody",
    "term": "goes with the last who follows it",
    "word": "counts of what public papers say",
}


def an_act(person: Address = ada, **known: object) -> Act:
    act = Act(person.platform, person.workspace, person.id, "admin pause-all", {"sure": True}, True, at())
    return replace(act, **known)  # type: ignore[arg-type]  # tests name any field


def a_list(owner: Address = ada, *terms: str, name: str = "our reading") -> TeamList:
    return TeamList(owner.platform, owner.workspace, name, terms, owner.id)


async def something_of_everybody(storage: Storage, *owners: Address, word: str = "canary") -> None:
    """Leave *word* wherever one of *owners* can leave a word."""
    for owner in owners:
        mark = f"{word}{owner.id}"
        [term] = await follow(storage, mark, owner=owner)
        landing = await land(storage, mark, matches={term: [0]}, owed=[Delivery(mark, owner, 0, at())])
        [paper] = await storage.papers.in_digest(landing.digest)
        await storage.shelf.show(owner, [paper.id])
        await storage.shelf.save(owner, paper.id, at=at())
        await storage.shelf.rate(owner, paper.id, "more", at=at())
        await storage.outbox.claim(at(), timedelta(minutes=1), 5, {"fake": Pace()}, "me")
        await storage.outbox.postpone(mark, "me", at("13:00"), mark)
        await storage.lists.share(a_list(owner, mark, name=mark), at=at())
        await storage.audit.note(an_act(owner))
        before = await storage.workspaces.get(owner.platform, owner.workspace)
        await storage.workspaces.keep(replace(before, roles=(*before.roles, owner.id)))


async def test_a_workspace_is_as_it_comes_until_somebody_decides(storage: Storage) -> None:
    assert await storage.workspaces.get("fake", "lab") == Workspace("fake", "lab")


async def test_what_is_decided_is_kept_for_that_workspace_alone(storage: Storage, elsewhere: Storage) -> None:
    lab = Workspace("fake", "lab", Limits(interests=3), "08:30", ("ben",), True, {"papers": "short"})
    await storage.workspaces.keep(Workspace("fake", "lab"))
    await storage.workspaces.keep(lab)
    assert await elsewhere.workspaces.get("fake", "lab") == lab
    assert await elsewhere.workspaces.get("fake", "other") == Workspace("fake", "other")
    assert await elsewhere.workspaces.get("slack", "lab") == Workspace("slack", "lab")


async def test_the_readers_of_a_workspace_are_its_people_and_channels(storage: Storage) -> None:
    for address in (ada, eve, channel):
        await storage.people.reader(address)
    readers = await storage.workspaces.readers("fake", "lab")
    assert [reader.address for reader in readers] == [ada, channel]


async def test_a_forgotten_reader_leaves_nothing_and_others_keep_theirs(storage: Storage) -> None:
    await something_of_everybody(storage, ada, ben)
    await follow(storage, "shared", owner=ada)
    await follow(storage, "shared", owner=ben)
    await storage.workspaces.forget_reader(ada)
    assert [reader.address for reader in await storage.people.readers()] == [ben]
    assert [normal for _, normal in await storage.people.terms()] == ["canaryben", "shared"]
    assert [shared.name for shared in await storage.lists.lists("fake", "lab")] == ["canaryben"]
    assert (await storage.workspaces.get("fake", "lab")).roles == ("ben",)
    assert await storage.shelf.saved(ada) == []
    assert len(await storage.shelf.saved(ben)) == 1


async def test_the_acts_of_somebody_forgotten_stand_without_their_name(storage: Storage) -> None:
    await storage.audit.note(an_act(ada))
    await storage.audit.note(an_act(ben))
    await storage.workspaces.forget_reader(ada)
    assert [act.person for act in await storage.audit.acts("fake", "lab", 9)] == ["ben", ""]


async def test_a_forgotten_workspace_leaves_nothing_and_others_keep_theirs(storage: Storage) -> None:
    await something_of_everybody(storage, ada, eve)
    await storage.workspaces.forget("fake", "lab")
    assert [reader.address for reader in await storage.people.readers()] == [eve]
    assert await storage.audit.acts("fake", "lab", 9) == []
    assert await storage.lists.lists("fake", "lab") == []
    assert await storage.workspaces.get("fake", "lab") == Workspace("fake", "lab")
    assert len(await storage.audit.acts("fake", "other", 9)) == 1
    assert (await storage.workspaces.get("fake", "other")).roles == ("eve",)


async def test_forgetting_somebody_nobody_knows_changes_nothing(storage: Storage) -> None:
    await something_of_everybody(storage, ben)
    await storage.workspaces.forget_reader(ada)
    await storage.workspaces.forget("fake", "nowhere")
    assert [reader.address for reader in await storage.people.readers()] == [ben]


async def test_no_file_holds_what_only_the_forgotten_knew(
    storage: Storage, elsewhere: Storage, database_url: str
) -> None:
    await follow(storage, "c4n4ry secret plan", owner=ada)
    await storage.lists.share(a_list(ada, "c4n4ry list"), at=at())
    await storage.people.pause(Address("fake", "lab", "c4n4ry person"), at(), now=at())
    await elsewhere.people.readers()
    if files := files_of(database_url):
        assert any(b"c4n4ry" in file.read_bytes() for file in files), "the test can see what is there"
    await storage.workspaces.forget_reader(ada)
    await storage.workspaces.forget_reader(Address("fake", "lab", "c4n4ry person"))
    assert [file.name for file in files_of(database_url) if b"c4n4ry" in file.read_bytes()] == []


async def test_forgetting_while_others_write_is_whole(storage: Storage, elsewhere: Storage) -> None:
    await something_of_everybody(storage, ada)
    writing = [follow(elsewhere, f"term {n}", owner=ben) for n in range(5)]
    await asyncio.gather(storage.workspaces.forget_reader(ada), *writing)
    assert [reader.address for reader in await storage.people.readers()] == [ben]
    assert len(await storage.people.interests(ben)) == 5


def test_whatever_is_kept_belongs_to_somebody_or_is_public() -> None:
    tables = Table.metadata.tables
    owned = {table.name for table in purge.placed()} | below("reader")
    assert {*tables} - owned <= {*SHARED_BY_ALL}, "say in storage/purge.py how this table is forgotten"
    assert not owned & {*SHARED_BY_ALL}


async def test_acts_are_numbered_and_seen_by_their_workspace_alone(storage: Storage) -> None:
    first = await storage.audit.note(an_act(ada))
    second = await storage.audit.note(an_act(ada, allowed=False))
    await storage.audit.note(an_act(eve))
    assert await storage.audit.acts("fake", "lab", 9) == [an_act(id=second, allowed=False), an_act(id=first)]
    assert await storage.audit.acts("fake", "lab", 1) == [an_act(id=second, allowed=False)]
    assert await storage.audit.act("fake", "lab", first) == an_act(id=first)
    assert await storage.audit.act("fake", "other", first) is None


async def test_what_takes_an_act_back_is_said_once(storage: Storage) -> None:
    number = await storage.audit.note(an_act())
    await storage.audit.undoable(number, [("admin resume-all", {})])
    await storage.audit.undoable(number, [("admin pause-all", {"sure": True})])
    assert await storage.audit.act("fake", "lab", number) == an_act(
        id=number, undo=(("admin resume-all", {}),)
    )


async def test_a_list_stands_for_its_workspace_until_it_is_taken_back(storage: Storage) -> None:
    await storage.lists.share(a_list(ada, "grokking"), at=at())
    await storage.lists.share(a_list(ben, "agents", "flow matching"), at=at())
    await storage.lists.share(a_list(eve, "grokking"), at=at())
    assert await storage.lists.lists("fake", "lab") == [a_list(ben, "agents", "flow matching")]
    assert await storage.lists.unshare("fake", "lab", "our reading") == a_list(ben, "agents", "flow matching")
    assert await storage.lists.unshare("fake", "lab", "our reading") is None
    assert len(await storage.lists.lists("fake", "other")) == 1


async def test_what_enough_others_follow_is_popular(storage: Storage) -> None:
    await follow(storage, "known", owner=ada)
    for owner in (ben, channel, Address("fake", "lab", "cleo")):
        await follow(storage, "known", "agents", owner=owner)
    await follow(storage, "grokking", owner=ben)
    await follow(storage, "grokking", owner=channel)
    await follow(storage, "mine alone", owner=ben)
    await follow(storage, "mine alone", owner=eve)
    assert await storage.lists.popular(ada, "lab", 2, 9) == [("agents", 3), ("grokking", 2)]
    assert await storage.lists.popular(ada, "lab", 2, 1) == [("agents", 3)]
    assert await storage.lists.popular(eve, "other", 2, 9) == []
    assert await storage.lists.popular(ada, "", 1, 9) == []


async def test_what_has_been_kept_long_enough_goes(storage: Storage) -> None:
    [term] = await follow(storage, "grokking")
    owed = [Delivery(key, ada, 0, at()) for key in ("sent", "owed")]
    await land(storage, "Grokking", matches={term: [0]}, owed=owed)
    await storage.outbox.mark_sent("sent", MessageRef("fake", "ada", "1"), at=at())
    await storage.audit.note(an_act())
    assert await storage.workspaces.clean(Retention(), at() + timedelta(days=89)) == 0
    assert await storage.workspaces.clean(Retention(), at() + timedelta(days=91)) == 1
    assert await storage.workspaces.clean(Retention(), at() + timedelta(days=401)) == 2
    assert [
        owed.key for owed in await storage.outbox.claim(at(), timedelta(minutes=1), 9, {"fake": Pace()}, "me")
    ] == ["owed"]


def files_of(url: str) -> list[Path]:
    """The files of a database that has some."""
    path = Path(url.removeprefix("sqlite:///"))
    return (
        [file for file in path.parent.iterdir() if file.name.startswith(path.name)] if path.is_file() else []
    )


def below(name: str) -> set[str]:
    """The table of this name, and all that hang on it."""
    children = {child.name for child, *_ in purge.hanging(Table.metadata.tables[name])}
    return {name}.union(*map(below, children))
