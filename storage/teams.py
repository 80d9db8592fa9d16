"""What people of a workspace share with each other."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, delete, func, select

from bot import workspaces
from bot.models import Address
from storage import bulk, purge, readers, scope
from storage.engine import Database
from storage.places import TeamList
from storage.tables import Interest, Reader, Term, metadata


class TeamLists:
    """`bot.workspaces.TeamLists` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def share(self, shared: workspaces.TeamList, *, at: datetime) -> None:
        """Offer the list, in the place of one of the same name."""
        row = {name: getattr(shared, name) for name in ("platform", "workspace", "name", "person")}
        row |= {"terms": list(shared.terms), "at": at}
        async with self._database.writing() as session:
            kept = bulk.inserted(session, TeamList).values(row)
            place = ["platform", "workspace", "name"]
            await session.exec(kept.on_conflict_do_update(index_elements=place, set_=row))

    async def unshare(self, platform: str, workspace: str, name: str) -> workspaces.TeamList | None:
        """Take the list back; None when there was none."""
        here = _here(platform, workspace) & (col(TeamList.name) == name)
        async with self._database.writing() as session:
            row = (await session.exec(select(TeamList).where(here))).first()
            await session.exec(delete(TeamList).where(here))
        return row.value() if row else None

    async def lists(self, platform: str, workspace: str) -> Sequence[workspaces.TeamList]:
        """The lists of the workspace, by name."""
        wanted = select(TeamList).where(_here(platform, workspace)).order_by(col(TeamList.name))
        async with self._database.reading() as session:
            return [row.value() for row in await session.exec(wanted)]

    async def shared(self, person: Address) -> Sequence[workspaces.TeamList]:
        """All that this person shares; of somebody who belongs to no workspace, wherever they do."""
        theirs = purge.theirs(metadata.tables[TeamList.__tablename__], person)
        with scope.everywhere():
            async with self._database.reading() as session:
                return [row.value() for row in await session.exec(select(TeamList).where(theirs))]

    async def popular(
        self, asker: Address, workspace: str, least: int, limit: int
    ) -> Sequence[tuple[str, int]]:
        """Terms that at least *least* readers of this workspace follow and the asker does not, most first."""
        if not workspace:
            return []
        followers = func.count()
        mine = select(Interest.term_id).join(Reader).where(readers.at(asker))
        there = (
            select(Term.normal, followers)
            .join(Interest, col(Interest.term_id) == col(Term.id))
            .join(Reader, col(Reader.id) == col(Interest.reader_id))
            .where(
                col(Reader.platform) == asker.platform,
                col(Reader.workspace) == workspace,
                col(Interest.term_id).not_in(mine),
            )
            .group_by(col(Term.id), col(Term.normal))
            .having(followers >= least)
        )
        async with self._database.reading() as session:
            rows = await session.exec(there.order_by(followers.desc(), col(Term.normal)).limit(limit))
            return [(normal, count) for normal, count in rows]


def _here(platform: str, workspace: str) -> sa.ColumnElement[bool]:
    return (col(TeamList.platform) == platform) & (col(TeamList.workspace) == workspace)
