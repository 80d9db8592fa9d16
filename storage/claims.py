"""Who sends what next: workspaces take turns, and none gets more than the pace of its platform allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, zip_longest
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

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


_Due = tuple[Delivery, Reader]


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
    bots = await _bots(session, [*dict.fromkeys(lane.platform for lane in lanes)])
    newest = select(Restoration).order_by(col(Restoration.id).desc()).limit(1)
    restored = (await session.exec(newest)).first()
    due = await _due(session, lanes, asked)
    rested = await _rested(session, due, {lane.id: paces[lane.platform] for lane in lanes}, asked.now)
    turns = [
        _Turn(lane, bots[lane.platform], paces[lane.platform], asked, rested, restored) for lane in lanes
    ]
    rounds = zip_longest(*([(turn, one) for one in due.get(turn.lane.id, ())] for turn in turns))
    each = (one for some in rounds for one in some if one)
    return list(
        islice((taken for turn, (row, reader) in each if (taken := turn.take(row, reader))), asked.limit)
    )


def _lanes(now: datetime, platforms: Sequence[str]) -> SelectOfScalar[Lane]:
    """The lanes in which something is due that may go out, those first whose turn was longest ago."""
    due = sa.exists().where(col(Delivery.lane_id) == col(Lane.id), col(Delivery.due) <= now)
    free = (col(Lane.platform).in_(platforms), col(Lane.free) <= now + AHEAD, _awake(Lane, now), ~RESTING)
    return select(Lane).where(*free, due).order_by(col(Lane.served), col(Lane.id))


async def _bots(session: AsyncSession, platforms: Sequence[str]) -> dict[str, Lane]:
    """The lanes of whole platforms."""
    numbers = await planning.lanes(session, [(platform, BOT) for platform in platforms])
    rows = await session.exec(select(Lane).where(col(Lane.id).in_([*numbers.values()])))
    return {row.platform: row for row in rows}


async def _due(session: AsyncSession, lanes: Sequence[Lane], asked: Claim) -> dict[int, list[_Due]]:
    """What is due in each of these lanes, the oldest first, each up to its share."""
    if not lanes:
        return {}
    share = _share(asked.limit, len(lanes))
    heads = [
        select(Delivery.id)
        .where(Delivery.lane_id == lane.id, col(Delivery.due) <= asked.now)
        .order_by(col(Delivery.due))  # as the index has it: many are due in the same moment
        .limit(share)
        .subquery()
        for lane in lanes
    ]
    first = sa.union_all(*(sa.select(head.c.id) for head in heads))
    wanted = select(Delivery, Reader).join(Reader).where(col(Delivery.id).in_(first))
    wanted = wanted.order_by(col(Delivery.due), col(Delivery.id))
    due: dict[int, list[_Due]] = {}
    for row, reader in await session.exec(wanted.with_for_update(of=Delivery, skip_locked=True)):
        due.setdefault(row.lane_id, []).append((row, reader))
    return due


async def _rested(
    session: AsyncSession, due: Mapping[int, Sequence[_Due]], paces: Mapping[int, Pace], now: datetime
) -> dict[int, datetime]:
    """When conversations take the next post, where one went out just before or is about to."""
    steps = {
        reader.id: _step(pace)
        for lane, rows in due.items()
        if (pace := paces[lane].address)
        for _, reader in rows
    }
    if not steps:
        return {}
    claimed = (col(Delivery.state) == "claimed") & (col(Delivery.due) > now)
    last = func.max(sa.case((claimed, now + AHEAD), else_=col(Delivery.last_wire_at)))
    recent = select(Delivery.reader_id, last).where(col(Delivery.reader_id).in_([*steps]))
    recent = recent.where(claimed | (col(Delivery.last_wire_at) > now - max(steps.values())))
    rows = await session.exec(recent.group_by(col(Delivery.reader_id)))
    return {reader: moment + steps[reader] for reader, moment in rows if moment}


@dataclass(frozen=True, slots=True)
class _Turn:
    """One lane's turn. *rested*: when conversations take the next post."""

    lane: Lane
    bot: Lane
    pace: Pace
    asked: Claim
    rested: dict[int, datetime]
    restored: Restoration | None = None

    def take(self, row: Delivery, reader: Reader) -> owed.Delivery | None:
        """The delivery of *row* with the moment when it may go out; None where that is not soon."""
        if reader.rests and reader.rests > self.asked.now:
            row.due = reader.rests
            return None
        start = max(self._start(), self.rested.get(reader.id, self.asked.now))
        if start > self.asked.now + AHEAD:
            return None
        self._spend(start)
        if self.pace.address:
            self.rested[reader.id] = start + _step(self.pace.address)
        row.state, row.owner, row.due = "claimed", self.asked.owner, self.asked.now + self.asked.lease
        row.attempts += 1
        if self.restored and row.first_wire_at is None:
            row.first_wire_at = self.restored.forgotten(row.planned)
        self.lane.served = start
        return replace(row.value(reader.address), start=start)

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


def _awake(table: type[Lane] | type[Reader], now: datetime) -> sa.ColumnElement[bool]:
    """That it does not rest at *now*."""
    return col(table.rests).is_(None) | (col(table.rests) <= now)


def _share(room: int, lanes: int) -> int:
    """How much of the *room* one of so many lanes may take."""
    return -(-room // lanes)


def _step(pace: float) -> timedelta:
    """From one post to the next."""
    return timedelta(seconds=1 / pace)
