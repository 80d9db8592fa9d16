import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations

from bot.errors import BadSettings
from bot.interfaces import Delivery, Pace
from storage import check, downgrade, open_storage, schema, upgrade
from tests import databases
from tests.fakes import ada, at
from tests.storage.vocabulary import follow, land


@pytest.fixture
def url(bare_url: str) -> str:
    return bare_url


async def tell(url: str, statement: str) -> None:
    async with schema._opened(url) as database, database.writing() as session:
        await (await session.connection()).exec_driver_sql(statement)


async def something(url: str) -> None:
    """Leave a row in every table that points to another."""
    async with open_storage(url) as storage:
        [term] = await follow(storage, "grokking")
        owed = [Delivery("one", ada, 0, at("09:00"))]
        landing = await land(storage, "Grokking", matches={term: [0]}, owed=owed)
        [paper] = await storage.papers.in_digest(landing.digest)
        await storage.shelf.save(ada, paper.id, at=at("09:00"))


async def assert_it_is_all_there(url: str) -> None:
    async with open_storage(url) as storage:
        assert await storage.papers.count(ada, at("00:00")) == {"grokking": 1}
        assert (
            len(await storage.outbox.claim(at("09:00"), timedelta(minutes=1), 5, {"fake": Pace()}, "me")) == 1
        )
        assert len(await storage.shelf.saved(ada)) == 1


async def test_the_tables_are_those_the_program_expects_up_down_and_up_again(url: str) -> None:
    await upgrade(url)
    await check(url)
    await something(url)
    await downgrade(url, "base")
    with pytest.raises(BadSettings, match="`digestbot db upgrade`"):
        await check(url)
    await upgrade(url)
    await check(url)
    await something(url)


async def test_bringing_up_to_date_what_is_so_keeps_everything(url: str) -> None:
    await upgrade(url)
    await something(url)
    await upgrade(url)
    await assert_it_is_all_there(url)


async def test_many_can_bring_it_up_to_date_at_once(url: str) -> None:
    await asyncio.gather(*(upgrade(url) for _ in range(4)))
    await check(url)


async def test_a_table_can_be_rebuilt_without_losing_what_points_to_it(url: str) -> None:
    await upgrade(url)
    await something(url)
    await moved(url, _rebuild)
    await assert_it_is_all_there(url)
    with pytest.raises(BadSettings, match="mood"):
        await check(url)


async def test_a_migration_that_fails_changes_nothing(url: str) -> None:
    await upgrade(url)
    await something(url)
    with pytest.raises(ZeroDivisionError):
        await moved(url, _break_off)
    await check(url)
    await assert_it_is_all_there(url)


async def test_a_migration_that_would_leave_loose_ends_on_sqlite_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'papers.db'}"
    await something(url)
    with pytest.raises(BadSettings, match="point to nothing"):
        await moved(url, _lose_the_readers)
    await assert_it_is_all_there(url)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DROP INDEX ix_delivery_lane_id_due", "ix_delivery_lane_id_due"),
        ("ALTER TABLE reader ADD COLUMN mood text", "mood"),
        ("CREATE TABLE mood (id integer)", "mood"),
        ("DROP TABLE saved", "saved"),
    ],
)
async def test_tables_that_somebody_changed_are_noticed(url: str, change: str, told: str) -> None:
    await upgrade(url)
    await tell(url, change)
    with pytest.raises(BadSettings, match=told):
        await check(url)


async def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    await upgrade(url)
    await tell(url, "UPDATE alembic_version SET version_num = '9999'")
    for meddle in (upgrade(url), downgrade(url, "base"), check(url), open_storage(url).__aenter__()):
        with pytest.raises(BadSettings, match=r"newer version .*9999"):
            await meddle


async def test_a_revision_that_does_not_exist_is_told(url: str) -> None:
    await upgrade(url)
    with pytest.raises(BadSettings, match="revision 0815"):
        await downgrade(url, "0815")
    await check(url)


async def test_an_older_sqlite_is_brought_up_to_date_by_opening_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'papers.db'}"
    await upgrade(url)
    await downgrade(url, "base")
    await something(url)
    await check(url)


async def test_many_can_open_a_new_sqlite_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'papers.db'}"

    async def know_ada() -> None:
        async with open_storage(url) as storage:
            await storage.people.reader(ada)

    await asyncio.gather(*(know_ada() for _ in range(6)))
    await check(url)


async def test_an_older_postgresql_is_not_opened_before_somebody_upgrades_it(postgres_server: str) -> None:
    async with databases.database(postgres_server) as url:
        with pytest.raises(BadSettings, match="`digestbot db upgrade`"):
            await something(url)
        await upgrade(url)
        await something(url)


async def moved(url: str, move: Callable[[Config, str], None]) -> None:
    async with schema._opened(url) as database:
        await schema._migrate(database, move, "head")


def _rebuild(config: Config, _revision: str) -> None:
    operations = Operations(MigrationContext.configure(config.attributes["connection"]))
    with operations.batch_alter_table("reader", recreate="auto") as reader:
        reader.alter_column("zone", existing_type=sa.Text, nullable=True)
        reader.add_column(sa.Column("mood", sa.Text))


def _break_off(config: Config, revision: str) -> None:
    _rebuild(config, revision)
    raise ZeroDivisionError


def _lose_the_readers(config: Config, _revision: str) -> None:
    config.attributes["connection"].exec_driver_sql("DELETE FROM reader")
