"""Readers by their address: which row is whose."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import models
from bot.due import following
from bot.models import Address, Now
from bot.schedules import INSTANTLY, Schedule
from storage import bulk
from storage.columns import Row
from storage.engine import Usual
from storage.places import Workspace
from storage.tables import Landing, Reader

_PLACE = (col(Reader.platform), col(Reader.workspace), col(Reader.external), col(Reader.kind))


def at(address: Address) -> sa.ColumnElement[bool]:
    """That a reader is at *address*."""
    return sa.and_(*(one == other for one, other in zip(_PLACE, _place(address), strict=True)))


def those(
    session: AsyncSession, addresses: Sequence[Address]
) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
    """What to join, and on what, to have the readers at *addresses*, which are no more than a portion."""
    return bulk.among(session, _PLACE, list(dict.fromkeys(map(_place, addresses))))


async def numbers(session: AsyncSession, addresses: Sequence[Address]) -> dict[Address, int]:
    """The numbers of the readers at *addresses*, known from now on if they were not."""
    found = await _found(session, addresses)
    if missing := [address for address in dict.fromkeys(addresses) if address not in found]:
        await bulk.add(session, Reader, await _new(session, missing))
        found |= await _found(session, missing)
    return found


async def own(session: AsyncSession, address: Address) -> int:
    """The number of the reader at *address*. Until the end of the transaction nobody else changes what is theirs."""
    number = (await numbers(session, [address]))[address]
    await session.exec(select(Reader.id).where(Reader.id == number).with_for_update(key_share=True))
    return number


async def usual_times(session: AsyncSession, addresses: Sequence[Address]) -> dict[Address, Schedule]:
    """When digests come to those of *addresses* who have not said when: as their workspace's admins decided."""
    usual: Usual = session.info["usual"]
    decided = await places(session, addresses)
    said = {place: Schedule.read(row.schedule) for place, row in decided.items() if row.schedule}
    return {one: said.get((one.platform, one.workspace)) or usual(one) for one in addresses}


async def places(session: AsyncSession, addresses: Sequence[Address]) -> dict[tuple[str, str], Workspace]:
    """What admins decided in the workspaces of *addresses*, as far as they decided something."""
    decided: dict[tuple[str, str], Workspace] = {}
    for portion in bulk.portions(list(dict.fromkeys((one.platform, one.workspace) for one in addresses))):
        these = bulk.among(session, (col(Workspace.platform), col(Workspace.workspace)), portion)
        rows = await session.exec(select(Workspace).join(*these))
        decided |= {(row.platform, row.workspace): row for row in rows}
    return decided


async def newest(session: AsyncSession, before: datetime | None = None) -> int:
    """The number of the last landing that is told, or of the last one before then; 0 where there is none."""
    wanted = select(func.max(Landing.id)).where(Landing.new > 0, col(Landing.quiet).is_(False))
    if before:
        wanted = wanted.where(Landing.at < before)
    return (await session.exec(wanted)).one() or 0


async def _new(session: AsyncSession, addresses: Sequence[Address]) -> list[Row]:
    """Rows for those who are new here; to whom digests come instantly, those come that land from now on."""
    landed = await newest(session)
    schedules = (await usual_times(session, addresses)).items()
    return [
        Reader.of(one, schedule, landed if schedule == INSTANTLY else None) | _first(session, one, schedule)
        for one, schedule in schedules
    ]


def _first(session: AsyncSession, address: Address, schedule: Schedule) -> Row:
    """When their first digest falls due: after they came, however late somebody plans."""
    now: Now | None = session.info["now"]
    coming = following(models.Reader(address, schedule=schedule), now()) if now else None
    return {"due_slot": coming[0], "due": coming[1]} if coming else {"due_slot": None}


async def _found(session: AsyncSession, addresses: Sequence[Address]) -> dict[Address, int]:
    found: dict[Address, int] = {}
    connection = await session.connection()
    for portion in bulk.portions(addresses):
        whose: dict[tuple[str, ...], Address] = {_place(one): one for one in portion}
        there = sa.select(*_PLACE, col(Reader.id)).join(*those(session, portion))
        found |= {whose[*place]: number for *place, number in await connection.execute(there)}
    return found


def _place(address: Address) -> tuple[str, str, str, str]:
    return address.platform, address.workspace, address.id, address.kind
