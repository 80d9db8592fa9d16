"""Back-up and restore: all rows in one file that either database takes, of this version or an earlier one.

The file is JSON Lines, packed with gzip: a head with the revision of the tables, for each table its columns and
its rows, and a foot with their number, so that a file that ends early is noticed.
"""

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TextIO

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BadSettings, Refused
from storage import schema
from storage.bulk import PORTION
from storage.columns import Row
from storage.engine import Database
from storage.restoration import Restoration

KIND: Final = "digestbot backup 1"
AHEAD: Final = 1_000_000
"""So many numbers are left out after a restore: those given since the backup still stand in buttons people have."""


async def backup(url: str, file: Path, now: datetime) -> int:
    """Write every row of the database at *url* to *file*, as they are at one moment; say how many.

    The bot may go on meanwhile. The file is its owner's alone, and there only when it is whole.

    Raises:
        BadSettings: the database does not answer or is not up to date, or the file cannot be written.
    """
    async with _opened(url) as (database, connection):
        head = {"kind": KIND, "revision": await connection.run_sync(schema.current), "at": now.isoformat()}
        await connection.rollback()
        if not database.is_sqlite:
            await connection.execution_options(isolation_level="REPEATABLE READ")
        async with connection.begin():
            return await _kept(connection, file, head)


async def restore(url: str, file: Path, now: datetime) -> int:
    """Fill the empty database at *url* from *file*, bring it up to date, and say how many rows there are.

    Nothing that was owed at the time of the backup, or falls due up to now, is posted without looking first
    whether it has been posted since: see `storage.restoration`.

    Raises:
        BadSettings: the database does not answer, or holds something.
        Refused: the file is no backup, is not whole, or comes from a newer version.
    """
    head = _head(file)
    async with _opened(url) as (database, connection):
        if await _holds_something(connection):
            raise BadSettings(
                "The database is not empty: restore into a new one, and then let the bot use that."
            )
        await connection.rollback()
        await schema.begin_at(database, str(head["revision"]))
        async with schema.loose(connection):
            await connection.execution_options(writing=True)
            async with connection.begin():
                rows = await _filled(connection, file)
                await _skip_numbers(connection)
                marked = await _marked(connection, head, now)
    await schema.upgrade(url)
    if not marked:  # the backup is older than the table of marks
        async with _opened(url) as (_, connection), connection.begin():
            await _marked(connection, head, now)
    return rows


async def forget(url: str, since: datetime, now: datetime) -> None:
    """Mark the database at *url* as one that has come back, and does not know what was posted since then.

    Raises:
        BadSettings: the database does not answer.
    """
    async with _opened(url) as (_, connection), connection.begin():
        await _marked(connection, {"at": since.isoformat()}, now)


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[tuple[Database, AsyncConnection]]:
    database = Database(url)
    try:
        async with database.connection() as connection:
            yield database, connection
    finally:
        await database.close()


async def _kept(connection: AsyncConnection, file: Path, head: Row) -> int:
    part = file.with_name(f"{file.name}.part")
    try:
        part.touch(0o600)
        with gzip.open(part, "wt", encoding="utf-8", compresslevel=5) as out:
            rows = await _written(connection, out, head)
        part.replace(file)
    except OSError as error:
        raise BadSettings(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return rows


async def _written(connection: AsyncConnection, out: TextIO, head: Row) -> int:
    count = 0
    _put(out, head)
    for table in await _tables(connection):
        _put(out, {"table": table.name, "columns": [column.name for column in table.columns]})
        found = await connection.stream(sa.select(table), execution_options={"yield_per": PORTION})
        async for row in found:
            _put(out, [_plain(value) for value in row])
            count += 1
    _put(out, {"rows": count})
    return count


async def _tables(connection: AsyncConnection) -> Sequence[sa.Table]:
    """The tables as they are there, in the order in which they can be filled."""
    metadata = sa.MetaData()
    await connection.run_sync(metadata.reflect)
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.JSON):
                column.type = sa.JSON(none_as_null=True)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


async def _holds_something(connection: AsyncConnection) -> bool:
    for table in await _tables(connection):
        if (await connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1))).first():
            return True
    return False


async def _filled(connection: AsyncConnection, file: Path) -> int:
    tables, count = {table.name: table for table in await _tables(connection)}, 0
    for name, rows in _portions(file):
        await connection.execute(sa.insert(tables[name]), [_fitting(tables[name], row) for row in rows])
        count += len(rows)
    return count


def _portions(file: Path) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each table, so many at a time. Raises Refused where there are fewer than the foot says."""
    table, columns, waiting, count = "", list[str](), list[Row](), 0
    for line in _lines(file):
        if isinstance(line, list):
            waiting.append(dict(zip(columns, map(_value, line), strict=True)))
        if waiting and (len(waiting) == PORTION or not isinstance(line, list)):
            yield table, waiting
            count, waiting = count + len(waiting), []
        match line:
            case {"table": table, "columns": columns}:
                pass
            case {"rows": rows} if rows == count:
                return
    raise Refused(f"{file} ends early: it is not whole")


async def _marked(connection: AsyncConnection, head: Row, now: datetime) -> bool:
    """Whether the database could be marked as restored."""
    if not await connection.run_sync(lambda plain: sa.inspect(plain).has_table(Restoration.__tablename__)):
        return False
    taken = datetime.fromisoformat(str(head["at"]))
    await connection.execute(sa.insert(Restoration), {"taken": taken, "restored": now})
    return True


async def _skip_numbers(connection: AsyncConnection) -> None:
    """Go on counting far ahead, so that no number that was given since the backup is given again."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = seq + ?", (AHEAD,))
        return
    for table in await _tables(connection):
        if "id" in table.columns and isinstance(table.columns["id"].type, sa.Integer):
            name = sa.func.pg_get_serial_sequence(table.name, "id")
            last = sa.select(sa.func.max(table.columns["id"]) + AHEAD).scalar_subquery()
            await connection.execute(sa.select(sa.func.setval(name, sa.func.coalesce(last, AHEAD))))


def _head(file: Path) -> Row:
    head = next(_lines(file), None)
    if not isinstance(head, dict) or head.get("kind") != KIND:
        raise Refused(f"{file} is no backup of this program")
    if head["revision"] not in schema.revisions():
        raise Refused(f"{file} comes from a newer version of the program: use that version, or a newer one")
    return head


def _lines(file: Path) -> Iterator[Any]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
    except FileNotFoundError:
        raise Refused(f"there is no file {file}") from None
    except (OSError, EOFError, ValueError) as error:  # not packed, cut off, or not what we write
        raise Refused(f"{file} is no backup, or not whole: {error}") from error


def _put(out: TextIO, line: object) -> None:
    out.write(f"{json.dumps(line, separators=(',', ':'))}\n")


def _plain(value: object) -> object:
    """*value* as JSON; what JSON does not have is told by a word in front."""
    match value:
        case datetime():
            return {"moment": (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()}
        case date():
            return {"day": value.isoformat()}
        case bytes():
            return {"bytes": b64encode(value).decode()}
        case dict() | list():
            return {"json": value}
    return value


def _value(plain: Any) -> Any:  # noqa: ANN401  # the values of all kinds of columns
    match plain:
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case {"bytes": text}:
            return b64decode(text)
        case {"json": value}:
            return value
    return plain


def _fitting(table: sa.Table, row: Row) -> Row:
    """*row* as the columns of this database take it: one kind keeps zones of moments, the other does not."""
    aware = {column.name for column in table.columns if getattr(column.type, "timezone", False)}
    return {
        name: value.replace(tzinfo=None) if isinstance(value, datetime) and name not in aware else value
        for name, value in row.items()
    }
