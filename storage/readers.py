"""Readers by their address: which row is whose."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.models import Address
from storage import bulk
from storage.tables import Reader

_PLACE = (col(Reader.platform), col(Reader.workspace), col(Reader.external), col(Reader.kind))


def at(*addresses: Address) -> sa.ColumnElement[bool]:
    """That a reader is at one of *addresses*."""
    return sa.tuple_(*_PLACE).in_([(one.platform, one.workspace, one.id, one.kind) for one in addresses])


async def numbers(session: AsyncSession, addresses: Sequence[Address]) -> dict[Address, int]:
    """The numbers of the readers at *addresses*, known from now on if they were not."""
    found = await _found(session, addresses)
    if missing := [address for address in dict.fromkeys(addresses) if address not in found]:
        await bulk.add(session, Reader, [Reader.of(address) for address in missing])
        found |= await _found(session, missing)
    return found


async def own(session: AsyncSession, address: Address) -> int:
    """The number of the reader at *address*. Until the end of the transaction nobody else changes what is theirs."""
    number = (await numbers(session, [address]))[address]
    await session.exec(select(Reader.id).where(Reader.id == number).with_for_update(key_share=True))
    return number


async def _found(session: AsyncSession, addresses: Sequence[Address]) -> dict[Address, int]:
    found: dict[Address, int] = {}
    for portion in bulk.portions(addresses):
        rows = await session.exec(select(Reader).where(at(*portion)))
        found |= {row.address: row.id for row in rows}
    return found
