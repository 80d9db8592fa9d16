"""The tables of what is owed: deliveries, the pace that platforms allow, and who watches the time."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Field, col

from bot import models, owed
from bot.messages import Message
from storage import letters
from storage.columns import JSON, LONG, Numbers, Row, Table, Text, UtcDateTime, few, numbered

log = logging.getLogger(__name__)


class Lane(Table, table=True):
    """A workspace as a queue of its own, so that a big one does not hold up the small ones.

    The lane whose workspace is "*" is the whole bot's on that platform.
    """

    __tablename__ = "lane"
    __table_args__ = numbered(sa.UniqueConstraint("platform", "workspace"))

    id: int = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    free: datetime = Field(sa_type=UtcDateTime)  # when the next post may go out at the platform's pace
    rests: datetime | None = Field(default=None, sa_type=UtcDateTime)  # until then the platform takes none
    served: datetime = Field(sa_type=UtcDateTime)  # when its turn was last


class Lease(Table, table=True):
    """Who sees to something that one process at a time should see to."""

    __tablename__ = "lease"

    name: str = Field(sa_type=Text, primary_key=True)
    owner: str = Field(sa_type=Text)
    until: datetime = Field(sa_type=UtcDateTime)


class Delivery(Table, table=True):
    """What a reader is owed, and what became of it. An open one has a *due*: whoever claims it moves that on."""

    __tablename__ = "delivery"
    __table_args__ = numbered(
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("reader_id", "slot", "part"),
        sa.Index(None, "lane_id", "due"),
        sa.Index("ix_delivery_look_at", "look_at", **few("look_at IS NOT NULL")),
    )

    id: int = Field(default=None, primary_key=True, sa_type=LONG)
    key: str = Field(sa_type=Text)
    reader_id: int = Field(foreign_key="reader.id")
    lane_id: int = Field(foreign_key="lane.id")
    slot: str = Field(sa_type=Text)  # the local day, the landing or the occasion
    part: int
    since: int  # the landings after this one
    landing_id: int | None = Field(default=None, foreign_key="landing.id")  # up to this one
    state: str = Field(sa_type=Text)
    planned: datetime = Field(sa_type=UtcDateTime)  # when it should come
    due: datetime | None = Field(default=None, sa_type=UtcDateTime)  # when somebody should see to it
    owner: str | None = Field(default=None, sa_type=Text)
    attempts: int
    message: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    papers: Sequence[int] | None = Field(default=None, sa_type=Numbers)  # those it tells
    first_wire_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_wire_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    repeats: int
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    channel: str | None = Field(default=None, sa_type=Text)  # where it was posted
    post: str | None = Field(default=None, sa_type=Text)  # as what
    reason: str | None = Field(default=None, sa_type=Text)  # why it waits or was given up
    look_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # whether it stands there twice

    @staticmethod
    def of(delivery: owed.Delivery, reader: int, lane: int) -> Row:
        """A delivery that is owed."""
        whose = {"key": delivery.key, "reader_id": reader, "lane_id": lane}
        what = {"slot": delivery.slot or delivery.key, "part": delivery.part, "since": delivery.since}
        message = letters.written(delivery.message) if delivery.message else None
        when = {"planned": delivery.due, "due": delivery.due, "attempts": 0, "repeats": 0}
        landing = {"landing_id": delivery.digest or None, "message": message}
        return {**whose, **what, **when, **landing, "state": "planned"}

    def value(self, to: models.Address) -> owed.Delivery:
        """The delivery, owed to the reader at *to*."""
        return owed.Delivery(
            key=self.key,
            to=to,
            digest=self.landing_id or 0,
            due=self.planned,
            message=self._said(),
            attempts=self.attempts,
            since=self.since,
            slot=self.slot,
            part=self.part,
            tried=self.first_wire_at,
            repeats=self.repeats,
        )

    def fate(self, to: models.Address) -> owed.Fate:
        """What has become of it."""
        return owed.Fate(
            self.key, to, self.slot, self.state, self.planned, self.due, self.sent_at, self.reason or ""
        )

    def _said(self) -> Message | None:
        """The frozen message, or None where it cannot be read any more: then it is composed anew."""
        try:
            return letters.read(self.message) if self.message else None
        except ValueError:
            log.warning("the message of delivery %s cannot be read and is composed anew", self.key)
            return None


OPEN: Final = col(Delivery.due).is_not(None)
"""Of a delivery: somebody will still see to it."""
