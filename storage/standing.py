"""How things stand: the few numbers that are looked at again and again."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import standing
from bot.schedules import INSTANTLY
from storage import schema
from storage.engine import Database
from storage.outbox import FAILED
from storage.owed import OPEN, Delivery
from storage.tables import UNKNOWN, Reader

MOST_MOMENTS: Final = 3
MOST_REASONS: Final = 8


class Standing:
    """`bot.standing.Standing` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owed(self, now: datetime) -> tuple[int, datetime | None]:
        """How many deliveries are due at *now* and not sent, and since when the oldest has been."""
        wanted = select(func.count(), func.min(Delivery.planned)).where(OPEN, col(Delivery.planned) <= now)
        async with self._database.reading() as session:
            count, since = (await session.exec(wanted)).one()
        return count, since

    async def health(
        self, platform: str, workspace: str, *, now: datetime, since: datetime
    ) -> standing.Health:
        """How this workspace's digests fare at *now*; what was sent or failed counts from *since* on."""
        here = (col(Reader.platform) == platform) & (col(Reader.workspace) == workspace)
        late = (OPEN, col(Delivery.planned) <= now)
        open_ = Reader.closed == ""
        sent = (Delivery.state == "sent", col(Delivery.sent_at) >= since)
        async with self._database.reading() as session:
            return standing.Health(
                people=await _readers(session, here, Reader.kind == "person"),
                channels=await _readers(session, here, Reader.kind == "channel"),
                closed=await _readers(session, here, Reader.closed != ""),
                instantly=await _readers(session, here, Reader.schedule == str(INSTANTLY), open_),
                late=await _deliveries(session, here, *late),
                sent=await _deliveries(session, here, *sent),
                coming=await _coming(session, here, now),
                failures=await _failures(session, here, since),
                database=await _version(session),
            )


async def _readers(session: AsyncSession, *which: sa.ColumnElement[bool] | bool) -> int:
    return (await session.exec(select(func.count()).select_from(Reader).where(*which))).one()


async def _deliveries(session: AsyncSession, *which: sa.ColumnElement[bool] | bool) -> int:
    found = select(func.count()).select_from(Delivery).join(Reader).where(*which)
    return (await session.exec(found)).one()


async def _coming(
    session: AsyncSession, here: sa.ColumnElement[bool], now: datetime
) -> list[tuple[datetime, int]]:
    due = (col(Reader.due) > max(now, UNKNOWN), col(Reader.closed) == "")
    moments = select(Reader.due, func.count()).where(here, *due).group_by(col(Reader.due))
    rows = await session.exec(moments.order_by(col(Reader.due)).limit(MOST_MOMENTS))
    return [(moment, count) for moment, count in rows if moment]


async def _failures(
    session: AsyncSession, here: sa.ColumnElement[bool], since: datetime
) -> list[tuple[str, int]]:
    count = func.count()
    ended = (col(Delivery.state).in_(FAILED), col(Delivery.planned) >= since)
    reasons = select(Delivery.reason, count).join(Reader).where(here, *ended).group_by(col(Delivery.reason))
    rows = await session.exec(reasons.order_by(count.desc(), col(Delivery.reason)).limit(MOST_REASONS))
    return [(reason or "for an unknown reason", number) for reason, number in rows]


async def _version(session: AsyncSession) -> str:
    """Such as "SQLite 3.46, tables of version 0010"."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    asked = sa.text("SELECT sqlite_version()" if sqlite else "SHOW server_version")
    version = str((await (await session.connection()).execute(asked)).scalar_one()).split()[0]
    return f"{'SQLite' if sqlite else 'PostgreSQL'} {version}, tables of version {schema.revisions()[0]}"
