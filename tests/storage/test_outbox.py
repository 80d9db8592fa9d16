import logging
from datetime import timedelta

import pytest
from sqlmodel import col, update

from bot.interfaces import Delivery, Pace
from bot.messages import note
from storage import SqlStorage
from storage.owed import Delivery as Row
from tests.fakes import ada, at, ben
from tests.storage.vocabulary import land


async def test_a_message_that_cannot_be_read_any_more_is_composed_anew_and_stops_nobody(
    sqlite_storage: SqlStorage, caplog: pytest.LogCaptureFixture
) -> None:
    owed = [Delivery(key, to, 0, at("09:00"), note(key)) for key, to in (("one", ada), ("two", ben))]
    await land(sqlite_storage, owed=owed)
    async with sqlite_storage._database.writing() as session:
        spoilt = update(Row).values(message={"summary": "x", "blocks": [{"kind": "poster"}]})
        await session.exec(spoilt.where(col(Row.key) == "one"))
    with caplog.at_level(logging.WARNING):
        found = await sqlite_storage.outbox.claim(
            at("09:00"), timedelta(minutes=1), 5, {"fake": Pace()}, "me"
        )
    assert [(delivery.key, delivery.message) for delivery in found] == [("one", None), ("two", note("two"))]
    assert "delivery one" in caplog.text


async def test_what_becomes_of_a_delivery_can_be_looked_up(sqlite_storage: SqlStorage) -> None:
    await land(sqlite_storage, owed=[Delivery("one", ada, 0, at("09:00"))])
    await sqlite_storage.outbox.claim(at("09:00"), timedelta(minutes=1), 5, {"fake": Pace()}, "me")
    await sqlite_storage.outbox.give_up("one", "me", "the channel is gone")
    [fate] = await sqlite_storage.outbox.lately(ada, 10)
    assert (fate.state, fate.reason, fate.due) == ("given up", "the channel is gone", None)
    assert await sqlite_storage.outbox.failed("fake", "lab", 10) == [fate]
    assert await sqlite_storage.outbox.retry("one", now=at("10:00"))
    assert not await sqlite_storage.outbox.retry("one", now=at("10:00"))
    assert (await sqlite_storage.outbox.lately(ada, 10))[0].due == at("10:00")
