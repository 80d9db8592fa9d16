"""The way to the database: where it is, and transactions to read and to write in."""

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import BadSettings
from bot.models import Address, Now, usual
from bot.schedules import Schedule
from storage import connections, scope

Usual = Callable[[Address], Schedule]

DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

PATIENCE: Final = {"timeout": 10, "command_timeout": 300}
"""Seconds PostgreSQL may take to be reached, and to answer."""

OWNERS: Final = 0o600
"""A new file is its owner's alone: what people read about is nobody else's business."""

CONNECTIONS: Final = 5
"""To a SQLite file. Whoever finds none free waits: they share the processor anyway."""

_MEMORY: Final = {"vfs": "memdb", "uri": "true"}  # several connections to one database in memory
_numbers = itertools.count(1)


class Database:
    """A pool of connections to one database.

    SQLite lets one write at a time. Inside this process they queue here, in order and without polling.
    """

    def __init__(self, url: str, usual: Usual = usual, now: Now | None = None) -> None:
        self.url, self._known = located(url), {"usual": usual, "now": now}
        # A database in memory ends with its last connection, and one that is cancelled at work is thrown away.
        self._last = _memory(self.url) if _is_in_memory(self.url) else None
        self._workers: WeakSet[Thread] = WeakSet()
        self.engine = _engine(self.url, self._workers)
        self._writer = self.engine.execution_options(writing=True)
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is the embedded one."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            await scope.bind(session)
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may write: all of it holds, or nothing when it is left by an exception."""
        writer = AsyncSession(self._writer, expire_on_commit=False, info=self._known)
        async with self._turn, writer as session, session.begin():
            await scope.bind(session)
            yield session

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection that has begun nothing yet. Raises BadSettings when the database does not answer."""
        async with AsyncExitStack() as opened:
            with _opening(self.url):
                connection = await opened.enter_async_context(self.engine.connect())
            yield connection

    async def emptied(self) -> bool:
        """Whether the write-ahead log of a SQLite file could be written back and emptied; nobody may be reading."""
        if not self.is_sqlite or _is_in_memory(self.url):
            return True
        async with self.connection() as connection:
            return await connection.run_sync(_truncated)

    async def close(self) -> None:
        """Give every connection back, and wait for what those thrown away at work still have to answer."""
        await self.engine.dispose()
        for worker in tuple(self._workers):
            await asyncio.to_thread(worker.join)
        if self._last:
            self._last.close()


async def alone(session: AsyncSession, lock: int) -> None:
    """Wait until nobody else holds *lock*, and hold it to the end of the transaction; who writes on SQLite does."""
    if session.get_bind().dialect.name == "postgresql":
        await session.exec(select(func.pg_advisory_xact_lock(lock)))


async def first(session: AsyncSession, lock: int) -> bool:
    """Whether nobody else holds *lock*: then hold it to the end of the transaction; who writes on SQLite does."""
    if session.get_bind().dialect.name == "postgresql":
        return bool((await session.exec(select(func.pg_try_advisory_xact_lock(lock)))).one())
    return True


def located(url: str) -> sa.URL:
    """The database at *url*, by the driver we use. Raises BadSettings."""
    try:
        place = sa.make_url("sqlite://" if url == ":memory:" else url)
        place = place.set(drivername=DRIVERS[place.get_backend_name()])
    except (ArgumentError, KeyError, ValueError):
        raise BadSettings(
            "The database address cannot be read: write sqlite:///path/to/file.db "
            "or postgresql://user:password@host/database"
        ) from None
    if place.get_backend_name() == "sqlite" and place.database in {None, "", ":memory:"}:
        return place.set(database=f"file:/digestbot-{next(_numbers)}", query=_MEMORY)
    options = dict(place.query)
    if "sslmode" in options:  # what other drivers call it
        options["ssl"] = options.pop("sslmode")
    return place.set(query=options)


def _engine(url: sa.URL, workers: WeakSet[Thread]) -> AsyncEngine:
    if url.get_backend_name() == "postgresql":
        far = create_async_engine(url, pool_pre_ping=True, connect_args=PATIENCE)
        sa.event.listen(far.sync_engine, "connect", connections.notice_silence)
        return far
    options: dict[str, Any] = {"isolation_level": None}  # the driver would begin only at the first write
    engine = create_async_engine(
        url,
        connect_args=options,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1 if _is_in_memory(url) else CONNECTIONS,  # in memory reading waits for writing
        max_overflow=0,  # each one more would start a thread, read the schema anew, and be closed when given back
    )
    sa.event.listen(engine.sync_engine, "connect", partial(connections.prepare, workers))
    sa.event.listen(engine.sync_engine, "begin", connections.begin)
    sa.event.listen(engine.sync_engine, "invalidate", connections.roll_back)
    return engine


def _is_in_memory(url: sa.URL) -> bool:
    return url.query == _MEMORY


def _memory(url: sa.URL) -> sqlite3.Connection:
    return sqlite3.connect(f"{url.database}?vfs={_MEMORY['vfs']}", uri=True, check_same_thread=False)


def _truncated(connection: sa.Connection) -> bool:
    cursor = connection.connection.cursor()  # not by SQLAlchemy, which would begin a transaction
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    answers = cursor.fetchall()  # whether somebody was in the way, and two counts
    cursor.close()
    return [busy for busy, *_ in answers] == [0]


@contextmanager
def _opening(url: sa.URL) -> Iterator[None]:
    """Turn what goes wrong on the way into one sentence."""
    try:
        if url.get_backend_name() == "sqlite" and not _is_in_memory(url):
            file = Path(str(url.database))
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists() and not file.name.startswith("file:"):
                file.touch(mode=OWNERS)  # what SQLite puts beside it is as open as it is itself
        yield
    except (DBAPIError, OSError, TypeError, ValueError) as error:  # the last two: odd options in the address
        reason = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
        place = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
        raise BadSettings(f"The database {place} does not open: {reason}") from error
