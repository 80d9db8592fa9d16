"""After `forget-me` no file holds a word of the person: database, write-ahead log, logs, exports, backups."""

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs, upkeep
from bot.commands import commands
from bot.models import Address, Invocation, Value
from bot.registry import Option
from bot.schedules import INSTANTLY
from bot.workspaces import Limits, Workspace
from storage import open_storage
from tests.fakes import at, ben, buttons, text_of
from tests.lab import Lab

CANARY = "zyzzyvacanary"
PERSON = Address("fake", "lab", f"U{CANARY}")
GLOBAL = Address("fake", "", f"U{CANARY}")  # belongs to no workspace, as on Discord
PLACE = Address("fake", "lab", "general", "channel")


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Everything that is logged, at the most talkative level."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.set_up("debug", "json")
    handler = logging.FileHandler(tmp_path / "digestbot.log")
    handler.setFormatter(root.handlers[-1].formatter)
    root.addHandler(handler)
    logging.getLogger("bot").debug("the trial begins")
    yield tmp_path / "digestbot.log"
    handler.close()
    root.handlers[:] = before
    root.setLevel(level)


def value(option: Option) -> Value:
    if option.choices:
        return option.choices[0]
    kinds: dict[type, Value] = {str: CANARY, int: 1, bool: False}
    return kinds[option.kind]


async def used(lab: Lab, person: Address) -> None:
    """Everything there is to do, done by the person, with a word of theirs wherever one fits."""
    await lab.storage.workspaces.keep(Workspace("fake", "lab", Limits(commands=600)))
    await lab.storage.people.reader(person)
    await lab.land("Grokking explained", "Another paper")
    await lab.dispatch(Invocation("follow", person, PLACE, {"term": f"grokking, {CANARY}"}))
    for command in commands:
        if command.name == "forget-me":
            continue
        given = {one.name: value(one) for one in command.options}
        for arguments in (given, {name: "1" for name in given if command.name in ("save", "more", "why")}):
            message = await lab.dispatch(Invocation(command.name, person, PLACE, arguments))
            assert "some-id" not in text_of(message), command.name
            lab.clock.pass_by(seconds=3)
    await lab.storage.notes.write(person, {"dm": CANARY})
    await lab.land("More grokking")
    await lab.tick()


def holding(folder: Path) -> list[str]:
    """The files below *folder* that hold the word."""
    word = CANARY.encode()
    return [file.name for file in folder.rglob("*") if file.is_file() and word in file.read_bytes()]


@pytest.mark.slow
@pytest.mark.parametrize("person", [PERSON, GLOBAL], ids=["of a workspace", "of none"])
async def test_no_file_holds_a_word_of_somebody_who_was_forgotten(
    tmp_path: Path, log_file: Path, person: Address
) -> None:
    url = f"sqlite:///{tmp_path / 'papers.db'}"
    async with open_storage(url, lambda _: INSTANTLY) as storage:
        lab = Lab(storage)
        await used(lab, person)
        assert "papers.db-wal" in holding(tmp_path), "the trial can see what is there"
        asked = await lab.dispatch(Invocation("forget-me", person, PLACE))
        started = time.monotonic()
        pressed = buttons(asked)["Forget me"]
        await lab.dispatch(Invocation(pressed.command, person, PLACE, pressed.arguments))
        assert time.monotonic() - started < 60
        assert holding(tmp_path) == []
        for command in ("admin export", "admin audit", "lists", "export"):
            message = await lab.dispatch(Invocation(command, ben, PLACE, admin=True))
            assert CANARY not in str(message) + str([file.content for file in message.files])
    await upkeep.backup(url, tmp_path / "backup.jsonl", at)
    assert holding(tmp_path) == []
    assert await asyncio.to_thread(log_file.read_bytes)


async def test_the_trial_sees_what_is_only_deleted_and_not_overwritten(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'papers.db'}"
    async with open_storage(url, lambda _: INSTANTLY) as storage:
        lab = Lab(storage)
        await lab.dispatch(Invocation("follow", PERSON, PLACE, {"term": CANARY}))

        async def left_alone() -> None:
            """The write-ahead log stays as it is."""

        storage.workspaces._overwrite = left_alone  # type: ignore[method-assign]  # a careless version
        await lab.dispatch(Invocation("forget-me", PERSON, PLACE, {"sure": True}))
        assert holding(tmp_path)
