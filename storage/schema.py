"""The shape of the tables: brought up to date, taken back, and compared with what the program expects.

Alembic is loaded when tables are to be changed or compared: with what it loads itself it weighs eight megabytes,
and a database that is up to date has no use for it.
"""

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BadSettings
from storage.engine import Database
from storage.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

Move = Callable[["Config", str], None]
"""What takes tables to a revision."""

MIGRATIONS: Final = Path(__file__).with_name("migrations")
MIGRATING: Final = 6021  # the advisory lock of whoever migrates on PostgreSQL

_VERSION: Final = sa.table("alembic_version", sa.column("version_num", sa.String))  # Alembic's own
_BEHIND: Final = "The database is behind this version of the program: run `digestbot db upgrade`."
_AHEAD: Final = (
    "The database was written by a newer version of the program (revision {}): "
    "run that version, or restore a backup from before."
)


async def upgrade(url: str) -> None:
    """Bring the tables at *url* up to date. Where several try at once, one does it and the others find it done.

    Raises:
        BadSettings: the database does not answer, or is ahead of this version.
    """
    async with _opened(url) as database:
        await _migrate(database, _up, "head")


async def downgrade(url: str, revision: str) -> None:
    """Take the tables at *url* back to *revision*; "base" is nothing at all.

    Raises:
        BadSettings: the database does not answer, or there is no such revision before its own.
    """
    async with _opened(url) as database:
        await _migrate(database, _down, revision)


async def check(url: str) -> None:
    """See that the tables at *url* are those this version expects. Raises BadSettings: what differs."""
    async with _opened(url) as database, database.connection() as connection:
        if await connection.run_sync(_behind):
            raise BadSettings(_BEHIND)
        differences = await connection.run_sync(_differences)
    if differences:
        raise BadSettings(f"The database is not as this version left it: {'; '.join(differences)}.")


async def prepare(database: Database) -> None:
    """See that *database* can be used: SQLite is brought up to date here, PostgreSQL has to be by now.

    Raises:
        BadSettings: it does not answer, is behind, or is ahead of this version.
    """
    async with database.connection() as connection:
        behind = await connection.run_sync(_behind)
    if behind and not database.is_sqlite:
        raise BadSettings(_BEHIND)
    if behind:
        await _migrate(database, _up, "head")


async def begin_at(database: Database, revision: str) -> None:
    """Give *database*, which has no rows, the tables of *revision*, whatever tables it has now."""
    await _migrate(database, _down, "base")
    await _migrate(database, _up, revision)


def current(connection: sa.Connection) -> str:
    """The revision of the tables there. Raises BadSettings when there are none, or newer ones."""
    _behind(connection)
    here = _here(connection)
    if here is None:
        raise BadSettings("The database has no tables yet.")
    return here


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


async def _migrate(database: Database, move: Move, revision: str) -> None:
    """Move the tables in one transaction, alone."""
    async with database.connection() as connection, loose(connection):
        await connection.execution_options(writing=True)
        async with connection.begin():
            if not database.is_sqlite:
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
            await connection.run_sync(_moved, move, revision)
            if database.is_sqlite and (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all():
                raise BadSettings(
                    "The migration would leave rows that point to nothing; nothing was changed."
                )


@asynccontextmanager
async def loose(connection: AsyncConnection) -> AsyncIterator[None]:
    """Without foreign keys on SQLite: to change a table it is rebuilt, and its rows' dependants would go with it."""

    def enforce(plain: sa.Connection, state: str) -> None:
        if plain.dialect.name == "sqlite":
            cursor = plain.connection.cursor()  # not by SQLAlchemy, which would begin a transaction
            cursor.execute(f"PRAGMA foreign_keys = {state}")
            cursor.close()

    await connection.run_sync(enforce, "OFF")
    try:
        yield
    finally:
        await connection.run_sync(enforce, "ON")


def _moved(connection: sa.Connection, move: Move, revision: str) -> None:
    from alembic.util import CommandError  # noqa: PLC0415  # see the module's docstring

    _behind(connection)
    try:
        move(_config(connection), revision)
    except CommandError as error:
        raise BadSettings(f"The database cannot be taken to revision {revision}: {error}.") from error


def _up(config: "Config", revision: str) -> None:
    from alembic import command  # noqa: PLC0415  # see the module's docstring

    command.upgrade(config, revision)


def _down(config: "Config", revision: str) -> None:
    from alembic import command  # noqa: PLC0415  # see the module's docstring

    command.downgrade(config, revision)


def _config(connection: sa.Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415  # see the module's docstring

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _behind(connection: sa.Connection) -> bool:
    """Whether migrations are missing. Raises BadSettings when there are some that nobody here knows."""
    here = _here(connection)
    if here not in (None, *revisions()):
        raise BadSettings(_AHEAD.format(here))
    return here != revisions()[0]


def _here(connection: sa.Connection) -> str | None:
    """The revision of the tables there; None where there are none."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(sa.select(_VERSION.c.version_num))


@functools.cache
def revisions() -> tuple[str, ...]:
    """Every revision of the tables, newest first: the files of the migrations are named by them."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return tuple(sorted((file.name.partition("_")[0] for file in files), reverse=True))


def _differences(connection: sa.Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415  # see the module's docstring
    from alembic.migration import MigrationContext  # noqa: PLC0415  # likewise

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [_said(difference) for difference in compare_metadata(context, metadata)]


def _said(difference: Any) -> str:  # noqa: ANN401  # Alembic gives tuples of many shapes, and lists of them
    """A difference in short: what would have to be done, and to what."""
    if isinstance(difference, list):
        return ", ".join(map(_said, difference))
    what, *where = difference
    names = (getattr(part, "name", part) for part in where)
    return " ".join([what, *(name for name in names if isinstance(name, str))])
