import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import BadSettings
from storage import connections, open_storage, upgrade
from storage.engine import Database, located
from tests.fakes import ada


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:///papers.db", "sqlite+aiosqlite:///papers.db"),
        ("sqlite:////var/lib/papers.db", "sqlite+aiosqlite:////var/lib/papers.db"),
        ("postgresql://me:secret@host/db", "postgresql+asyncpg://me:secret@host/db"),
        ("postgresql+psycopg://host/db", "postgresql+asyncpg://host/db"),
        ("postgresql://host/db?sslmode=require", "postgresql+asyncpg://host/db?ssl=require"),
    ],
)
def test_an_address_is_reached_by_our_driver(url: str, place: str) -> None:
    assert located(url).render_as_string(hide_password=False) == place


@pytest.mark.parametrize("url", ["", "papers.db", "mysql://host/db", "postgresql://host:port/db", "://"])
def test_an_address_that_cannot_be_read_is_refused_with_the_cure(url: str) -> None:
    with pytest.raises(BadSettings, match=r"write sqlite:///path/to/file\.db"):
        open_storage(url)


@pytest.mark.parametrize("url", ["sqlite://", ":memory:", "sqlite:///:memory:"])
async def test_databases_in_memory_are_strangers(url: str) -> None:
    async with open_storage(url) as one, open_storage(url) as other:
        await one.people.reader(ada)
        assert await other.people.readers() == []


async def test_every_connection_to_sqlite_keeps_what_was_committed_and_its_keys(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'papers.db'}")
    asked = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    async with database.connection() as one, database.connection() as other:
        for connection in (one, other):
            found = {name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in asked}
            assert found == asked
    await database.close()


async def test_the_folder_of_a_database_is_made(tmp_path: Path) -> None:
    async with open_storage(f"sqlite:///{tmp_path / 'new' / 'folder' / 'papers.db'}") as storage:
        await storage.people.reader(ada)
    assert (tmp_path / "new" / "folder" / "papers.db").exists()


async def test_what_was_written_is_there_after_closing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'papers.db'}"
    for there in (False, True):
        async with open_storage(url) as storage:
            assert bool(await storage.people.readers()) == there
            await storage.people.reader(ada)


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "papers.db").write_text("Not a database at all, but long enough to be looked into. " * 20)
    with pytest.raises(BadSettings, match=r"papers\.db does not open: file is not a database"):
        async with open_storage(f"sqlite:///{tmp_path / 'papers.db'}"):
            pass


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSettings, match="does not open"):
        async with open_storage(f"sqlite:///{tmp_path / 'file' / 'papers.db'}"):
            pass


@pytest.mark.parametrize("odd", ["", "?host=/nowhere", "?connect_timeout=soon", "?unheard=of"])
async def test_a_server_that_does_not_answer_is_told_without_the_password(odd: str) -> None:
    with pytest.raises(BadSettings, match="does not open") as told:
        async with open_storage(f"postgresql://me:secret@127.0.0.1:1/papers{odd}"):
            pass
    assert "secret" not in str(told.value)


async def test_a_database_the_server_does_not_have_is_told(postgres_server: str) -> None:
    with pytest.raises(BadSettings, match='database "nowhere" does not exist'):
        async with open_storage(postgres_server.replace("/postgres?", "/nowhere?")):
            pass


async def test_many_can_connect_to_a_new_file_at_once(tmp_path: Path) -> None:
    async def connected(path: Path) -> None:
        async with opened(f"sqlite:///{path}") as database, database.connection() as connection:
            assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar() == "wal"

    for number in range(20):
        await asyncio.gather(*(connected(tmp_path / f"{number}.db") for _ in range(8)))


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def test_a_query_that_is_cancelled_has_answered_before_its_database_is_closed(tmp_path: Path) -> None:
    counting = sa.text(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 300000) SELECT max(x) FROM n"
    )

    async def cancelled() -> None:
        database = Database(f"sqlite:///{tmp_path / 'papers.db'}")
        async with database.connection() as connection:
            count = asyncio.ensure_future(connection.execute(counting))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(count, 0.001)
        await database.close()

    before = set(threading.enumerate())
    asyncio.run(cancelled())
    assert set(threading.enumerate()) <= before


async def test_a_new_file_is_its_owners_alone_and_another_stays_as_it_is(tmp_path: Path) -> None:
    new, old = tmp_path / "new.db", tmp_path / "old.db"
    old.touch(mode=0o640)
    for file in (new, old):
        await upgrade(f"sqlite:///{file}")
    assert [file.stat().st_mode & 0o777 for file in (new, old)] == [0o600, 0o640]


async def test_a_connection_that_is_thrown_away_at_work_keeps_nobody_from_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PRAGMAS", ("busy_timeout = 100", *connections.PRAGMAS[1:]))
    database = Database(f"sqlite:///{tmp_path / 'papers.db'}")
    async with database.connection() as connection:
        writing = await connection.execution_options(writing=True)
        held = await writing.stream(sa.text("VALUES (1), (2)"))
        await held.fetchone()  # a statement that is not through yet
        await writing.invalidate()
        async with database.writing() as session:
            await session.exec(sa.text("CREATE TABLE kept (id INTEGER)"))  # type: ignore[call-overload]  # text
        assert held
    await database.close()
