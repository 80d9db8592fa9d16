"""Where papers come from, how reading it goes, and whose turn it is to ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Self

import sqlalchemy as sa
from sqlmodel import Field, col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import sources
from bot.errors import AlreadyThere, UnknownSource
from bot.sources import EVERYWHERE, Outcome, Place
from storage import bulk
from storage.columns import JSON, Key, Table, Text, UtcDateTime, numbered
from storage.engine import Database

MOST_CAUSES: Final = 50


class SourceRow(Table, table=True):
    """A source and how it fares."""

    __tablename__ = "source"
    __table_args__ = numbered(
        sa.UniqueConstraint("platform", "workspace", "name"), sa.Index(None, "next_read")
    )

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    name: str = Field(sa_type=Key)
    kind: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    options: dict[str, str] = Field(sa_type=JSON)
    every: int  # seconds
    paused: bool
    cursor: str = Field(default="", sa_type=Text)
    etag: str = Field(default="", sa_type=Text)
    modified: str = Field(default="", sa_type=Text)
    next_read: datetime | None = Field(default=None, sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_read: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_new: datetime | None = Field(default=None, sa_type=UtcDateTime)
    papers: int = 0
    failures: int = 0
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    errors: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    last_error: str = Field(default="", sa_type=Text)
    told: str = Field(default="", sa_type=Text)

    @classmethod
    def of(cls, source: sources.Source, at: datetime) -> Self:
        """A source that was never read."""
        return cls(
            platform=source.place[0],
            workspace=source.place[1],
            name=source.name,
            kind=source.kind,
            address=source.address,
            options=dict(source.options),
            every=int(source.every.total_seconds()),
            paused=source.paused,
            next_read=at,
        )

    def value(self) -> sources.Source:
        """The source."""
        fields: dict[str, Any] = {name: getattr(self, name) for name in _ALIKE}
        place = (self.platform, self.workspace)
        return sources.Source(place=place, every=timedelta(seconds=self.every), **fields)

    def note(self, outcome: Outcome, at: datetime) -> None:
        """Change it by how a reading went."""
        self.leased_until, self.next_read = None, outcome.next_read
        self.papers += outcome.new
        self.last_new = at if outcome.new else self.last_new
        self.cursor = outcome.cursor or self.cursor
        if outcome.cause:
            causes = {**self.errors, outcome.cause: self.errors.get(outcome.cause, 0) + 1}
            self.errors = dict(list(causes.items())[-MOST_CAUSES:])
            self.failures, self.last_error = self.failures + 1, outcome.error
            self.failing_since = self.failing_since or at
        else:
            self.etag, self.modified = outcome.etag, outcome.modified
            self.failures, self.failing_since, self.last_read = 0, None, at


_ALIKE = tuple(
    SourceRow.model_fields.keys() & sources.Source.__dataclass_fields__.keys() - {"every", "place"}
)


_PLACE = sa.tuple_(col(SourceRow.platform), col(SourceRow.workspace))


class Turn(Table, table=True):
    """Who may ask a place that wants to be asked by one at a time, and from when on somebody else may."""

    __tablename__ = "turn"
    __table_args__ = ({"sqlite_with_rowid": False},)

    place: str = Field(sa_type=Key, primary_key=True)
    holder: str = Field(sa_type=Text)
    free: datetime = Field(sa_type=UtcDateTime)


class Receipt(Table, table=True):
    """What a request to land a digest became: the same one again becomes nothing new."""

    __tablename__ = "receipt"
    __table_args__ = ({"sqlite_with_rowid": False},)

    request: str = Field(sa_type=Key, primary_key=True)
    landing_id: int = Field(foreign_key="landing.id")
    at: datetime = Field(sa_type=UtcDateTime)


class Sources:
    """`bot.sources.Sources` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, source: sources.Source, *, at: datetime) -> sources.Source:
        """Keep *source*, to be read from *at* on. Raises AlreadyThere."""
        row = SourceRow.of(source, at)
        async with self._database.writing() as session:
            added = bulk.inserted(session, SourceRow).values(row.model_dump(exclude={"id"}))
            if not (await session.exec(added.on_conflict_do_nothing())).rowcount:
                raise AlreadyThere(f"There is a source called `{source.name}` already.")
            return (await _named(session, source.name, source.place)).value()

    async def remove(self, name: str, place: Place = EVERYWHERE) -> sources.Source:
        """Give it up; its papers stay. Raises UnknownSource."""
        async with self._database.writing() as session:
            row = await _named(session, name, place)
            await session.exec(delete(SourceRow).where(col(SourceRow.id) == row.id))
            return row.value()

    async def listed(self, place: Place | None = None) -> Sequence[sources.Source]:
        """The sources in the order they came: all, or those of this place and of everybody."""
        wanted = select(SourceRow).order_by(col(SourceRow.id))
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
            .where(~col(SourceRow.paused), col(SourceRow.next_read) <= now, free)
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
            if row is None:
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
    wanted = select(SourceRow).where(SourceRow.name == name, _PLACE.in_([place]))
    row = (await session.exec(wanted)).first()
    if row is None:
        raise UnknownSource(f"There is no source called `{name}`. `source list` shows those there are.")
    return row
