"""Who installed the app, with the tokens sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, col, delete, or_, select, update

from bot import installations
from storage import bulk
from storage.columns import Key, Table, Text, UtcDateTime
from storage.engine import Database
from storage.seals import Seals


class Installation(Table, table=True):
    """A workspace that installed the app. *token* and *refresh* are sealed for their row and column."""

    __tablename__ = "installation"
    __table_args__ = ({"sqlite_with_rowid": False},)

    platform: str = Field(sa_type=Key, primary_key=True)
    workspace: str = Field(sa_type=Key, primary_key=True)
    token: str = Field(sa_type=Text)
    refresh: str = Field(sa_type=Text)
    expires: datetime | None = Field(default=None, sa_type=UtcDateTime)
    bot: str = Field(sa_type=Text)
    scopes: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
    renewing_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Installations:
    """`bot.installations.Installations` in SQL, sealed with *keys*, the newest of which comes first."""

    def __init__(self, database: Database, keys: Sequence[bytes]) -> None:
        self._database, self._seals = database, Seals(keys)

    async def get(self, platform: str, workspace: str) -> installations.Installation | None:
        """The installation, or None where there is none that can be opened."""
        async with self._database.reading() as session:
            row = (await session.exec(select(Installation).where(_at(platform, workspace)))).first()
        return self._value(row) if row else None

    async def keep(self, installation: installations.Installation, *, at: datetime) -> None:
        """Remember the installation, in the place of an earlier one; whoever was renewing its token is done."""
        row = self._row(installation, at)
        async with self._database.writing() as session:
            kept = bulk.inserted(session, Installation).values(row)
            await session.exec(kept.on_conflict_do_update(index_elements=["platform", "workspace"], set_=row))

    async def all(self, platform: str) -> list[installations.Installation]:
        """Every installation that can be opened."""
        wanted = select(Installation).where(Installation.platform == platform)
        async with self._database.reading() as session:
            rows = (await session.exec(wanted.order_by(col(Installation.at)))).all()
        return [value for row in rows if (value := self._value(row))]

    async def claim(
        self, installation: installations.Installation, *, now: datetime, until: datetime
    ) -> bool:
        """Whether its token is ours to renew, and nobody else's *until* then: it is still this one, and free."""
        free = or_(col(Installation.renewing_until).is_(None), col(Installation.renewing_until) <= now)
        here = _at(installation.platform, installation.workspace)
        async with self._database.writing() as session:
            row = (await session.exec(select(Installation).where(here, free).with_for_update())).first()
            if row is None or (current := self._value(row)) is None or current.token != installation.token:
                return False
            await session.exec(update(Installation).where(here).values(renewing_until=until))
            return True

    async def forget(self, platform: str, workspace: str) -> None:
        """Forget the tokens."""
        async with self._database.writing() as session:
            await session.exec(delete(Installation).where(_at(platform, workspace)))

    async def reseal(self) -> int:
        """Seal everything with the newest key, and say how many installations that were."""
        async with self._database.writing() as session:
            rows = (await session.exec(select(Installation).with_for_update())).all()
            opened = [(row, value) for row in rows if (value := self._value(row))]
            for row, value in opened:
                row.token, row.refresh = self._sealed(value, "token"), self._sealed(value, "refresh")
        return len(opened)

    def _row(self, installation: installations.Installation, at: datetime) -> dict[str, Any]:
        return {
            "platform": installation.platform,
            "workspace": installation.workspace,
            "token": self._sealed(installation, "token"),
            "refresh": self._sealed(installation, "refresh"),
            "expires": installation.expires,
            "bot": installation.bot,
            "scopes": installation.scopes,
            "at": at,
            "renewing_until": None,
        }

    def _sealed(self, installation: installations.Installation, column: str) -> str:
        secret = getattr(installation, column)
        place = ("installation", installation.platform, installation.workspace, column)
        return self._seals.sealed(secret, *place) if secret else ""

    def _value(self, row: Installation) -> installations.Installation | None:
        place = ("installation", row.platform, row.workspace)
        token = self._seals.opened(row.token, *place, "token")
        refresh = self._seals.opened(row.refresh, *place, "refresh") if row.refresh else ""
        if token is None or refresh is None:
            return None
        known = (row.platform, row.workspace, token, refresh, row.expires)
        return installations.Installation(*known, row.bot, row.scopes)


def _at(platform: str, workspace: str) -> sa.ColumnElement[bool]:
    return (col(Installation.platform) == platform) & (col(Installation.workspace) == workspace)
