"""What is owed: written down before it is sent, claimed before it is tried."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, or_, select, update

from bot import interfaces
from bot.messages import Message
from bot.models import MessageRef
from storage import letters
from storage.engine import Database
from storage.places import Workspace
from storage.tables import Delivery, Reader

_OWED: Final = col(Delivery.state) == "owed"

RESTING: Final = (
    sa.exists()
    .where(
        col(Workspace.platform) == col(Reader.platform),
        col(Workspace.workspace) == col(Reader.workspace),
        col(Workspace.paused),
    )
    .correlate(Reader)
)
"""That a reader's whole workspace rests (`admin pause-all`): what falls due there waits."""


class Outbox:
    """`bot.interfaces.Outbox` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, now: datetime, lease: timedelta, limit: int, platforms: Sequence[str]
    ) -> Sequence[interfaces.Delivery]:
        """Take up to *limit* deliveries due at *now* on these platforms; nobody else gets them within *lease*.

        Claiming is an attempt: a delivery claimed for the first time has 1.
        """
        free = or_(col(Delivery.leased_until).is_(None), col(Delivery.leased_until) <= now)
        owed = (
            select(Delivery, Reader)
            .join(Reader)
            .where(_OWED, Delivery.due <= now, free, col(Reader.platform).in_(platforms), ~RESTING)
            .order_by(col(Delivery.due), col(Delivery.id))
            .limit(limit)
            .with_for_update(of=Delivery, skip_locked=True)
        )
        async with self._database.writing() as session:
            rows = (await session.exec(owed)).all()
            for delivery, _ in rows:
                delivery.leased_until = now + lease
                delivery.attempts += 1
            return [delivery.value(reader.address) for delivery, reader in rows]

    async def freeze(self, key: str, message: Message) -> None:
        """Keep what will be said, so that every try says the same: what was kept first stays."""
        unsaid = col(Delivery.message).is_(None)
        await self._change(key, unsaid, message=letters.written(message))

    async def mark_sent(self, key: str, ref: MessageRef, *, at: datetime) -> None:
        """It was posted; the first post counts."""
        unsent = col(Delivery.state) != "sent"
        await self._change(
            key, unsent, state="sent", sent_at=at, channel=ref.channel, post=ref.id, reason=None
        )

    async def postpone(self, key: str, until: datetime, reason: str) -> None:
        """It will be tried again then."""
        await self._change(key, _OWED, due=until, leased_until=None, reason=reason)

    async def give_up(self, key: str, reason: str) -> None:
        """It will not be tried again; *reason* is for people to read."""
        await self._change(key, _OWED, state="given up", reason=reason)

    async def _change(self, key: str, when: sa.ColumnElement[bool], **columns: object) -> None:
        async with self._database.writing() as session:
            await session.exec(update(Delivery).where(col(Delivery.key) == key, when).values(**columns))
