"""What is owed: written down before it is sent, claimed before it is tried."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, or_, select, update

from bot import owed
from bot.errors import Rests
from bot.messages import Message
from bot.models import Address, MessageRef
from bot.owed import Pace, State
from bot.together import Together
from storage import bulk, claims, ledger, letters, planning, readers
from storage.engine import Database
from storage.ledger import Letter
from storage.owed import OPEN, Delivery, Lease
from storage.sending import Begun, Sending, Sent
from storage.tables import UNKNOWN, Reader

FAILED: Final = ("given up", "held")

_FREE: Final = {"owner": None}


class Outbox:
    """`bot.owed.Outbox` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        sending = Sending(database)
        self._begin, self._sent = Together(sending.begin), Together(sending.mark_sent)
        self._freeze = Together(self._frozen)

    async def plan(self, now: datetime, limit: int) -> int:
        """Write down what has fallen due by *now* for up to *limit* readers, and say for how many."""
        async with self._database.reading() as session:
            if not await planning.waiting(session, now):
                return 0
        async with self._database.writing() as session:
            return await planning.plan(session, now, limit)

    async def owe(self, deliveries: Sequence[owed.Delivery]) -> None:
        """Write these down too; one of a known key, or of a known address, slot and part, changes nothing."""
        async with self._database.writing() as session:
            await planning.write(session, deliveries)

    async def claim(
        self, now: datetime, lease: timedelta, limit: int, paces: Mapping[str, Pace], owner: str
    ) -> Sequence[owed.Delivery]:
        """Take up to *limit* deliveries due at *now* on these platforms; nobody else gets them within *lease*.

        Claiming is an attempt: a delivery claimed for the first time has 1.
        """
        async with self._database.reading() as session:
            if not await claims.waiting(session, now, tuple(paces)):
                return []
        async with self._database.writing() as session:
            return await claims.claim(session, claims.Claim(now, lease, limit, owner), paces)

    async def freeze(
        self, key: str, owner: str, message: Message, papers: Sequence[int] = ()
    ) -> Collection[int]:
        """Keep what will be said and the papers it tells; those told by another delivery are given back instead."""
        return await self._freeze(Letter(key, owner, message, papers))

    async def _frozen(self, letters_: Sequence[Letter]) -> Sequence[Collection[int]]:
        async with self._database.writing() as session:
            return await ledger.freeze(session, letters_)

    async def told(self, address: Address, papers: Sequence[int]) -> Collection[int]:
        """Which of *papers* were sent to *address* in a digest."""
        async with self._database.reading() as session:
            reader = (await session.exec(select(Reader.id).where(readers.at(address)))).first()
            return await ledger.sent(session, reader, papers) if reader else ()

    async def begin(self, key: str, owner: str, *, now: datetime, until: datetime) -> bool:
        """From now on it may be posted; where nothing more is heard, somebody looks into it at *until*."""
        return await self._begin(Begun(key, owner, now, until))

    async def mark_sent(self, key: str, ref: MessageRef, *, at: datetime) -> None:
        """It was posted; the first post counts. Tried more than once, it may stand there twice: see `doubtful`."""
        await self._sent(Sent(key, ref, at))

    async def doubtful(
        self, now: datetime, lease: timedelta, limit: int, platforms: Sequence[str]
    ) -> Sequence[owed.Delivery]:
        """Up to *limit* deliveries that were sent and may stand there twice, some time after it could happen."""
        wanted = select(Delivery, Reader).join(Reader).where(col(Reader.platform).in_(platforms))
        due = wanted.where(col(Delivery.look_at) <= now).order_by(col(Delivery.look_at)).limit(limit)
        async with self._database.reading() as session:
            if (await session.exec(due)).first() is None:
                return []
        async with self._database.writing() as session:
            rows = (await session.exec(due.with_for_update(of=Delivery, skip_locked=True))).all()
            for row, _ in rows:
                row.look_at = now + lease
            return [row.value(reader.address) for row, reader in rows]

    async def looked(self, key: str) -> None:
        """It stands there once now, or nobody can see how often."""
        await self._change(key, look_at=None)

    async def postpone(
        self, key: str, owner: str, until: datetime, reason: str, *, unposted: bool = False
    ) -> None:
        """It will be tried again then. *unposted*: no try can have been posted, so there is nothing to look for."""
        waiting = {"state": "waiting", "due": until, "reason": reason, **_FREE}
        clean = {"first_wire_at": None, "last_wire_at": None} if unposted else {}
        await self._change(key, OPEN, _whose(owner), **waiting, **clean)

    async def say_instead(
        self, key: str, owner: str, message: Message, *, at: datetime, repeat: bool
    ) -> None:
        """Send *message* in its place from then on, without looking for an earlier one; *repeat* counts it."""
        said = {"repeats": col(Delivery.repeats) + int(repeat), "message": letters.written(message)}
        again = {"state": "waiting", "due": at, "first_wire_at": None, **_FREE}
        await self._change(key, OPEN, _whose(owner), **said, **again)

    async def give_up(self, key: str, owner: str, reason: str, *, state: State = "given up") -> None:
        """It will not be tried again; *reason* is for people to read."""
        await self._change(key, OPEN, _whose(owner), state=state, reason=reason, due=None, **_FREE)

    async def rest(self, address: Address, rests: Rests, until: datetime) -> None:
        """Nothing goes out to this address, in its workspace or by this bot before then."""
        async with self._database.writing() as session:
            await claims.rest(session, address, rests, until)

    async def lately(self, address: Address, limit: int) -> Sequence[owed.Fate]:
        """What has become of the last *limit* deliveries to *address*, newest first."""
        return await self._fates(limit, readers.at(address))

    async def failed(self, platform: str, workspace: str, limit: int) -> Sequence[owed.Fate]:
        """The last *limit* deliveries in this workspace that were given up or held, newest first."""
        there = (Reader.platform == platform, Reader.workspace == workspace)
        return await self._fates(limit, *there, col(Delivery.state).in_(FAILED))

    async def retry(self, key: str, *, now: datetime) -> bool:
        """Try a delivery again that was given up or held. False: it is neither, or there is none."""
        async with self._database.writing() as session:
            failed = select(Delivery).where(Delivery.key == key, col(Delivery.state).in_(FAILED))
            row = (await session.exec(failed.with_for_update())).first()
            if row is None:
                return False
            row.state, row.due, row.repeats = "waiting", now, 0
            reopened = update(Reader).where(col(Reader.id) == row.reader_id, col(Reader.closed) != "")
            await session.exec(reopened.values(closed="", last=None, due=UNKNOWN, due_slot=None))
        return True

    async def withdraw(self, platform: str, workspace: str, slot: str) -> int:
        """Let go of the deliveries of this *slot* in this workspace that nobody has begun to post; how many."""
        there = select(Reader.id).where(Reader.platform == platform, Reader.workspace == workspace)
        unposted = (OPEN, col(Delivery.first_wire_at).is_(None), col(Delivery.slot) == slot)
        gone = update(Delivery).where(col(Delivery.reader_id).in_(there), *unposted)
        async with self._database.writing() as session:
            done = gone.values(state="given up", reason="it was taken back", due=None, **_FREE)
            return int((await session.exec(done)).rowcount)

    async def lead(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        """Whether *owner* is the one that sees to *name*, up to *until*: nobody else is before then."""
        async with self._database.writing() as session:
            mine = bulk.inserted(session, Lease).values(name=name, owner=owner, until=until)
            free = or_(col(Lease.owner) == owner, col(Lease.until) <= now)
            taken = {"owner": owner, "until": until}
            kept = mine.on_conflict_do_update(index_elements=["name"], set_=taken, where=free)
            return bool((await session.exec(kept.returning(col(Lease.name)))).all())

    async def _change(self, key: str, *when: sa.ColumnElement[bool], **columns: object) -> bool:
        async with self._database.writing() as session:
            change = update(Delivery).where(col(Delivery.key) == key, *when).values(**columns)
            return bool((await session.exec(change)).rowcount)

    async def _fates(self, limit: int, *wanted: sa.ColumnElement[bool] | bool) -> list[owed.Fate]:
        found = select(Delivery, Reader).join(Reader).where(*wanted).order_by(col(Delivery.id).desc())
        async with self._database.reading() as session:
            rows = (await session.exec(found.limit(limit))).all()
        return [row.fate(reader.address) for row, reader in rows]


def _whose(owner: str) -> sa.ColumnElement[bool]:
    return col(Delivery.owner) == owner
