"""Where papers come from, how reading it goes, and whose turn it is to ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import sources
from bot.errors import AlreadyThere, UnknownSource
from bot.sources import EVERYWHERE, Outcome, Place
from storage import bulk
from storage.engine import Database
from storage.sourced import REGRET, Receipt, SourceRow, Turn

_PLACE = sa.tuple_(col(SourceRow.platform), col(SourceRow.workspace))
_THERE = col(SourceRow.removed).is_(None)


class Sources:
    """`bot.sources.Sources` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, source: sources.Source, *, at: datetime) -> sources.Source:
        """Keep *source*, to be read from *at* on; one that was removed lately goes on. Raises AlreadyThere."""
        row = SourceRow.of(source, at)
        async with self._database.writing() as session:
            if back := await _back(session, source, at):
                return back.value()
            added = bulk.inserted(session, SourceRow).values(row.model_dump(exclude={"id"}))
            if not (await session.exec(added.on_conflict_do_nothing())).rowcount:
                raise AlreadyThere(f"There is a source called `{source.name}` already.")
            return (await _named(session, source.name, source.place)).value()

    async def remove(self, name: str, place: Place = EVERYWHERE, *, at: datetime) -> sources.Source:
        """Give it up; its papers stay. Raises UnknownSource."""
        async with self._database.writing() as session:
            row = await _named(session, name, place)
            row.removed = at
            return row.value()

    async def listed(self, place: Place | None = None) -> Sequence[sources.Source]:
        """The sources in the order they came: all, or those of this place and of everybody."""
        wanted = select(SourceRow).where(_THERE).order_by(col(SourceRow.id))
        if place is not None:
            wanted = wanted.where(_PLACE.in_([EVERYWHERE, place]))
        async with self._database.reading() as session:
            return [row.value() for row in await session.exec(wanted)]

    async def get(self, name: str, place: Place = EVERYWHERE) -> sources.Source:
        """The source of this name. Raises UnknownSource."""
        async with self._database.reading() as session:
            return (await _named(session, name, place)).value()

    async def pause(self, name: str, place: Place = EVERYWHERE, *, paused: bool) -> sources.Source:
        """Let it rest, or read it again. Raises UnknownSource."""
        async with self._database.writing() as session:
            row = await _named(session, name, place)
            row.paused = paused
            return row.value()

    async def read_now(self, name: str, place: Place = EVERYWHERE, *, at: datetime) -> sources.Source:
        """Let it be due at *at*. Raises UnknownSource."""
        async with self._database.writing() as session:
            row = await _named(session, name, place)
            row.next_read = at
            return row.value()

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> Sequence[sources.Source]:
        """Take up to *limit* sources that are due; nobody else gets them within *lease*."""
        free = or_(col(SourceRow.leased_until).is_(None), col(SourceRow.leased_until) <= now)
        due = (
            select(SourceRow)
            .where(_THERE, ~col(SourceRow.paused), col(SourceRow.next_read) <= now, free)
            .order_by(col(SourceRow.next_read), col(SourceRow.id))
            .limit(limit)
        )
        async with (
            self._database.reading() as session
        ):  # mostly nothing is due, and writing waits for its turn
            if (await session.exec(due)).first() is None:
                return []
        async with self._database.writing() as session:
            rows = (await session.exec(due.with_for_update(skip_locked=True))).all()
            for row in rows:
                row.leased_until = now + lease
            return [row.value() for row in rows]

    async def go_on(self, id_: int, cursor: str) -> None:
        """Remember that everything up to *cursor* has landed, while the reading goes on."""
        async with self._database.writing() as session:
            await session.exec(update(SourceRow).where(col(SourceRow.id) == id_).values(cursor=cursor))

    async def record(self, id_: int, outcome: Outcome, *, at: datetime) -> sources.Source | None:
        """Write down how the reading went and give the claim back; None when it was removed meanwhile."""
        async with self._database.writing() as session:
            row = await session.get(SourceRow, id_, with_for_update=True)
            if row is None or row.removed:
                return None
            row.note(outcome, at)
            return row.value()

    async def tell(self, id_: int, trouble: str) -> bool:
        """Note that admins hear of *trouble* ("" that it is over). False when they had been told already."""
        untold = (col(SourceRow.id) == id_, col(SourceRow.told) != trouble)
        async with self._database.writing() as session:
            told = await session.exec(update(SourceRow).where(*untold).values(told=trouble))
            return told.rowcount > 0

    async def take_turn(self, place: str, holder: str, now: datetime, lease: timedelta) -> datetime | None:
        """Be the only one in all processes who asks *place*, until *lease* ends: None; or when to try again."""
        async with self._database.writing() as session:
            taken = bulk.inserted(session, Turn).values(place=place, holder=holder, free=now + lease)
            if (await session.exec(taken.on_conflict_do_nothing())).rowcount:
                return None
            turn = (await session.exec(select(Turn).where(Turn.place == place).with_for_update())).one()
            if turn.free > now:
                return turn.free
            turn.holder, turn.free = holder, now + lease
            return None

    async def end_turn(self, place: str, holder: str, free: datetime) -> None:
        """Let the next one ask *place* from *free* on."""
        mine = (col(Turn.place) == place, col(Turn.holder) == holder)
        async with self._database.writing() as session:
            await session.exec(update(Turn).where(*mine).values(free=free))

    async def receipt(self, request: str) -> int | None:
        """The landing that the request of this id became, if it came before."""
        async with self._database.reading() as session:
            return (await session.exec(select(Receipt.landing_id).where(Receipt.request == request))).first()

    async def keep_receipt(self, request: str, digest: int, *, at: datetime) -> int:
        """Remember what the request became, and give what it became first."""
        async with self._database.writing() as session:
            await bulk.add(session, Receipt, [{"request": request, "landing_id": digest, "at": at}])
            return (await session.exec(select(Receipt.landing_id).where(Receipt.request == request))).one()


async def _named(session: AsyncSession, name: str, place: Place) -> SourceRow:
    wanted = select(SourceRow).where(SourceRow.name == name, _PLACE.in_([place]), _THERE)
    row = (await session.exec(wanted)).first()
    if row is None:
        raise UnknownSource(f"There is no source called `{name}`. `admin source list` shows those there are.")
    return row


async def _back(session: AsyncSession, source: sources.Source, at: datetime) -> SourceRow | None:
    """The one of this name that was removed, there again where it is alike; otherwise it makes room."""
    gone = select(SourceRow).where(SourceRow.name == source.name, _PLACE.in_([source.place]), ~_THERE)
    row = (await session.exec(gone.with_for_update())).first()
    if row is None:
        return None
    alike = (row.kind, row.address) == (source.kind, source.address)
    if alike and row.removed and at - row.removed < REGRET:
        row.removed, row.next_read, row.leased_until = None, at, None
        return row
    await session.exec(delete(SourceRow).where(col(SourceRow.id) == row.id))
    return None
