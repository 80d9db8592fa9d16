"""The second wall between workspaces: which of them the task at hand may see, kept up by PostgreSQL itself.

The queries name their workspace; that is the first wall. Should one ever forget to, the database hides the rows of
others all the same, in each table that names a workspace, for as long as an invocation is answered. What works for
all, such as delivering, is unbound; so is a superuser of PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.inboxes import EMAIL

BETWEEN: Final = "\x1f"

_bound: ContextVar[tuple[str, str]] = ContextVar("bound", default=("", ""))


@contextmanager
def within(platform: str, *workspaces: str) -> Iterator[None]:
    """See only rows of these workspaces, of people who belong to none, and of inboxes.

    Whoever acts from an inbox acts for its owner, wherever that one is: they are not bound.
    """
    bound = platform if platform != EMAIL else ""
    token = _bound.set((bound, BETWEEN.join(dict.fromkeys(("", *workspaces)))))
    try:
        yield
    finally:
        _bound.reset(token)


@contextmanager
def everywhere() -> Iterator[None]:
    """See all rows again: what is one person's, wherever it is."""
    token = _bound.set(("", ""))
    try:
        yield
    finally:
        _bound.reset(token)


async def bind(session: AsyncSession) -> None:
    """Let the transaction see what the task may see, where the database can see to it."""
    platform, workspaces = _bound.get()
    if platform and session.get_bind().dialect.name == "postgresql":
        names = {"platform": platform, "workspaces": workspaces}
        local = True  # for this transaction alone
        settings = [sa.func.set_config(f"digestbot.{name}", value, local) for name, value in names.items()]
        await (await session.connection()).execute(sa.select(*settings))
