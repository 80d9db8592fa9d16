"""What falls due is written down: one delivery for each reader whose clock says so, or whom a landing reaches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.due import following, latest
from bot.interfaces import Delivery
from bot.messages import note
from bot.owed import delivery_key
from bot.schedules import INSTANTLY
from storage import bulk, owed, readers
from storage.engine import first
from storage.owed import Lane
from storage.tables import UNKNOWN, Landing, Reader

PLANNING: Final = 6024  # the lock of whoever plans: one is enough, and the next one is there when it is gone
REACH: Final = timedelta(days=1)  # how far back somebody's first digest reaches
QUIET: Final = note("Nothing new has landed since your last digest.")


async def waiting(session: AsyncSession, now: datetime) -> bool:
    """Whether anything has fallen due: looking does not keep anybody from writing."""
    wanted = (_timely(now), _behind(now, await readers.newest(session)))
    found = [(await session.exec(one.limit(1))).first() for one in wanted]
    return any(found)


async def plan(session: AsyncSession, now: datetime, limit: int) -> int:
    """Write down what has fallen due for up to *limit* readers, and say for how many."""
    if not await first(session, PLANNING):
        return 0
    landed = _Landed(session, now, await readers.newest(session))
    timed = (await session.exec(_locked(_timely(now), limit))).all()
    told = (await session.exec(_locked(_behind(now, landed.newest), limit - len(timed)))).all()
    deliveries = [await _timed(row, landed) for row in timed]
    deliveries += [await _owed(row, landed, await landed.slot(), now) for row in told]
    await session.flush()
    await write(session, [delivery for delivery in deliveries if delivery])
    return len(timed) + len(told)


async def write(session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
    """Write these down; those of a known key, or of a known reader, slot and part, are there already."""
    whose = await readers.numbers(session, [delivery.to for delivery in deliveries])
    ways = await lanes(session, [(one.to.platform, one.to.workspace) for one in deliveries])
    rows = [
        owed.Delivery.of(one, whose[one.to], ways[one.to.platform, one.to.workspace]) for one in deliveries
    ]
    await bulk.add(session, owed.Delivery, rows)


async def lanes(session: AsyncSession, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The numbers of the lanes of these workspaces, each a platform and a name, made where there are none."""
    found = await _lanes(session, places)
    if missing := [place for place in dict.fromkeys(places) if place not in found]:
        new = [
            {"platform": one, "workspace": two, "free": UNKNOWN, "served": UNKNOWN} for one, two in missing
        ]
        await bulk.add(session, Lane, new)
        found |= await _lanes(session, missing)
    return found


async def _lanes(session: AsyncSession, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for portion in bulk.portions(list(dict.fromkeys(places))):
        these = bulk.among(session, (col(Lane.platform), col(Lane.workspace)), portion)
        rows = await session.exec(select(Lane).join(*these))
        found |= {(row.platform, row.workspace): row.id for row in rows}
    return found


@dataclass
class _Landed:
    """What has landed by now, as far as somebody asks."""

    session: AsyncSession
    now: datetime
    newest: int
    _reach: int | None = None
    _slot: str = ""

    async def slot(self) -> str:
        """What the newest landing is called: the same if the database is lost, and that digest lands again."""
        if not self._slot:
            known = select(Landing.fingerprint).where(Landing.id == self.newest)
            fingerprint = (await self.session.exec(known)).one()
            self._slot = f"landing {blake2b(fingerprint.encode(), digest_size=9).hexdigest()}"
        return self._slot

    async def since(self, row: Reader) -> int:
        """The last landing that *row*'s next digest does not tell: told before, or landed during a pause."""
        told = row.told
        if told is None:
            if self._reach is None:
                self._reach = await readers.newest(self.session, self.now - REACH)
            told = self._reach
        if row.paused_until:
            told = max(told, await readers.newest(self.session, row.paused_until))
        return told


def _timely(now: datetime) -> SelectOfScalar[Reader]:
    """The readers whose clock says so."""
    return select(Reader).where(col(Reader.due) <= now, col(Reader.closed) == "")


def _behind(now: datetime, newest: int) -> SelectOfScalar[Reader]:
    """The readers who want to hear of every landing and have not heard of the last."""
    awake = or_(col(Reader.paused_until).is_(None), col(Reader.paused_until) <= now)
    instantly = (col(Reader.schedule) == str(INSTANTLY), col(Reader.told) < newest)
    return select(Reader).where(*instantly, awake, col(Reader.closed) == "")


def _locked(wanted: SelectOfScalar[Reader], limit: int) -> SelectOfScalar[Reader]:
    return wanted.order_by(col(Reader.id)).limit(limit).with_for_update(skip_locked=True)


async def _timed(row: Reader, landed: _Landed) -> Delivery | None:
    """What the reader of *row* is owed now that their clock says so; afterwards their next digest is known."""
    reader = row.value()
    delivery = None
    if row.due_slot and row.due:
        row.slot, row.last = latest(reader, (row.due_slot, row.due), landed.now)
        delivery = await _owed(row, landed, str(row.slot), row.last)
        reader = replace(reader, slot=row.slot, last=row.last)
    row.due_slot, row.due = following(reader, landed.now) or (None, None)
    return delivery


async def _owed(row: Reader, landed: _Landed, slot: str, moment: datetime) -> Delivery | None:
    """The delivery of all that has landed since the reader's last one, if anything has or they want to hear so."""
    since = await landed.since(row)
    row.told, row.paused_until = landed.newest, None
    if since >= landed.newest and not row.verbose:
        return None
    message = None if since < landed.newest else QUIET
    key, newest = delivery_key(row.address, slot), landed.newest if message is None else 0
    return Delivery(key, row.address, newest, moment, message, since=since, slot=slot)
