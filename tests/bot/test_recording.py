"""An admin's act that a platform tells to two processes is done once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.commands import commands
from bot.dispatcher import Dispatcher
from bot.interfaces import Storage
from bot.messages import Message
from bot.models import Invocation
from tests.fakes import Clock, ada, at, ben, given, text_of

ANNOUNCED = replace(
    given("admin announce", ada, text="We rest tomorrow.", sure=True), admin=True, id="one act of Ada's"
)


async def twice(
    storage: Storage, elsewhere: Storage, act: Invocation, change: Callable[[Dispatcher], None]
) -> list[Message]:
    """What two processes answer that are told of *act* at the same time."""
    await storage.people.reader(ben)
    both = [Dispatcher(commands, one, Clock(), lambda: "some-id") for one in (storage, elsewhere)]
    for one in both:
        change(one)
    return await asyncio.gather(*(one(act) for one in both))


async def announcements(storage: Storage) -> int:
    """How often Ben is told."""
    return len(await storage.outbox.lately(ben, 9))


async def test_an_act_that_two_processes_are_told_of_is_done_once(
    storage: Storage, elsewhere: Storage
) -> None:
    answers = await twice(storage, elsewhere, ANNOUNCED, lambda _: None)
    assert sorted(answer.refusal for answer in answers) == [False, True]
    assert "I had this once already" in text_of(next(answer for answer in answers if answer.refusal))
    assert await announcements(storage) == 1
    assert len(await storage.audit.acts("fake", "lab", 9)) == 1


async def test_the_trial_catches_processes_that_do_not_ask(storage: Storage, elsewhere: Storage) -> None:
    async def always(*_: object) -> bool:
        return True

    def careless(one: Dispatcher) -> None:
        one._recorder._first = always  # type: ignore[method-assign,assignment]  # on purpose

    await twice(storage, elsewhere, ANNOUNCED, careless)
    assert await announcements(storage) == 2


async def test_an_act_that_was_cut_off_is_begun_again_by_the_same_process(sqlite_storage: Storage) -> None:
    dispatch = Dispatcher(commands, sqlite_storage, Clock(), lambda: "some-id")
    workspace = await sqlite_storage.workspaces.get("fake", "lab")
    command = commands["admin announce"]
    assert await dispatch._recorder(command, ANNOUNCED, workspace)
    await sqlite_storage.people.reader(ben)
    assert not (await dispatch(ANNOUNCED)).refusal


async def test_two_acts_alike_are_two(sqlite_storage: Storage) -> None:
    dispatch = Dispatcher(commands, sqlite_storage, Clock(at()), lambda: "some-id")
    await sqlite_storage.people.reader(ben)
    for id_ in ("one", "two", "", ""):
        assert not (await dispatch(replace(ANNOUNCED, id=id_))).refusal
    assert await announcements(sqlite_storage) == 4
