"""A database of any earlier version keeps every row when it is brought up to date, however full it is."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from storage import check, schema, upgrade

EARLIER = sorted(schema.revisions())[:-1]
FEW, MANY = 200, 100_000  # rows of all tables together
MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
CHANGED = {
    "reader.told": "what had landed when schedules came is told",
    "delivery.due": "since there is an outbox, what is done with has no due",
    "delivery.state": "what was owed is planned",
    "delivery.slot": "filled in with the outbox",
}
"""Columns that a later version fills or changes on purpose."""

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def url(bare_url: str) -> str:
    return bare_url


def a_value(column: sa.Column[Any], number: int) -> Any:
    """Something that such a column may hold, different for each row where that is possible."""
    kind = column.type
    if column.foreign_keys or (column.primary_key and isinstance(kind, sa.Integer)):
        return number
    if isinstance(kind, sa.Boolean):
        return number % 2 == 0
    if isinstance(kind, sa.Integer | sa.Numeric):
        return number
    if isinstance(kind, sa.DateTime):
        return MOMENT
    if isinstance(kind, sa.Date):
        return date(2026, 11, 20)
    if isinstance(kind, sa.JSON):
        return {"row": number}
    if isinstance(kind, sa.LargeBinary):
        return number.to_bytes(8)
    return f"{column.name} {number}"


def filled(connection: sa.Connection, rows: int) -> None:
    """As many rows in every table as make *rows* together."""
    tables = reflected(connection)
    each = rows // len(tables)
    for table in tables:
        values = [
            {column.name: a_value(column, number) for column in table.columns}
            for number in range(1, each + 1)
        ]
        connection.execute(table.insert(), values)


def reflected(connection: sa.Connection) -> list[sa.Table]:
    """The tables there, those first that others point to."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def held(connection: sa.Connection) -> Rows:
    """Every row of every table."""
    return {
        table.name: [
            dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()
        ]
        for table in reflected(connection)
    }


def lost(before: Rows, after: Rows) -> list[str]:
    """What was there and is not any more, or is another."""
    wrong = []
    for table, rows in before.items():
        now = after.get(table, [])
        if len(now) < len(rows):
            wrong.append(f"{table}: {len(rows)} rows became {len(now)}")
        for old, new in zip(rows, now, strict=False):
            wrong += [
                f"{table}.{name}: {old[name]!r} became {new[name]!r}"
                for name in old.keys() & new.keys()
                if plain(old[name]) != plain(new[name]) and f"{table}.{name}" not in CHANGED
            ][:1]
    return wrong[:10]


def plain(value: Any) -> str:
    """A value as both databases, and older and newer columns, can be compared."""
    if isinstance(value, str) and value[:1] in "{[":
        value = json.loads(value)
    return json.dumps(value, default=str, sort_keys=True)


async def upgraded(url: str, revision: str, rows: int) -> tuple[Rows, Rows]:
    """What a database of that revision held before it was brought up to date, and what it holds now."""
    async with schema._opened(url) as database:
        await schema.begin_at(database, revision)
        async with database.writing() as session:
            connection = await session.connection()
            await connection.run_sync(filled, rows)
            before = await connection.run_sync(held)
    await upgrade(url)
    await check(url)
    async with schema._opened(url) as database, database.reading() as session:
        return before, await (await session.connection()).run_sync(held)


@pytest.mark.parametrize("revision", [EARLIER[0], EARLIER[-1]])
async def test_an_earlier_version_keeps_every_row(url: str, revision: str) -> None:
    before, after = await upgraded(url, revision, FEW)
    assert lost(before, after) == []


@pytest.mark.slow
@pytest.mark.parametrize("revision", EARLIER)
async def test_a_hundred_thousand_rows_of_any_earlier_version_are_kept(url: str, revision: str) -> None:
    before, after = await upgraded(url, revision, MANY)
    assert sum(map(len, before.values())) > MANY * 0.99
    assert lost(before, after) == []


def test_a_row_that_is_gone_or_another_is_seen() -> None:
    before = {"paper": [{"id": 1, "title": "One"}, {"id": 2, "title": "Two"}]}
    assert lost(before, {"paper": [{"id": 1, "title": "One"}]}) == ["paper: 2 rows became 1"]
    other = {"paper": [{"id": 1, "title": "One"}, {"id": 2, "title": "Too"}]}
    assert lost(before, other) == ["paper.title: 'Two' became 'Too'"]
