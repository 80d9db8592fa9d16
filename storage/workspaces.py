"""What admins decided; and how a workspace, or one of its readers, is forgotten."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import models, workspaces
from bot.models import Address
from bot.schedules import INSTANTLY
from bot.workspaces import Retention
from storage import bulk, inboxes, purge, readers, scope
from storage.engine import Database
from storage.notes import Note
from storage.owed import Delivery
from storage.places import Act, Workspace
from storage.sourced import REGRET, Receipt, SourceRow
from storage.tables import UNKNOWN, Landing, Match, Reader

log = logging.getLogger(__name__)

TRIES: Final = 40  # to empty the write-ahead log, while others read
WAIT: Final = 0.05  # seconds between them


class Workspaces:
    """`bot.workspaces.Workspaces` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, platform: str, name: str) -> workspaces.Workspace:
        """The workspace, as it is until somebody decides otherwise when nobody has."""
        wanted = select(Workspace).where(Workspace.platform == platform, Workspace.workspace == name)
        async with self._database.reading() as session:
            row = (await session.exec(wanted)).first()
        return row.value() if row else workspaces.Workspace(platform, name)

    async def keep(self, workspace: workspaces.Workspace) -> None:
        """Remember what was decided; who has not said when digests come gets them as it says now."""
        row = Workspace.of(workspace)
        async with self._database.writing() as session:
            kept = bulk.inserted(session, Workspace).values(row)
            before = await _schedule(session, workspace)
            await session.exec(kept.on_conflict_do_update(index_elements=["platform", "workspace"], set_=row))
            if before != workspace.schedule:
                await _retime(session, workspace)

    async def readers(self, platform: str, name: str) -> Sequence[models.Reader]:
        """The people and channels of this workspace, in the order they came."""
        here = (col(Reader.platform) == platform, col(Reader.workspace) == name)
        async with self._database.reading() as session:
            rows = await session.exec(select(Reader).where(*here).order_by(col(Reader.id)))
            return [row.value() for row in rows]

    async def forget(self, platform: str, name: str) -> None:
        """Forget the workspace and everybody in it, at once."""
        async with self._database.writing() as session:
            await purge.workspace(session, platform, name)
        await self._overwrite()

    async def forget_reader(self, address: Address) -> None:
        """Forget one person or channel likewise. Acts keep standing, without the person's name."""
        with scope.everywhere():  # people who belong to no workspace have left things in several
            async with self._database.writing() as session:
                await purge.readers(session, readers.at(address))
                await purge.person(session, address)
        await self._overwrite()

    async def clean(self, retention: Retention, now: datetime) -> int:
        """Let go of what has been kept long enough, and say how many rows that were."""
        async with self._database.writing() as session:
            gone = await _cleaned(session, retention, now)
        await self._overwrite()
        return gone

    async def _overwrite(self) -> None:
        """Leave nothing in the write-ahead log of what was deleted; the next cleaning tries again."""
        for _ in range(TRIES):
            if await self._database.emptied():
                return
            await asyncio.sleep(WAIT)
        log.warning("the write-ahead log is in use and could not be emptied yet")


async def _schedule(session: AsyncSession, workspace: workspaces.Workspace) -> str:
    here = (Workspace.platform == workspace.platform, Workspace.workspace == workspace.name)
    return (await session.exec(select(Workspace.schedule).where(*here))).first() or ""


async def _retime(session: AsyncSession, workspace: workspaces.Workspace) -> None:
    """Bring those their digests at the workspace's times who have not said when; the clock finds out what is due."""
    here = (col(Reader.platform) == workspace.platform, col(Reader.workspace) == workspace.name)
    rows = (await session.exec(select(Reader).where(*here, ~col(Reader.decided)).with_for_update())).all()
    usual = await readers.usual_times(session, [row.address for row in rows])
    newest = await readers.newest(session)
    for row in rows:
        schedule = usual[row.address]
        row.last = row.last if row.value().schedule.daily else None
        row.schedule, row.due_slot = str(schedule), None
        row.due = UNKNOWN if schedule.at and not row.closed else None
        if schedule == INSTANTLY and row.told is None:
            row.told = newest


async def _cleaned(session: AsyncSession, retention: Retention, now: datetime) -> int:
    await purge.readers(session, inboxes.unconfirmed(now))
    settled = (col(Delivery.due).is_(None), col(Delivery.planned) < now - retention.deliveries)
    old = select(Landing.id).where(Landing.at < now - retention.matches)
    gone = [
        delete(Delivery).where(*settled),
        delete(Act).where(col(Act.at) < now - retention.acts),
        delete(Note).where(col(Note.until) < now),
        delete(Match).where(col(Match.landing_id).in_(old)),
        delete(Receipt).where(col(Receipt.at) < now - retention.receipts),
        delete(SourceRow).where(col(SourceRow.removed) < now - REGRET),
    ]
    return sum([(await session.exec(statement)).rowcount for statement in gone])
