"""All state in SQL, behind the core's small interfaces: SQLite by default, PostgreSQL for several machines.

Rows, sessions and the names of columns never leave this package.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from bot.models import Now, usual
from storage import schema, scope
from storage.aliases import Aliases
from storage.audit import Audit
from storage.backup import backup, forget, restore
from storage.engine import Database, Usual
from storage.inboxes import Inboxes
from storage.installations import Installations
from storage.notes import Notes
from storage.outbox import Outbox
from storage.papers import Papers
from storage.people import People
from storage.schema import check, downgrade, upgrade
from storage.shelf import Shelf
from storage.sources import Sources
from storage.standing import Standing
from storage.tables import metadata
from storage.teams import TeamLists
from storage.workspaces import Workspaces

__all__ = [
    "SqlStorage",
    "backup",
    "check",
    "downgrade",
    "forget",
    "metadata",
    "open_storage",
    "restore",
    "upgrade",
]


class SqlStorage:
    """`bot.interfaces.Storage` in one database. Entering opens it, leaving closes it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.standing = Standing(database)
        self.people = People(database)
        self.papers = Papers(database)
        self.shelf = Shelf(database)
        self.aliases = Aliases(database)
        self.outbox = Outbox(database)
        self.sources = Sources(database)
        self.workspaces = Workspaces(database)
        self.audit = Audit(database)
        self.lists = TeamLists(database)
        self.inboxes = Inboxes(database)
        self.notes = Notes(database)

    def within(self, platform: str, *workspaces: str) -> AbstractContextManager[None]:
        """Whatever the task at hand asks is about these workspaces; PostgreSQL hides the rows of others meanwhile."""
        return scope.within(platform, *workspaces)

    def installations(self, keys: Sequence[bytes]) -> Installations:
        """Who installed the app, sealed with these keys, newest first."""
        return Installations(self._database, keys)

    async def __aenter__(self) -> Self:
        try:
            await schema.prepare(self._database)
        except BaseException:
            await self._database.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._database.close()


def open_storage(url: str, usual: Usual = usual, now: Now | None = None) -> SqlStorage:
    """The storage at *url*, to be entered: `sqlite:///path/to/file.db`, `sqlite://` in memory, `postgresql://…`.

    SQLite makes its file and brings it up to date by itself; a PostgreSQL has to be up to date. Digests come to
    new readers at the *usual* times, counted from when they came by the clock *now*; without one from when somebody
    plans.

    Raises:
        BadSettings: the address cannot be read; on entering, the database does not answer or cannot be used.
    """
    return SqlStorage(Database(url, usual, now))
