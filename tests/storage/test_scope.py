"""PostgreSQL keeps workspaces apart by itself, should a query ever forget to."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot.messages import Message
from bot.models import Address, Invocation, Value
from bot.schedules import INSTANTLY
from storage import SqlStorage, open_storage, purge
from tests.fakes import text_of
from tests.lab import Lab
from tests.tenants.histories import CARELESS, Histories, forget_scope

ROLE = "digestbot_test_app"
here, there = (Address("fake", name, "ada") for name in ("here", "there"))


@pytest.fixture
async def storage(postgres_url: str) -> AsyncIterator[SqlStorage]:
    """A storage whose user is none that every wall lets through, as a superuser is."""
    url = sa.make_url(postgres_url)
    engine = create_async_engine(url.set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        known = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role")
        if not (await connection.execute(known, {"role": ROLE})).first():
            await connection.execute(sa.text(f"CREATE ROLE {ROLE} LOGIN"))
        for what in ("ALL TABLES", "ALL SEQUENCES"):
            await connection.execute(sa.text(f"GRANT ALL ON {what} IN SCHEMA public TO {ROLE}"))
    await engine.dispose()
    app = url.set(username=ROLE, password=None).render_as_string(hide_password=False)
    async with open_storage(app, lambda _: INSTANTLY) as opened:
        yield opened


async def told(lab: Lab, user: Address, command: str, **given: Value) -> Message:
    return await lab.dispatch(Invocation(command, user, user, given, admin=True))


async def test_whoever_is_bound_to_a_workspace_sees_no_row_of_another(storage: SqlStorage) -> None:
    lab = Lab(storage)
    for one in (here, there):
        await told(lab, one, "admin channel add", channel="#papers")
        await told(lab, one, "admin alias add", one="PINN", other=f"{one.workspace} network")
        await told(lab, one, "admin source add", address="cs.LG")
        await told(lab, one, "share", name=one.workspace, term="grokking")
    with storage.within("fake", "here"):
        async with storage._database.reading() as session:  # below every query of ours
            for table in [*purge.placed(), purge.READER]:
                seen = (await (await session.connection()).execute(sa.select(table.c.workspace))).scalars()
                assert {*seen} <= {"here", ""}, table.name
    async with storage._database.reading() as session:  # likewise
        rows = await (await session.connection()).execute(sa.select(purge.READER.c.workspace))
        assert {*rows.scalars()} == {"here", "there"}, "who works for all is not bound"


async def test_whoever_is_bound_to_a_workspace_writes_no_row_of_another(storage: SqlStorage) -> None:
    with storage.within("fake", "here"), pytest.raises(sa.exc.DBAPIError, match="row-level security"):
        await storage.people.reader(there)
    await storage.people.reader(there)


@pytest.mark.slow
@pytest.mark.parametrize("name", CARELESS)
async def test_the_wall_holds_where_a_query_forgets_to_ask_for_one_workspace(
    storage: SqlStorage, name: str
) -> None:
    forget_scope(storage, name)
    histories = Histories(storage, seed=8)
    for _ in range(25):
        await histories.play()
    assert histories.verdict.crossings == []


async def test_every_table_of_a_workspace_is_behind_the_wall(storage: SqlStorage) -> None:
    async with storage._database.reading() as session:  # the catalogue is nobody's query
        asked = sa.text("SELECT tablename FROM pg_policies WHERE policyname = 'apart'")
        walled = {*(await (await session.connection()).execute(asked)).scalars()}
    assert walled == {table.name for table in [*purge.placed(), purge.READER]}


async def test_people_of_no_workspace_are_forgotten_in_all_of_them(storage: SqlStorage) -> None:
    lab, guest = Lab(storage), Address("fake", "", "guest")
    for server in ("here", "there"):
        place = Address("fake", server, "general", "channel")
        await lab.dispatch(Invocation("share", guest, place, {"name": "mine", "term": "grokking"}))
    gone = await lab.dispatch(Invocation("forget-me", guest, place, {"sure": True}))
    assert "You are forgotten" in text_of(gone)
    assert [await storage.lists.lists("fake", server) for server in ("here", "there")] == [[], []]
