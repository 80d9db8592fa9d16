"""Who sends what next: workspaces take turns, and none gets more than the pace of its platform allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from bot import owed
from bot.errors import Rests
from bot.models import Address
from bot.owed import Pace
from storage import planning, readers
from storage.engine import alone
from storage.owed import Delivery, Lane
from storage.places import Workspace
from storage.restoration import Restoration
from storage.tables import Reader

CLAIMING: Final = 6025  # the lock of whoever claims: the pace is everybody's
AHEAD: Final = timedelta(seconds=1)  # how long before it may go out somebody claims a delivery
BOT: Final = "*"  # the workspace that stands for all of a platform

RESTING: Final = (
    sa.exists()
    .where(
        col(Workspace.platform) == col(Lane.platform),
        col(Workspace.workspace) == col(Lane.workspace),
        col(Workspace.paused),
    )
    .correlate(Lane)
)
"""That a whole workspace rests (`admin pause-all`): what falls due there waits."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody asks for."""

    now: datetime
    lease: timedelta
    limit: int
    owner: str


async def waiting(session: AsyncSession, now: datetime, platforms: Sequence[str]) -> bool:
    """Whether there is anything to claim: looking does not keep anybody from writing."""
    return bool((await session.exec(_lanes(now, platforms).limit(1))).first())


async def claim(session: AsyncSession, asked: Claim, paces: Mapping[str, Pace]) -> list[owed.Delivery]:
    """Take what is due, lane by lane, each up to its share and its pace."""
    await alone(session, CLAIMING)
    lanes = (await session.exec(_lanes(asked.now, tuple(paces)).limit(asked.limit))).all()
    bots = {name: await _bot(session, name) for name in paces}
    restored = (await session.exec(select(func.max(Restoration.restored)))).one()
    taken: list[owed.Delivery] = []
    for left, lane in zip(range(len(lanes), 0, -1), lanes, strict=True):
        share = _share(asked.limit - len(taken), left)
        turn = _Turn(lane, bots[lane.platform], paces[lane.platform], asked, restored)
        taken += await turn.take(session, share)
    return taken


def _lanes(now: datetime, platforms: Sequence[str]) -> SelectOfScalar[Lane]:
    """The lanes in which something is due that may go out, those first whose turn was longest ago."""
    due = sa.exists().where(col(Delivery.lane_id) == col(Lane.id), col(Delivery.due) <= now)
    free = (col(Lane.platform).in_(platforms), col(Lane.free) <= now + AHEAD, _awake(Lane, now), ~RESTING)
    return select(Lane).where(*free, due).order_by(col(Lane.served), col(Lane.id))


async def _bot(session: AsyncSession, platform: str) -> Lane:
    number = (await planning.lanes(session, [(platform, BOT)]))[platform, BOT]
    return (await session.exec(select(Lane).where(Lane.id == number))).one()


@dataclass(frozen=True, slots=True)
class _Turn:
    """One lane's turn."""

    lane: Lane
    bot: Lane
    pace: Pace
    asked: Claim
    restored: datetime | None = None

    async def take(self, session: AsyncSession, share: int) -> list[owed.Delivery]:
        """The deliveries of this lane that go out next, each with the moment when it may."""
        rows = (await session.exec(self._due().limit(share))).all()
        rested = await self._rested(session, [reader.id for _, reader in rows])
        taken: list[owed.Delivery] = []
        for row, reader in rows:
            start = max(self._start(), rested.get(reader.id, self.asked.now))
            if start > self.asked.now + AHEAD:
                continue
            self._spend(start)
            if self.pace.address:
                rested[reader.id] = start + _step(self.pace.address)
            row.state, row.owner, row.due = "claimed", self.asked.owner, self.asked.now + self.asked.lease
            row.attempts += 1
            if self.restored and row.first_wire_at is None and row.planned <= self.restored:
                row.first_wire_at = (
                    row.planned
                )  # it may have been posted after the backup: it is looked for first
            taken.append(replace(row.value(reader.address), start=start))
        if taken:
            self.lane.served = self.asked.now
        return taken

    def _due(self) -> Select[Delivery, Reader]:
        due = select(Delivery, Reader).join(Reader)
        mine = due.where(Delivery.lane_id == self.lane.id, col(Delivery.due) <= self.asked.now)
        mine = mine.where(_awake(Reader, self.asked.now))
        return mine.order_by(col(Delivery.due), col(Delivery.id)).with_for_update(
            of=Delivery, skip_locked=True
        )

    async def _rested(self, session: AsyncSession, readers: Sequence[int]) -> dict[int, datetime]:
        """When each of these conversations takes the next post, where one went out just before."""
        if not self.pace.address or not readers:
            return {}
        step = _step(self.pace.address)
        last = func.max(Delivery.last_wire_at)
        recent = select(Delivery.reader_id, last).where(col(Delivery.reader_id).in_(readers))
        recent = recent.where(col(Delivery.last_wire_at) > self.asked.now - step)
        rows = await session.exec(recent.group_by(col(Delivery.reader_id)))
        return {reader: moment + step for reader, moment in rows if moment}

    def _start(self) -> datetime:
        rests = self.bot.rests or self.asked.now
        return max(self.asked.now, self.lane.free, rests, self.bot.free if self.pace.bot else self.asked.now)

    def _spend(self, start: datetime) -> None:
        if self.pace.workspace:
            self.lane.free = start + _step(self.pace.workspace)
        if self.pace.bot:
            self.bot.free = start + _step(self.pace.bot)


async def rest(session: AsyncSession, address: Address, rests: Rests, until: datetime) -> None:
    """Let the address, its workspace or the whole bot rest until then; a longer rest stays."""
    if rests == "address":
        longer = update(Reader).where(readers.at(address), _awake(Reader, until))
        await session.exec(longer.values(rests=until))
        return
    place = address.platform, BOT if rests == "bot" else address.workspace
    lane = (await planning.lanes(session, [place]))[place]
    sooner = update(Lane).where(col(Lane.id) == lane, _awake(Lane, until))
    await session.exec(sooner.values(rests=until))


async def rests(session: AsyncSession, key: str, now: datetime) -> datetime | None:
    """Until when the delivery has to wait, for its address, its workspace or the bot rests at *now*."""
    bot = aliased(Lane)
    every = (col(bot.platform) == col(Lane.platform)) & (col(bot.workspace) == BOT)
    wanted = select(Reader.rests, Lane.rests, bot.rests).select_from(Delivery).join(Reader).join(Lane)
    wanted = wanted.outerjoin(bot, every).where(Delivery.key == key)
    found = (await session.exec(wanted)).first() or ()
    return max((until for until in found if until and until > now), default=None)


def _awake(table: type[Lane] | type[Reader], now: datetime) -> sa.ColumnElement[bool]:
    """That it does not rest at *now*."""
    return col(table.rests).is_(None) | (col(table.rests) <= now)


def _share(room: int, lanes: int) -> int:
    """How much of the *room* one of so many lanes may take."""
    return -(-room // lanes)


def _step(pace: float) -> timedelta:
    """From one post to the next."""
    return timedelta(seconds=1 / pace)
