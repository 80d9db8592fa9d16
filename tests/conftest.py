"""Storage for tests: `storage` over every database, `sqlite_storage` a quick one in memory."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings

import storage as storages
from bot.interfaces import Storage
from storage.tables import metadata
from tests import canaries, databases

settings.register_profile("calm", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("calm")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--canaries", action="store_true", help="let no test give a secret away: see tests/canaries.py"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--canaries"):
        config.pluginmanager.register(canaries.Canaries(config), "canaries")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with databases.server() as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_tables(postgres_server: str) -> AsyncIterator[str]:
    async with databases.database(postgres_server) as url:
        await storages.upgrade(url)
        yield url


@pytest.fixture
async def postgres_url(postgres_tables: str) -> str:
    await databases.empty(postgres_tables, metadata.sorted_tables)
    return postgres_tables


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "digestbot.db"
    path.write_bytes(databases.tables())
    return path


@pytest.fixture(params=["sqlite-file", "sqlite-memory", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_tables: Path) -> str:
    match request.param:
        case "sqlite-file":
            return f"sqlite:///{shutil.copy(sqlite_tables, tmp_path)}"
        case "sqlite-memory":
            return "sqlite://"
        case _:
            return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
async def bare_url(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: str
) -> AsyncIterator[str]:
    """A new database with nothing in it, not even tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    async with databases.database(postgres_server) as fresh:
        yield fresh


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Storage]:
    """Every kind of database, empty. In the end no connection may be left in use."""
    async with databases.storage(database_url) as storage:
        yield storage
        assert "Current Checked out connections: 0" in storage._database.engine.pool.status()


@pytest.fixture
async def elsewhere(storage: Storage, database_url: str) -> AsyncIterator[Storage]:
    """The same database as another process has it; one in memory has no other."""
    if database_url == "sqlite://":
        yield storage
        return
    async with storages.open_storage(database_url) as other:
        yield other


@pytest.fixture
async def sqlite_storage() -> AsyncIterator[Storage]:
    """A quick one in memory."""
    async with databases.storage("sqlite://") as storage:
        yield storage
