"""The tables of where papers come from: sources, whose turn it is to ask, and what requests became."""

from datetime import datetime, timedelta
from typing import Any, Final, Self

import sqlalchemy as sa
from sqlmodel import Field

from bot import sources
from bot.sources import Outcome
from storage.columns import JSON, Key, Table, Text, UtcDateTime, numbered

MOST_CAUSES: Final = 50
REGRET: Final = timedelta(days=7)  # in which a source that was removed can come back as it was


class SourceRow(Table, table=True):
    """A source and how it fares."""

    __tablename__ = "source"
    __table_args__ = numbered(
        sa.UniqueConstraint("platform", "workspace", "name"), sa.Index(None, "next_read")
    )

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    name: str = Field(sa_type=Key)
    kind: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    options: dict[str, str] = Field(sa_type=JSON)
    every: int  # seconds
    paused: bool
    cursor: str = Field(default="", sa_type=Text)
    etag: str = Field(default="", sa_type=Text)
    modified: str = Field(default="", sa_type=Text)
    next_read: datetime | None = Field(default=None, sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_read: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_new: datetime | None = Field(default=None, sa_type=UtcDateTime)
    heard: datetime | None = Field(default=None, sa_type=UtcDateTime)
    removed: datetime | None = Field(default=None, sa_type=UtcDateTime)  # since then it is not there
    papers: int = 0
    failures: int = 0
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    errors: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    last_error: str = Field(default="", sa_type=Text)
    told: str = Field(default="", sa_type=Text)

    @classmethod
    def of(cls, source: sources.Source, at: datetime) -> Self:
        """A source that was never read."""
        return cls(
            platform=source.place[0],
            workspace=source.place[1],
            name=source.name,
            kind=source.kind,
            address=source.address,
            options=dict(source.options),
            every=int(source.every.total_seconds()),
            paused=source.paused,
            next_read=at,
        )

    def value(self) -> sources.Source:
        """The source."""
        fields: dict[str, Any] = {name: getattr(self, name) for name in _ALIKE}
        place = (self.platform, self.workspace)
        return sources.Source(place=place, every=timedelta(seconds=self.every), **fields)

    def note(self, outcome: Outcome, at: datetime) -> None:
        """Change it by how a reading went."""
        self.leased_until, self.next_read = None, outcome.next_read
        self.papers += outcome.new
        self.last_new = at if outcome.new else self.last_new
        self.heard = outcome.heard or self.heard
        self.cursor = outcome.cursor or self.cursor
        if outcome.cause:
            causes = {**self.errors, outcome.cause: self.errors.get(outcome.cause, 0) + 1}
            self.errors = dict(list(causes.items())[-MOST_CAUSES:])
            self.failures, self.last_error = self.failures + 1, outcome.error
            self.failing_since = self.failing_since or at
        else:
            self.etag, self.modified = outcome.etag, outcome.modified
            self.failures, self.failing_since, self.last_read = 0, None, at


_ALIKE = tuple(
    SourceRow.model_fields.keys() & sources.Source.__dataclass_fields__.keys() - {"every", "place"}
)


class Turn(Table, table=True):
    """Who may ask a place that wants to be asked by one at a time, and from when on somebody else may."""

    __tablename__ = "turn"
    __table_args__ = ({"sqlite_with_rowid": False},)

    place: str = Field(sa_type=Key, primary_key=True)
    holder: str = Field(sa_type=Text)
    free: datetime = Field(sa_type=UtcDateTime)


class Receipt(Table, table=True):
    """What a request to land a digest became: the same one again becomes nothing new."""

    __tablename__ = "receipt"
    __table_args__ = ({"sqlite_with_rowid": False},)

    request: str = Field(sa_type=Key, primary_key=True)
    landing_id: int = Field(foreign_key="landing.id")
    at: datetime = Field(sa_type=UtcDateTime)
