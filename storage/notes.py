"""What an adapter has to remember, for itself or about somebody."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.models import Address
from storage import bulk
from storage.columns import Key, Row, Table, Text, UtcDateTime, brief, numbered
from storage.engine import Database, alone

_COLUMNS = ("platform", "workspace", "person", "name")


class Note(Table, table=True):
    """A text under a name."""

    __tablename__ = "note"
    __table_args__ = numbered(sa.UniqueConstraint(*_COLUMNS), sa.Index(None, "until"))

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    person: str = Field(sa_type=Text)  # "" where it is about no person
    name: str = Field(sa_type=Key)
    text: str = Field(sa_type=Text)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # it may be thrown away from then on


class Notes:
    """`bot.notes.Notes` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, about: Address, name: str, *, now: datetime | None = None) -> str:
        """What was written about them under this name; "" when nothing was, or its time was over at *now*."""
        async with self._database.reading() as session:
            return await _text(session, about, name, now)

    async def each(self, people: Sequence[Address], name: str) -> Sequence[str]:
        """What was written about each of these people under this name, in their order."""
        whose = (col(Note.platform), col(Note.workspace), col(Note.person))
        places = [(one.platform, one.workspace, one.id) for one in people]
        wanted = select(*whose, Note.text).where(sa.tuple_(*whose).in_(places), Note.name == brief(name))
        async with self._database.reading() as session:
            found = {tuple(place): text for *place, text in await session.exec(wanted)}
        return [found.get(place, "") for place in places]

    async def write(self, about: Address, notes: Mapping[str, str], *, until: datetime | None = None) -> None:
        """Remember texts by name, in the place of those that stood there. From *until* they may be forgotten."""
        rows = [{**_at(about, name), "text": text, "until": until} for name, text in sorted(notes.items())]
        if not rows:
            return
        async with self._database.writing() as session:
            await _written(session, rows)

    async def change(self, about: Address, name: str, change: Callable[[str], str]) -> str:
        """Put what *change* makes of the text in its place, and say what that is. Nobody else comes in between."""
        async with self._database.writing() as session:
            place = _at(about, name)
            await alone(session, zlib.crc32("\0".join(map(str, place.values())).encode("utf-8", "replace")))
            text = change(await _text(session, about, name))
            await _written(session, [{**place, "text": text, "until": None}])
            return text

    async def about(self, about: Address) -> Sequence[tuple[str, str]]:
        """All that was written about them: name and text."""
        wanted = select(Note.name, Note.text).filter_by(**_about(about)).order_by(col(Note.name))
        async with self._database.reading() as session:
            return [(name, text) for name, text in await session.exec(wanted)]

    async def take(self, about: Address, name: str, *, now: datetime) -> str | None:
        """The text of this name, for the first who asks; it is gone then."""
        gone = delete(Note).filter_by(**_at(about, name)).where(_lasting(now)).returning(col(Note.text))
        async with self._database.writing() as session:
            found: str | None = (await session.exec(gone)).scalar()
            return found

    async def first(
        self, about: Address, name: str, *, now: datetime, until: datetime, who: str = ""
    ) -> bool:
        """Whether nobody said so before, but *who* themselves; from now on somebody has, until *until*."""
        over = delete(Note).filter_by(**_at(about, name)).where(~_lasting(now))
        async with self._database.writing() as session:
            await session.exec(over)
            new = bulk.inserted(session, Note).values({**_at(about, name), "text": who, "until": until})
            said = await session.exec(new.on_conflict_do_nothing().returning(col(Note.name)))
            if said.scalar() is not None:
                return True
            return bool(who) and await _text(session, about, name) == who


def _about(about: Address) -> Row:
    person = about.id if about.kind == "person" else ""
    return {"platform": about.platform, "workspace": about.workspace, "person": person}


def _at(about: Address, name: str) -> Row:
    return {**_about(about), "name": name}


def _lasting(now: datetime) -> sa.ColumnElement[bool]:
    return col(Note.until).is_(None) | (col(Note.until) > now)


async def _text(session: AsyncSession, about: Address, name: str, now: datetime | None = None) -> str:
    wanted = select(Note.text).filter_by(**_at(about, name))
    if now:
        wanted = wanted.where(_lasting(now))
    return (await session.exec(wanted)).first() or ""


async def _written(session: AsyncSession, rows: list[Row]) -> None:
    new = bulk.inserted(session, Note).values(rows)
    changed = {"text": new.excluded.text, "until": new.excluded.until}
    await session.exec(new.on_conflict_do_update(index_elements=_COLUMNS, set_=changed))
