"""What workspaces call things, and what papers say that a short form stands for."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Field, col, delete, func, or_, select

from bot.models import Address
from bot.spellings import Defined
from storage import bulk
from storage.columns import Key, Table, Text, numbered
from storage.engine import Database

MOST_DEFINED = 50  # definitions of one question: far more than anybody reads


class Alias(Table, table=True):
    """That two spellings are alike in a workspace."""

    __tablename__ = "alias"
    __table_args__ = numbered(sa.UniqueConstraint("platform", "workspace", "one", "other"))

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    one: str = Field(sa_type=Key)
    other: str = Field(sa_type=Key)


class Definition(Table, table=True):
    """How many new papers of a landing say that *short* stands for *long*."""

    __tablename__ = "definition"
    __table_args__ = (sa.Index(None, "short"), sa.Index(None, "long"), {"sqlite_with_rowid": False})

    landing_id: int = Field(foreign_key="landing.id", primary_key=True)
    short: str = Field(sa_type=Key, primary_key=True)
    long: str = Field(sa_type=Key, primary_key=True)
    papers: int


class Aliases:
    """`bot.spellings.Aliases` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pairs(self, place: Address) -> Sequence[tuple[str, str]]:
        """The pairs of spellings that are alike in the workspace; oldest first."""
        wanted = select(Alias.one, Alias.other).where(*_there(place)).order_by(col(Alias.id))
        async with self._database.reading() as session:
            return [(one, other) for one, other in await session.exec(wanted)]

    async def add(self, place: Address, one: str, other: str) -> bool:
        """Let the two spellings be alike in the workspace. False when they were, in either order."""
        row = {"platform": place.platform, "workspace": place.workspace, "one": one, "other": other}
        reverse = select(Alias.id).where(*_there(place), Alias.one == other, Alias.other == one)
        async with self._database.writing() as session:
            if (await session.exec(reverse)).first() is not None:
                return False
            kept = bulk.inserted(session, Alias).values(row).on_conflict_do_nothing()
            return (await session.exec(kept)).rowcount > 0

    async def remove(self, place: Address, one: str, other: str) -> bool:
        """Let them be alike no longer. False when they were not."""
        either = or_(
            sa.and_(col(Alias.one) == one, col(Alias.other) == other),
            sa.and_(col(Alias.one) == other, col(Alias.other) == one),
        )
        async with self._database.writing() as session:
            return (await session.exec(delete(Alias).where(*_there(place), either))).rowcount > 0

    async def learn(self, landing: int, defined: Sequence[Defined]) -> None:
        """Write what the new papers of a landing define. Learning from it twice changes nothing."""
        rows = [
            {"landing_id": landing, "short": one.short, "long": one.long, "papers": one.papers}
            for one in defined
        ]
        async with self._database.writing() as session:
            await bulk.add(session, Definition, rows)

    async def learnt(self) -> int:
        """The last landing that was learnt from; 0 before the first."""
        async with self._database.reading() as session:
            return (await session.exec(select(func.max(Definition.landing_id)))).one() or 0

    async def defined(self, spellings: Sequence[str]) -> Sequence[Defined]:
        """Definitions in which one of *spellings* is either side; most papers first."""
        papers = func.sum(Definition.papers)
        long = [spelling.lower() for spelling in spellings]
        wanted = (
            select(Definition.short, Definition.long, papers)
            .where(or_(col(Definition.short).in_(spellings), col(Definition.long).in_(long)))
            .group_by(Definition.short, Definition.long)
            .order_by(papers.desc(), col(Definition.short), col(Definition.long))
            .limit(MOST_DEFINED)
        )
        async with self._database.reading() as session:
            return [Defined(short, long, int(papers)) for short, long, papers in await session.exec(wanted)]


def _there(place: Address) -> tuple[sa.ColumnElement[bool], ...]:
    return (col(Alias.platform) == place.platform, col(Alias.workspace) == place.workspace)
