"""How each connection to the database is set, and given up."""

import asyncio
import socket
import sqlite3
import time
from threading import Thread
from typing import Final
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.util import await_only

PRAGMAS: Final = (
    "busy_timeout = 30000",  # milliseconds another process may write; first, for the others may have to wait
    "journal_mode = WAL",  # who reads does not wait for who writes
    "synchronous = FULL",  # what is committed outlives a loss of power
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten
)

SILENCE: Final = {  # of a network: PostgreSQL is given up after ten seconds, not after the quarter of an hour of TCP
    "SO_KEEPALIVE": (socket.SOL_SOCKET, 1),
    "TCP_KEEPIDLE": (socket.IPPROTO_TCP, 4),
    "TCP_KEEPINTVL": (socket.IPPROTO_TCP, 2),
    "TCP_KEEPCNT": (socket.IPPROTO_TCP, 3),
    "TCP_USER_TIMEOUT": (socket.IPPROTO_TCP, 10_000),
}

TRIED: Final = 30.0  # seconds for which what is refused without a wait is asked again
TRIED_AGAIN: Final = 0.01  # seconds between tries


def notice_silence(connection: DBAPIConnection, _record: object) -> None:
    """Let TCP to PostgreSQL find out soon that nobody is there."""
    line = connection.driver_connection._transport.get_extra_info("socket")  # noqa: SLF001  # asyncpg shows no other
    if line.family in {socket.AF_INET, socket.AF_INET6}:
        for name, (level, value) in SILENCE.items():
            if option := getattr(socket, name, 0):  # not every system has each
                line.setsockopt(level, option, value)


def prepare(workers: WeakSet[Thread], connection: DBAPIConnection, _record: object) -> None:
    """Set a connection to SQLite, and count its thread among *workers*."""
    workers.add(connection.driver_connection._thread)  # noqa: SLF001  # aiosqlite offers no other way to join it
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        _set(cursor, pragma)
    cursor.close()


def roll_back(connection: DBAPIConnection, *_: object) -> None:
    """End the transaction of a connection that is thrown away: closed, it would last as long as a cursor does."""
    driver = connection.driver_connection
    driver._tx.put_nowait((None, driver._conn.rollback))  # noqa: SLF001  # in its thread, and nobody waits for it


def _set(cursor: DBAPICursor, pragma: str) -> None:
    """Where several open a new file at once, whoever asks for the log is refused without a wait: ask again."""
    end = time.monotonic() + TRIED
    while True:
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as refused:
            if "locked" not in str(refused) or time.monotonic() > end:
                raise
        else:
            return
        await_only(asyncio.sleep(TRIED_AGAIN))


def begin(connection: sa.Connection) -> None:
    """Begin a transaction of SQLite, to write in where that is said."""
    # Who reads first and writes later could find that somebody else wrote in between.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
