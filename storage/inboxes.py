"""Whose inbox is whose."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, col, delete, select

from bot.inboxes import EMAIL
from bot.models import Address
from storage import readers
from storage.columns import Table
from storage.engine import Database
from storage.owed import Delivery
from storage.tables import Reader

UNCONFIRMED: Final = timedelta(days=7)  # how long an address is kept that nobody has confirmed


class Inbox(Table, table=True):
    """That somebody's digest comes to an inbox as well."""

    __tablename__ = "inbox"

    reader_id: int = Field(primary_key=True, foreign_key="reader.id")
    owner_id: int = Field(foreign_key="reader.id", unique=True)


class Inboxes:
    """`bot.inboxes.Inboxes` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, owner: Address) -> Address | None:
        """Where *owner*'s digest comes as well."""
        mine = select(Inbox.reader_id).join(Reader, col(Inbox.owner_id) == Reader.id).where(readers.at(owner))
        async with self._database.reading() as session:
            row = (await session.exec(select(Reader).where(col(Reader.id).in_(mine)))).first()
            return row.address if row else None

    async def open(self, inbox: Address, owner: Address) -> None:
        """From now on *owner*'s digest comes there as well, and to no other inbox; nor does anybody else's."""
        async with self._database.writing() as session:
            numbers = await readers.numbers(session, [inbox, owner])
            there, whose = numbers[inbox], numbers[owner]
            await session.exec(
                delete(Inbox).where((col(Inbox.reader_id) == there) | (col(Inbox.owner_id) == whose))
            )
            session.add(Inbox(reader_id=there, owner_id=whose))


def unconfirmed(now: datetime) -> sa.ColumnElement[bool]:
    """The readers at addresses that nobody has confirmed in time."""
    asked = select(Delivery.reader_id).where(col(Delivery.planned) > now - UNCONFIRMED)
    confirmed = select(Inbox.reader_id)
    return (col(Reader.platform) == EMAIL) & col(Reader.id).not_in(confirmed) & col(Reader.id).not_in(asked)
