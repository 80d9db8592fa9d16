"""What admins did, allowed and denied."""

from collections.abc import Sequence

from sqlmodel import col, select, update

from bot import workspaces
from bot.workspaces import Step
from storage.engine import Database
from storage.places import Act


class Audit:
    """`bot.workspaces.Audit` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, act: workspaces.Act) -> int:
        """Write *act* down, and say its number."""
        async with self._database.writing() as session:
            row = Act(**Act.of(act))
            session.add(row)
            await session.flush()
            return row.id

    async def undoable(self, number: int, undo: Sequence[Step]) -> None:
        """Say what takes the act back. It can be said once."""
        steps = [[command, dict(arguments)] for command, arguments in undo]
        open_ = (col(Act.id) == number, col(Act.undo).is_(None))
        async with self._database.writing() as session:
            await session.exec(update(Act).where(*open_).values(undo=steps))

    async def acts(self, platform: str, workspace: str, limit: int) -> Sequence[workspaces.Act]:
        """The last *limit* acts of the workspace, newest first."""
        here = select(Act).where(Act.platform == platform, Act.workspace == workspace)
        async with self._database.reading() as session:
            rows = await session.exec(here.order_by(col(Act.id).desc()).limit(limit))
            return [row.value() for row in rows]

    async def act(self, platform: str, workspace: str, number: int) -> workspaces.Act | None:
        """This act of the workspace, if there is one."""
        here = select(Act).where(Act.platform == platform, Act.workspace == workspace, Act.id == number)
        async with self._database.reading() as session:
            row = (await session.exec(here)).first()
        return row.value() if row else None
