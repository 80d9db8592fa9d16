"""What adapters remember is kept by name, changed by one at a time, and goes with whom it is about."""

import asyncio

import pytest

from bot.interfaces import Storage
from bot.models import Address
from bot.workspaces import Retention
from tests.fakes import ada, at, ben, channel

bot = Address("fake", "", "", "channel")


async def test_a_note_is_read_back_and_another_takes_its_place(storage: Storage) -> None:
    assert await storage.notes.read(ada, "dm") == ""
    await storage.notes.write(ada, {"dm": "17", "other": "1"})
    await storage.notes.write(ada, {"dm": "18"})
    await storage.notes.write(ada, {})
    assert [await storage.notes.read(ada, name) for name in ("dm", "other")] == ["18", "1"]


async def test_a_note_is_about_one_person_or_one_workspace(storage: Storage) -> None:
    await storage.notes.write(ada, {"dm": "17"})
    await storage.notes.write(channel, {"dm": "19"})
    known = [await storage.notes.read(who, "dm") for who in (ada, ben, channel, bot)]
    assert known == ["17", "", "19", ""]


async def test_a_note_is_read_of_many_at_once(storage: Storage) -> None:
    await storage.notes.write(ada, {"dm": "17", "other": "1"})
    await storage.notes.write(channel, {"dm": "19"})
    assert await storage.notes.each([ben, ada, ben, ada], "dm") == ["", "17", "", "17"]


async def test_whoever_changes_a_note_is_alone_with_it(storage: Storage) -> None:
    def one_more(text: str) -> str:
        return str(int(text or 0) + 1)

    counts = await asyncio.gather(*(storage.notes.change(bot, "count", one_more) for _ in range(20)))
    assert sorted(map(int, counts)) == list(range(1, 21))


async def test_a_change_that_fails_leaves_the_note(storage: Storage) -> None:
    await storage.notes.write(bot, {"count": "1"})
    with pytest.raises(ValueError, match="invalid literal"):
        await storage.notes.change(bot, "count", lambda _: str(int("x")))
    assert await storage.notes.read(bot, "count") == "1"


async def test_notes_go_with_whom_they_are_about(storage: Storage) -> None:
    for about in (ada, ben, channel):
        await storage.people.reader(about)
        await storage.notes.write(about, {"dm": "17"})
    await storage.workspaces.forget_reader(ada)
    assert [await storage.notes.read(who, "dm") for who in (ada, ben, channel)] == ["", "17", "17"]
    await storage.workspaces.forget("fake", "lab")
    assert [await storage.notes.read(who, "dm") for who in (ben, channel)] == ["", ""]


async def test_a_note_goes_when_its_time_is_over(storage: Storage) -> None:
    await storage.notes.write(ada, {"old": "1"}, until=at("08:00"))
    await storage.notes.write(ada, {"new": "1"}, until=at("10:00"))
    await storage.notes.write(ada, {"always": "1"})
    await storage.workspaces.clean(Retention(), at("09:00"))
    assert [await storage.notes.read(ada, name) for name in ("old", "new", "always")] == ["", "1", "1"]
