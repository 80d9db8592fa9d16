"""A way that a platform has closed for a while rests alone, and every process knows."""

from datetime import timedelta

import pytest

from adapters.routes import Routes
from bot.errors import RateLimited
from bot.interfaces import Storage
from bot.models import Address
from tests.fakes import Clock, ada, ben


async def go(routes: Routes, place: Address, route: str, limit: RateLimited | None = None) -> None:
    async with routes.open(place, route):
        if limit:
            raise limit


async def test_what_one_process_is_told_all_keep_to_until_it_is_over(sqlite_storage: Storage) -> None:
    clock = Clock()
    one, other = Routes(sqlite_storage.notes, clock), Routes(sqlite_storage.notes, clock)
    with pytest.raises(RateLimited) as told:
        await go(one, ada, "history", RateLimited(30))
    assert told.value.rests == "address"
    clock.moment += timedelta(seconds=29)
    with pytest.raises(RateLimited) as kept:
        await go(other, ben, "history")
    assert kept.value.retry_after == 1
    await go(other, ben, "opening")
    await go(other, Address("fake", "another lab", "eve"), "history")
    clock.moment += timedelta(seconds=1)
    await go(other, ben, "history")


async def test_what_the_whole_bot_was_told_is_not_taken_for_less(sqlite_storage: Storage) -> None:
    with pytest.raises(RateLimited) as told:
        await go(Routes(sqlite_storage.notes, Clock()), ada, "history", RateLimited(5, "bot"))
    assert told.value.rests == "bot"
