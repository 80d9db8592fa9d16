"""Many rows at a time, in portions that a statement can carry and that let others have their turn."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Row, Table

T = TypeVar("T")

PORTION: Final = (
    1_000  # rows, or values to look for: either database takes some 32,000 parameters a statement
)


def portions(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """*items* in their order, so many at a time."""
    return (items[start : start + PORTION] for start in range(0, len(items), PORTION))


def inserted(session: AsyncSession, table: type[Table]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can be told what to do on a conflict, in the dialect at hand."""
    here = session.get_bind().dialect.name
    return sqlite.insert(table) if here == "sqlite" else postgresql.insert(table)


def among(
    session: AsyncSession, columns: Sequence[Any], rows: Sequence[Sequence[str]]
) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
    """What to join, and on what, to have those whose *columns* hold one of *rows*.

    Given a list of tuples to be in, PostgreSQL would hold every row of the table against each of them.
    """
    names = [sa.column(f"asked_{number}", sa.String) for number, _ in enumerate(columns)]
    asked: sa.FromClause
    if session.get_bind().dialect.name == "postgresql":
        held = [sa.literal(list(column), postgresql.ARRAY(sa.String)) for column in zip(*rows, strict=True)]
        asked = sa.func.unnest(*held).table_valued(*names, name="asked").render_derived()
    else:
        asked = sa.values(*names, name="asked").data([tuple(row) for row in rows]).cte()
    return asked, sa.and_(*(one == other for one, other in zip(columns, asked.c, strict=True)))


async def read(session: AsyncSession, wanted: sa.Select[*tuple[Any, ...]]) -> AsyncIterator[Any]:
    """The rows of *wanted*, each a tuple."""
    found = await session.stream(wanted, execution_options={"yield_per": PORTION})
    async for rows in found.partitions():
        for row in rows:
            yield row


async def add(session: AsyncSession, table: type[Table], rows: Sequence[Row]) -> None:
    """Write *rows*. Those that exist already are left as they are."""
    connection = await session.connection()
    for portion in portions(rows):
        await connection.execute(inserted(session, table).on_conflict_do_nothing(), portion)
