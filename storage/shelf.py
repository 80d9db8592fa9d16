"""What a reader was shown, keeps, and thinks of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import models
from bot.errors import UnknownPaper
from bot.models import Address
from bot.shelf import Feedback
from storage import bulk, readers
from storage.columns import Table
from storage.engine import Database
from storage.tables import Paper, Rated, Reader, Saved


class Unrelated(Table, table=True):
    """That a reader wants no related papers in digests."""

    __tablename__ = "unrelated"

    reader_id: int = Field(primary_key=True, foreign_key="reader.id")


class Versioned(Table, table=True):
    """That a reader hears of new versions of the papers they keep."""

    __tablename__ = "versioned"

    reader_id: int = Field(primary_key=True, foreign_key="reader.id")


class Shelf:
    """`bot.shelf.Shelf` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def show(self, reader: Address, papers: Sequence[int]) -> None:
        """Remember the list that was shown last, in its order."""
        async with self._database.writing() as session:
            owner = await readers.own(session, reader)
            await session.exec(update(Reader).where(col(Reader.id) == owner).values(shown=list(papers)))

    async def shown(self, reader: Address) -> Sequence[int]:
        """The list that was shown last."""
        async with self._database.reading() as session:
            return (await session.exec(select(Reader.shown).where(readers.at(reader)))).first() or []

    async def save(self, reader: Address, paper: int, *, at: datetime) -> bool:
        """Keep the paper. False when it was kept before. Raises UnknownPaper."""
        async with self._database.writing() as session:
            await _known(session, paper)
            owner = await readers.own(session, reader)
            kept = bulk.inserted(session, Saved).values(reader_id=owner, paper_id=paper, at=at)
            return (await session.exec(kept.on_conflict_do_nothing())).rowcount > 0

    async def unsave(self, reader: Address, paper: int) -> bool:
        """Give the paper up. False when it was not kept."""
        async with self._database.writing() as session:
            owner = await readers.own(session, reader)
            here = (col(Saved.reader_id) == owner, col(Saved.paper_id) == paper)
            return (await session.exec(delete(Saved).where(*here))).rowcount > 0

    async def saved(self, reader: Address) -> Sequence[int]:
        """The kept papers, newest first."""
        kept = select(Saved.paper_id).join(Reader).where(readers.at(reader)).order_by(col(Saved.id).desc())
        async with self._database.reading() as session:
            return (await session.exec(kept)).all()

    async def rate(self, reader: Address, paper: int, feedback: Feedback | None, *, at: datetime) -> None:
        """Remember what the reader thinks of the paper; None forgets it. Raises UnknownPaper."""
        async with self._database.writing() as session:
            await _known(session, paper)
            owner = await readers.own(session, reader)
            before = (col(Rated.reader_id) == owner, col(Rated.paper_id) == paper)
            await session.exec(delete(Rated).where(*before))
            if feedback:
                session.add(Rated(reader_id=owner, paper_id=paper, feedback=feedback, at=at))

    async def rated(self, reader: Address) -> Mapping[int, Feedback]:
        """What the reader thinks, by paper id, newest last."""
        thought = select(Rated.paper_id, Rated.feedback).join(Reader).where(readers.at(reader))
        async with self._database.reading() as session:
            rows = await session.exec(thought.order_by(col(Rated.id)))
            return {paper: cast("Feedback", feedback) for paper, feedback in rows}

    async def unrate(self, reader: Address) -> int:
        """Forget all of what the reader thinks of papers; says of how many."""
        async with self._database.writing() as session:
            owner = await readers.own(session, reader)
            return (await session.exec(delete(Rated).where(col(Rated.reader_id) == owner))).rowcount

    async def keepers(self, papers: Sequence[int]) -> Sequence[tuple[models.Reader, Sequence[int]]]:
        """Who keeps some of *papers* and wants to hear of their new versions, and which ones."""
        kept: dict[int, list[int]] = {}
        found: dict[int, models.Reader] = {}
        asked = select(Reader, Saved.paper_id).join(Versioned).join(Saved, col(Saved.reader_id) == Reader.id)
        async with self._database.reading() as session:
            for portion in bulk.portions(papers):
                wanted = asked.where(col(Saved.paper_id).in_(portion)).order_by(col(Reader.id), col(Saved.id))
                for row, paper in await session.exec(wanted):
                    found[row.id] = row.value()
                    kept.setdefault(row.id, []).append(paper)
        return [(reader, kept[id_]) for id_, reader in found.items()]

    async def wants_versions(self, reader: Address) -> bool:
        """Whether the reader hears of new versions of the papers they keep."""
        return await self._said(Versioned, reader)

    async def want_versions(self, reader: Address, *, wanted: bool) -> None:
        """Hear of new versions from now on, or no longer."""
        await self._say(Versioned, reader, so=wanted)

    async def wants_related(self, reader: Address) -> bool:
        """Whether the reader's digests show related papers."""
        return not await self._said(Unrelated, reader)

    async def want_related(self, reader: Address, *, wanted: bool) -> None:
        """Show related papers from now on, or no longer."""
        await self._say(Unrelated, reader, so=not wanted)

    async def _said(self, table: type[Unrelated | Versioned], reader: Address) -> bool:
        """Whether the reader said so."""
        there = select(table.reader_id).join(Reader).where(readers.at(reader))
        async with self._database.reading() as session:
            return (await session.exec(there)).first() is not None

    async def _say(self, table: type[Unrelated | Versioned], reader: Address, *, so: bool) -> None:
        """Remember whether the reader says so."""
        async with self._database.writing() as session:
            owner = await readers.own(session, reader)
            if so:
                yes = bulk.inserted(session, table).values(reader_id=owner)
                await session.exec(yes.on_conflict_do_nothing())
            else:
                await session.exec(delete(table).where(col(table.reader_id) == owner))


async def _known(session: AsyncSession, paper: int) -> None:
    if (await session.exec(select(Paper.id).where(Paper.id == paper))).first() is None:
        raise UnknownPaper(f"There is no paper with the number {paper}.")
