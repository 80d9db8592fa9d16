"""New versions of papers that landed before: events, told only to whoever asks for them."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Field, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import bulk
from storage.columns import Table, UtcDateTime
from storage.identity import Known


class PaperVersion(Table, table=True):
    """That a landing brought a version of a paper that had landed before."""

    __tablename__ = "paper_version"
    __table_args__ = ({"sqlite_with_rowid": False},)

    paper_id: int = Field(foreign_key="paper.id", primary_key=True)
    version: int = Field(primary_key=True)
    landing_id: int = Field(foreign_key="landing.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)


async def brought(session: AsyncSession, landing: int) -> dict[int, int]:
    """The new versions that came with that landing, by paper id."""
    here = select(PaperVersion.paper_id, PaperVersion.version).where(PaperVersion.landing_id == landing)
    return dict((await session.exec(here)).all())


async def write(session: AsyncSession, landing: int, papers: Iterable[Known], at: datetime) -> None:
    """Write down which of *papers*, that had landed before, have a newer version now."""
    newest = {known.paper.id: known.newer for known in papers if known.newer}
    rows = [
        {"paper_id": id_, "version": version, "landing_id": landing, "at": at}
        for id_, version in newest.items()
    ]
    await bulk.add(session, PaperVersion, rows)
