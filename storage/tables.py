"""What is kept and in which columns. A row is made `of` a value, and gives its `value` back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, Self

import sqlalchemy as sa
from sqlmodel import Field

from bot import models
from bot.schedules import Schedule
from storage.columns import JSON, Key, Numbers, Row, Table, Text, UtcDateTime, folded, numbered

UNKNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When something falls due of which that is still to be found out: at once, so that somebody does."""


class Reader(Table, table=True):
    """A person or a channel."""

    __tablename__ = "reader"
    __table_args__ = numbered(
        sa.UniqueConstraint("platform", "workspace", "external", "kind"), sa.Index(None, "schedule", "told")
    )

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    external: str = Field(sa_type=Text)  # what the platform calls them
    kind: str = Field(sa_type=Text)
    zone: str = Field(sa_type=Text)
    paused_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shown: list[int] = Field(sa_type=JSON)  # the papers of the list that was shown last
    schedule: str = Field(sa_type=Text)
    chosen: bool  # they said themselves which zone
    decided: bool  # and when their digests come; whoever has not follows their workspace
    verbose: bool
    closed: str = Field(sa_type=Text)  # why nothing can be posted to them
    rests: datetime | None = Field(
        default=None, sa_type=UtcDateTime
    )  # until then their platform takes no post
    told: int | None = None  # the last landing that was or will be told
    slot: date | None = None  # the last local day that had its digest
    last: datetime | None = Field(default=None, sa_type=UtcDateTime)  # and when
    due: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)  # when the next one falls due
    due_slot: date | None = None  # on which local day; None where that is still to be found out

    @staticmethod
    def of(address: models.Address, schedule: Schedule, told: int | None) -> Row:
        """A reader nothing is known of yet."""
        place = {"platform": address.platform, "workspace": address.workspace}
        there = {"external": address.id, "kind": address.kind}
        rules = {"schedule": str(schedule), "chosen": False, "decided": False, "verbose": False, "closed": ""}
        known: Row = {"zone": models.Reader(address).zone, "shown": [], "told": told}
        return {**place, **there, **rules, **known, "due": UNKNOWN if schedule.at else None}

    @property
    def address(self) -> models.Address:
        """Where they are."""
        kind: Literal["person", "channel"] = "channel" if self.kind == "channel" else "person"
        return models.Address(self.platform, self.workspace, self.external, kind)

    def value(self) -> models.Reader:
        """The reader."""
        schedule = Schedule.read(self.schedule)
        return models.Reader(
            address=self.address,
            zone=self.zone,
            paused_until=self.paused_until,
            schedule=schedule,
            chosen=self.chosen,
            decided=self.decided,
            verbose=self.verbose,
            slot=self.slot,
            last=self.last,
            closed=self.closed,
        )


class Term(Table, table=True):
    """What somebody follows, kept once however many they are, by its normal form."""

    __tablename__ = "term"
    __table_args__ = numbered(sa.UniqueConstraint("normal"))

    id: int = Field(default=None, primary_key=True)
    normal: str = Field(sa_type=Text)


class Interest(Table, table=True):
    """That a reader follows a term, and how they typed it."""

    __tablename__ = "interest"
    __table_args__ = numbered(sa.UniqueConstraint("reader_id", "term_id"))

    id: int = Field(default=None, primary_key=True)
    reader_id: int = Field(foreign_key="reader.id")
    term_id: int = Field(foreign_key="term.id", index=True)
    typed: str = Field(sa_type=Text)
    muted: bool

    def value(self, owner: models.Address, normal: str) -> models.Interest:
        """The interest of *owner* in the term of this *normal* form."""
        return models.Interest(owner, self.typed, normal, self.id, self.muted)


class Landing(Table, table=True):
    """A digest that landed."""

    __tablename__ = "landing"
    __table_args__ = numbered(sa.UniqueConstraint("fingerprint"))

    id: int = Field(default=None, primary_key=True)
    fingerprint: str = Field(sa_type=Key)
    source: str = Field(sa_type=Text)
    day: date
    cursor: str = Field(sa_type=Text)
    papers: int
    new: int
    quiet: bool  # a baseline that nobody is told of
    at: datetime = Field(sa_type=UtcDateTime)

    @classmethod
    def of(cls, digest: models.Digest, at: datetime) -> Self:
        """A landing that has only begun: nothing is counted yet."""
        return cls(
            source=digest.source,
            day=digest.day,
            fingerprint=digest.fingerprint,
            papers=0,
            new=0,
            at=at,
            cursor=digest.cursor,
            quiet=digest.quiet,
        )

    def value(self, *, again: bool = False) -> models.Landing:
        """What became of the digest."""
        return models.Landing(
            self.id, self.source, self.day, self.papers, self.new, self.at, again, self.quiet
        )


class Paper(Table, table=True):
    """A paper, at its place in the landing that brought it first."""

    __tablename__ = "paper"
    __table_args__ = numbered(sa.UniqueConstraint("landing_id", "position"))

    id: int = Field(default=None, primary_key=True)
    landing_id: int = Field(foreign_key="landing.id")
    position: int
    folded: str = Field(sa_type=Text)  # the title as it is looked through
    title: str = Field(sa_type=Text)
    abstract: str = Field(sa_type=Text)
    authors: list[str] = Field(sa_type=JSON)
    categories: list[str] = Field(sa_type=JSON)
    organisation: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    arxiv_id: str = Field(sa_type=Text)
    doi: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    links: list[dict[str, Any]] = Field(sa_type=JSON)
    upvotes: int | None = Field(default=None, sa_type=sa.BigInteger)
    published: date | None = None
    comment: str = Field(sa_type=Text)
    version: int

    @staticmethod
    def of(paper: models.Paper) -> Row:
        """The paper itself, wherever it landed."""
        row = {name: getattr(paper, name) for name in _ALIKE}
        return {**row, "links": [asdict(link) for link in paper.links], "folded": folded(paper.title)}

    def value(self) -> models.Paper:
        """The paper."""
        fields = {name: getattr(self, name) for name in _ALIKE}
        fields["authors"], fields["categories"] = tuple(self.authors), tuple(self.categories)
        fields["links"] = tuple(models.Link(**link) for link in self.links)
        return models.Paper(id=self.id, **fields)


_ALIKE = tuple(Paper.model_fields.keys() & models.Paper.__dataclass_fields__.keys() - {"id"})


class PaperKey(Table, table=True):
    """What a paper is known by. Two papers can share a key where a stronger one tells them apart."""

    __tablename__ = "paper_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: str = Field(sa_type=Key, primary_key=True)
    paper_id: int = Field(foreign_key="paper.id", primary_key=True, index=True)


class Match(Table, table=True):
    """The papers of a landing that a term met.

    The term is no foreign key: a landing writes these by the hundred thousand, and may have begun before
    somebody gave the term up.
    """

    __tablename__ = "match"
    __table_args__ = ({"sqlite_with_rowid": False},)

    landing_id: int = Field(foreign_key="landing.id", primary_key=True)
    term_id: int = Field(primary_key=True)
    papers: Sequence[int] = Field(sa_type=Numbers)


class Saved(Table, table=True):
    """That a reader keeps a paper."""

    __tablename__ = "saved"
    __table_args__ = numbered(sa.UniqueConstraint("reader_id", "paper_id"))

    id: int = Field(default=None, primary_key=True)
    reader_id: int = Field(foreign_key="reader.id")
    paper_id: int = Field(foreign_key="paper.id")
    at: datetime = Field(sa_type=UtcDateTime)


class Rated(Table, table=True):
    """What a reader thinks of a paper."""

    __tablename__ = "rated"
    __table_args__ = numbered(sa.UniqueConstraint("reader_id", "paper_id"))

    id: int = Field(default=None, primary_key=True)
    reader_id: int = Field(foreign_key="reader.id")
    paper_id: int = Field(foreign_key="paper.id")
    feedback: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)


metadata: Final = Table.metadata
