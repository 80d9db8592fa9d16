from typing import Any

import sqlalchemy as sa

from bot.models import Address
from storage import open_storage, readers

MANY = 2_500  # more than a portion


async def test_many_readers_are_found_by_a_few_values_each_a_column(postgres_url: str) -> None:
    addresses = [Address("slack", f"w{number % 7}", str(number)) for number in range(MANY)]
    carried: list[int] = []
    async with open_storage(postgres_url) as storage:
        database = storage._database

        @sa.event.listens_for(database.engine.sync_engine, "before_cursor_execute")
        def count(*said: Any) -> None:
            carried.append(len(said[3]))

        async with database.writing() as session:
            new = await readers.numbers(session, [*addresses, addresses[0]])
        carried.clear()
        async with database.reading() as session:
            assert await readers.numbers(session, addresses) == new
    assert len({*new.values()}) == MANY
    assert max(carried) <= 4
