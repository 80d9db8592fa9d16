"""Who has to wait for whom on PostgreSQL, where transactions run side by side."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest

from bot.errors import TooManyInterests
from bot.models import Address
from storage import SqlStorage, open_storage, people, readers
from storage.tables import Interest
from tests.fakes import ada, ben
from tests.storage.vocabulary import an_interest, follow

T = TypeVar("T")
A_WHILE = 0.3  # seconds: longer than anything here takes that need not wait


@pytest.fixture
async def storage(postgres_url: str) -> AsyncIterator[SqlStorage]:
    async with open_storage(postgres_url) as storage:
        yield storage


@asynccontextmanager
async def beginning_to_follow(storage: SqlStorage, normal: str, owner: Address) -> AsyncIterator[None]:
    """Somebody who follows a term, and is not done before the context ends."""
    async with storage._database.writing() as session:
        reader = await readers.own(session, owner)
        term = await people._term(session, normal)
        yield
        session.add(Interest(reader_id=reader, term_id=term, typed=normal, muted=False))


async def begun(waiting: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """What has to wait by now."""
    task = asyncio.create_task(waiting)
    done, _ = await asyncio.wait({task}, timeout=A_WHILE)
    assert not done, task
    return task


async def test_a_new_term_waits_for_the_one_before_so_that_numbers_appear_in_their_order(
    storage: SqlStorage,
) -> None:
    async with beginning_to_follow(storage, "first", ada):
        later = await begun(follow(storage, "second", owner=ben))
        assert await storage.people.terms() == []
    await later
    assert [normal for _, normal in await storage.people.terms()] == ["first", "second"]


async def test_a_known_term_need_not_wait_for_a_new_one(storage: SqlStorage) -> None:
    await follow(storage, "known", owner=ada)
    async with beginning_to_follow(storage, "new", ada), asyncio.timeout(10):
        await follow(storage, "known", owner=ben)


async def test_who_gives_a_term_up_waits_for_whoever_is_about_to_follow_it(storage: SqlStorage) -> None:
    [term] = await follow(storage, "grokking", owner=ada)
    async with beginning_to_follow(storage, "grokking", ben):
        given_up = await begun(storage.people.unfollow(ada, "grokking"))
    await given_up
    assert await storage.people.terms() == [(term, "grokking")]
    assert len(await storage.people.interests(ben)) == 1


async def test_a_readers_interests_are_counted_one_after_the_other(storage: SqlStorage) -> None:
    await storage.people.reader(ada)
    await follow(storage, "second", owner=ben)
    async with beginning_to_follow(storage, "first", ada):
        second = await begun(storage.people.follow(an_interest("second", ada), most=1))
    with pytest.raises(TooManyInterests):
        await second
