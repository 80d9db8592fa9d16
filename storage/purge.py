"""What belongs to a reader or a workspace, found from the tables themselves, and deleted.

A new table is found without a word here: by a foreign key that leads to a reader, or by the columns `platform`
and `workspace`; where a column `person` stands beside these, the row is that person's.
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.models import Address
from storage.columns import Table
from storage.inboxes import Inbox
from storage.people import forget_terms
from storage.places import Act, Workspace
from storage.tables import Interest, Reader, metadata

READER: Final = Table.metadata.tables["reader"]

_PLACE: Final = {"platform", "workspace"}


async def workspace(session: AsyncSession, platform: str, name: str) -> None:
    """Delete all of a workspace's readers, and all else that is its own."""
    await readers(session, (col(Reader.platform) == platform) & (col(Reader.workspace) == name))
    for table in placed():
        await _deleted(session, table, (table.c.platform == platform) & (table.c.workspace == name))


async def readers(session: AsyncSession, which: sa.ColumnElement[bool]) -> None:
    """Delete these readers with all that hangs on them, their inboxes, and the terms nobody follows then."""
    followed = select(Interest.term_id).join(Reader).where(which).distinct()
    terms = (await session.exec(followed)).all()
    owned = select(Inbox.reader_id).join(Reader, col(Inbox.owner_id) == Reader.id).where(which)
    inboxes = (await session.exec(owned)).all()
    await _deleted(session, Table.metadata.tables["reader"], which)
    await forget_terms(session, terms)
    if inboxes:
        await readers(session, col(Reader.id).in_(inboxes))


async def person(session: AsyncSession, address: Address) -> None:
    """Delete what else is one person's. What they did as an admin stays, without their name.

    Of what they tried and were refused only stays that somebody tried.
    """
    if address.kind != "person":
        return
    for table in placed():
        if "person" in table.c:
            await _delete_or_unname(session, table, address)
    await _resign(session, address)


def placed() -> Sequence[sa.Table]:
    """The tables of a workspace that do not hang on a reader."""
    tables = Table.metadata.sorted_tables
    return [table for table in tables if {*table.c.keys()} >= _PLACE and table.name != "reader"]


def hanging(parent: sa.Table) -> Sequence[tuple[sa.Table, sa.Column[Any], sa.Column[Any]]]:
    """The tables with a foreign key to *parent*: the column, and what it points to."""
    return [
        (table, key.parent, key.column)
        for table in Table.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is parent
    ]


async def _deleted(session: AsyncSession, table: sa.Table, which: sa.ColumnElement[bool]) -> None:
    """Delete rows of *table*, before them all that point to them."""
    for child, column, target in hanging(table):
        await _deleted(session, child, column.in_(sa.select(target).where(which)))
    await (await session.connection()).execute(sa.delete(table).where(which))


async def _delete_or_unname(session: AsyncSession, table: sa.Table, address: Address) -> None:
    if table.name == Act.__tablename__:
        connection, acts = await session.connection(), theirs(table, address)
        refused = acts & table.c.allowed.is_(False)  # nothing came of it: what they wanted is theirs alone
        await connection.execute(sa.update(table).where(refused).values(arguments={}))
        await connection.execute(sa.update(table).where(acts).values(person=""))
    else:
        await _deleted(session, table, theirs(table, address))


async def _resign(session: AsyncSession, address: Address) -> None:
    """Take the person off the lists of those who administer, and out of what others did about that."""
    spaces = select(Workspace).where(_around(metadata.tables["workspace"], address)).with_for_update()
    for row in await session.exec(spaces):
        if address.id in row.roles:
            row.roles = [role for role in row.roles if role != address.id]
    named = sa.cast(col(Act.arguments), sa.Text).contains(address.id, autoescape=True)
    for act in await session.exec(select(Act).where(_around(metadata.tables["act"], address), named)):
        act.arguments = {name: _unnamed(value, address.id) for name, value in act.arguments.items()}
        act.undo = None


def theirs(table: sa.Table, address: Address) -> sa.ColumnElement[bool]:
    """That a row of *table* is this person's."""
    return _around(table, address) & (table.c.person == address.id)


def _around(table: sa.Table, address: Address) -> sa.ColumnElement[bool]:
    """That a row is of the person's workspace, or of any where people belong to none, as on Discord."""
    platform: sa.ColumnElement[bool] = table.c.platform == address.platform
    return platform & (table.c.workspace == address.workspace) if address.workspace else platform


def _unnamed(value: Any, name: str) -> Any:  # noqa: ANN401  # what a command was given
    return value.replace(name, "somebody forgotten") if isinstance(value, str) else value
