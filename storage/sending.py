"""Deliveries that go out: begun and sent, many at a time, for each of them is a commit that somebody waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.models import MessageRef
from storage.claims import BOT
from storage.engine import Database
from storage.owed import OPEN, Delivery, Lane
from storage.tables import Reader

SETTLED: Final = timedelta(minutes=5)  # after which the history shows whatever was posted


@dataclass(frozen=True, slots=True)
class Begun:
    """That *owner* is about to post a delivery at *now*; somebody looks into it at *until*."""

    key: str
    owner: str
    now: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """That a delivery was posted."""

    key: str
    ref: MessageRef
    at: datetime


class Sending:
    """Writes down many at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, begun: Sequence[Begun]) -> list[bool]:
        """Which of these may be posted: they are their owner's, and nothing rests. Those that rest wait for it."""
        now, until = max(one.now for one in begun), max(one.until for one in begun)
        async with self._database.writing() as session:
            resting = await _resting(session, [one.key for one in begun], now)
            for one in begun:
                if one.key in resting:
                    await _put_off(session, one, resting[one.key])
            free = [one for one in begun if one.key not in resting]
            mine = await _written(session, free, now, until) if free else set()
        return [(one.key, one.owner) in mine for one in begun]

    async def mark_sent(self, sent: Sequence[Sent]) -> list[None]:
        """These were posted; the first post of each counts."""
        async with self._database.writing() as session:
            rows = [_sent(one) for one in sorted(sent, key=lambda one: one.key)]
            await (await session.connection()).execute(_MARKED, rows)
        return [None] * len(sent)


def _marked() -> sa.Update:
    """A row as sent; one that was keeps its first post. Tried more than once, or posted as two, it may stand twice."""
    before, again = col(Delivery.state) == "sent", col(Delivery.first_wire_at) < col(Delivery.last_wire_at)
    first = {
        name: sa.case((before, _column(name)), else_=_given(name)) for name in ("sent_at", "channel", "post")
    }
    looks = (
        (before & (col(Delivery.post) != _given("post")), _given("sent_at")),
        (before, col(Delivery.look_at)),
        (again, _given("look_at")),
    )
    free: dict[str, Any] = {"state": "sent", "reason": None, "owner": None, "due": None}
    this = sa.update(Delivery).where(col(Delivery.key) == sa.bindparam("of_key"))
    return this.values(**free, **first, look_at=sa.case(*looks))


def _column(name: str) -> sa.Column[Any]:
    found: sa.Column[Any] = Delivery.__table__.c[name]  # type: ignore[attr-defined]  # a table
    return found


def _given(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"to_{name}", type_=_column(name).type)


_MARKED: Final = _marked()


def _sent(one: Sent) -> dict[str, Any]:
    where = {"to_channel": one.ref.channel, "to_post": one.ref.id}
    return {"of_key": one.key, "to_sent_at": one.at, "to_look_at": one.at + SETTLED, **where}


async def _resting(session: AsyncSession, keys: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Until when these deliveries have to wait, where their address, their workspace or the bot rests."""
    bot = aliased(Lane)
    every = (col(bot.platform) == col(Lane.platform)) & (col(bot.workspace) == BOT)
    columns = (col(Reader.rests), col(Lane.rests), col(bot.rests))
    wanted = (
        select(Delivery.key, *columns).select_from(Delivery).join(Reader).join(Lane).outerjoin(bot, every)
    )
    rows = await session.exec(wanted.where(col(Delivery.key).in_(keys), or_(*(one > now for one in columns))))
    return {key: max(until for until in untils if until and until > now) for key, *untils in rows}


async def _put_off(session: AsyncSession, begun: Begun, until: datetime) -> None:
    """Let it wait for the end of the rest; it was not tried."""
    waiting = {"state": "waiting", "due": until, "owner": None, "attempts": col(Delivery.attempts) - 1}
    mine = update(Delivery).where(col(Delivery.key) == begun.key, col(Delivery.owner) == begun.owner, OPEN)
    await session.exec(mine.values(**waiting))


async def _written(
    session: AsyncSession, begun: Sequence[Begun], now: datetime, until: datetime
) -> set[tuple[str, str]]:
    """The keys with their owners that were still these owners'."""
    earlier = sa.func.coalesce(col(Delivery.first_wire_at), now)
    wire = {"state": "on the wire", "first_wire_at": earlier, "last_wire_at": now, "due": until}
    found: set[tuple[str, str]] = set()
    for owner in {one.owner for one in begun}:
        keys = [one.key for one in begun if one.owner == owner]
        mine = update(Delivery).where(col(Delivery.key).in_(keys), col(Delivery.owner) == owner, OPEN)
        rows = await session.exec(mine.values(**wire).returning(col(Delivery.key)))
        found |= {(key, owner) for (key,) in rows}
    return found
