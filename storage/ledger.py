"""Which reader was told of which paper, and by which delivery: none is told twice, and none is lost."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.due import delivery_key
from bot.messages import Message
from storage import letters
from storage.owed import Delivery
from storage.tables import Reader

UNTOLD: Final = ("given up", "empty", "told later")


async def freeze(
    session: AsyncSession, key: str, owner: str, message: Message, papers: Sequence[int]
) -> Collection[int]:
    """Keep what the delivery says and tells; where another one told some of the papers, say which instead."""
    wanted = select(Delivery, Reader).join(Reader).where(Delivery.key == key, Delivery.owner == owner)
    row, reader = (await session.exec(wanted.with_for_update(key_share=True))).first() or (None, None)
    if row is None or reader is None:  # what somebody says whose lease has ended is not heard
        return ()
    again = await _told(session, row) & set(papers)
    if not again:
        row.message, row.papers = letters.written(message), papers
        reader.shown = [*papers] or reader.shown
    return again


async def sent(session: AsyncSession, reader: int, papers: Sequence[int]) -> Collection[int]:
    """Which of *papers* were sent to the reader."""
    told = select(Delivery.papers).where(Delivery.reader_id == reader, col(Delivery.papers).is_not(None))
    rows = await session.exec(told.where(Delivery.state == "sent"))
    return {paper for row in rows for paper in row or ()} & set(papers)


async def reopen(session: AsyncSession, reader: Reader) -> None:
    """Post to the reader again; what was given up while they were closed is told with the next digest."""
    lost = select(Delivery).where(Delivery.reader_id == reader.id, Delivery.state == "given up")
    lost = lost.where(Delivery.reason == reader.closed, col(Delivery.landing_id).is_not(None))
    rows = (await session.exec(lost)).all()
    for row in rows:  # its slot is free for the digest that tells it
        row.state, row.slot = "told later", f"{row.slot} ({row.id})"
        row.key = delivery_key(reader.address, row.slot)
    missed = min((row.since for row in rows), default=None)
    reader.told = reader.told if missed is None else min(missed, reader.told or missed)
    reader.closed, reader.last = "", None


async def _told(session: AsyncSession, row: Delivery) -> set[int]:
    """What other deliveries tell the same reader of the landings that this one is about."""
    others = select(Delivery.papers).where(Delivery.reader_id == row.reader_id, Delivery.id != row.id)
    others = others.where(col(Delivery.landing_id) > row.since, col(Delivery.state).not_in(UNTOLD))
    rows = await session.exec(others.where(col(Delivery.papers).is_not(None)))
    return {paper for papers in rows for paper in papers or ()}
