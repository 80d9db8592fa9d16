"""Readers, and what they follow."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import models
from bot.due import following
from bot.errors import AlreadyFollowing, NotFollowing, TooManyInterests
from bot.models import Address
from bot.schedules import INSTANTLY, Schedule
from bot.wishes import Wishes
from storage import bulk, ledger, readers
from storage.engine import Database, alone
from storage.owed import OPEN, Delivery
from storage.tables import Interest, Landing, Match, Reader, Term
from storage.wishes import wishes

NEW_TERM: Final = 6022  # the lock of whoever writes down a term nobody followed before


class People:
    """`bot.interfaces.People` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reader(self, address: Address) -> models.Reader:
        """The reader at *address*, known from now on if they were not."""
        wanted = select(Reader).where(readers.at(address))
        async with self._database.reading() as session:
            row = (await session.exec(wanted)).first()
        if row is None:
            async with self._database.writing() as session:
                await readers.numbers(session, [address])
                row = (await session.exec(wanted)).one()
        return row.value()

    async def known(self, addresses: Sequence[Address]) -> Sequence[models.Reader]:
        """The readers at these addresses, as far as there are some."""
        async with self._database.reading() as session:
            found: list[Reader] = []
            for portion in bulk.portions(addresses):
                found += await session.exec(select(Reader).join(*readers.those(session, portion)))
            return [row.value() for row in sorted(found, key=lambda row: row.id)]

    async def readers(self) -> Sequence[models.Reader]:
        """Everyone who gets digests, in the order they came."""
        async with self._database.reading() as session:
            wanted = select(Reader).order_by(col(Reader.id))
            return [row.value() async for (row,) in bulk.read(session, wanted)]

    async def seen(self, address: Address, zone: str, *, now: datetime) -> str:
        """The reader at *address* is there and lives in *zone*, as their platform says; why they were closed."""
        async with self._database.reading() as session:
            row = (await session.exec(select(Reader).where(readers.at(address)))).first()
        known = row.value() if row else models.Reader(address)
        moves = bool(zone) and not known.chosen and zone != known.zone
        if moves or known.closed:
            async with self._changing(address, now) as (session, row):
                if row.closed:
                    await ledger.reopen(session, row)
                row.zone = zone if moves else row.zone
        return known.closed

    async def live_in(self, address: Address, zone: str, *, now: datetime) -> None:
        """Go by the clocks of *zone*, as the reader has chosen."""
        async with self._changing(address, now) as (_, row):
            row.zone, row.chosen = zone, True

    async def schedule(
        self, address: Address, schedule: Schedule | None, *, verbose: bool | None = None, now: datetime
    ) -> None:
        """Bring the reader's digests at these times; *verbose*: also say so when there is nothing new."""
        async with self._changing(address, now) as (session, row):
            row.last = row.last if row.value().schedule.daily else None
            row.schedule = str(schedule or (await readers.usual_times(session, [address]))[address])
            row.decided = schedule is not None
            row.verbose = row.verbose if verbose is None else verbose

    async def pause(self, address: Address, until: datetime | None, *, now: datetime) -> None:
        """Rest the reader's digests until then, or None: no longer. What lands meanwhile is not sent later."""
        async with self._changing(address, now) as (_, row):
            if row.value().paused(now):
                row.told = None  # to be what has landed by now
                row.last = None  # nothing was missed
            row.paused_until = until

    async def close(self, address: Address, reason: str) -> None:
        """Nothing can be posted to the reader until they are `seen` again; *reason* is for people to read."""
        why = reason or "it takes no posts"
        async with self._database.writing() as session:
            shut = update(Reader).where(readers.at(address)).values(closed=why, due=None)
            reader = (await session.exec(shut.returning(col(Reader.id)))).scalar()
            theirs = (col(Delivery.reader_id) == reader, OPEN)
            unsent = update(Delivery).where(*theirs, col(Delivery.first_wire_at).is_(None))
            await session.exec(unsent.values(state="given up", reason=why, due=None, owner=None))

    @asynccontextmanager
    async def _changing(self, address: Address, now: datetime) -> AsyncIterator[tuple[AsyncSession, Reader]]:
        """The reader's row, to be changed; afterwards their next digest falls due as it then should."""
        async with self._database.writing() as session:
            number = await readers.own(session, address)
            row = (await session.exec(select(Reader).where(Reader.id == number))).one()
            told = row.told
            yield session, row
            if row.told is None and (told is not None or row.schedule == str(INSTANTLY)):
                row.told = await readers.newest(session)
            row.due_slot, row.due = None, None
            if not row.closed and (slot := following(row.value(), now)):
                row.due_slot, row.due = slot

    async def follow(self, interest: models.Interest, *, most: int) -> models.Interest:
        """Keep *interest* and say what its id is. Raises AlreadyFollowing and TooManyInterests."""
        async with self._database.writing() as session:
            owner = await readers.own(session, interest.owner)
            term = await _term(session, interest.normal)
            kept = bulk.inserted(session, Interest).values(
                reader_id=owner, term_id=term, typed=interest.typed, muted=interest.muted
            )
            id_ = (await session.exec(kept.on_conflict_do_nothing().returning(col(Interest.id)))).scalar()
            if id_ is None:
                raise AlreadyFollowing(f"`{interest.normal}` is followed already.")
            count = select(func.count()).select_from(Interest).where(Interest.reader_id == owner)
            if (await session.exec(count)).one() > most:
                raise TooManyInterests(
                    f"More than {most} interests cannot be followed: `unfollow` one first."
                )
        return replace(interest, id=id_)

    async def unfollow(self, owner: Address, normal: str) -> models.Interest:
        """Give the interest of this normal form up. Raises NotFollowing."""
        async with self._database.writing() as session:
            row = await _interest(session, owner, normal)
            await session.delete(row)
            await session.flush()
            await _forget(session, row.term_id)
        return row.value(owner, normal)

    async def mute(self, owner: Address, normal: str, *, muted: bool) -> None:
        """Let the interest rest, or bring it back. Raises NotFollowing."""
        async with self._database.writing() as session:
            (await _interest(session, owner, normal)).muted = muted

    async def reword(self, owner: Address, before: str, after: str) -> None:
        """Let the interest of normal form *before* be kept by *after* from now on. Raises NotFollowing."""
        async with self._database.writing() as session:
            row = await _interest(session, owner, before)
            old, term = row.term_id, await _term(session, after)
            if term == old:
                return
            there = select(Interest.id).where(Interest.reader_id == row.reader_id, Interest.term_id == term)
            if (await session.exec(there)).first() is None:
                row.term_id = term
            else:
                await session.delete(row)
            await session.flush()
            await _forget(session, old)

    async def interests(self, owner: Address) -> Sequence[models.Interest]:
        """What *owner* follows, oldest first."""
        followed = select(Interest, Term.normal).join(Term).join(Reader).where(readers.at(owner))
        async with self._database.reading() as session:
            rows = await session.exec(followed.order_by(col(Interest.id)))
            return [row.value(owner, normal) for row, normal in rows]

    async def wishes(self, readers: Sequence[Address], landings: Sequence[int]) -> Sequence[Wishes]:
        """What each of *readers* wants of these *landings*, in their order."""
        async with self._database.reading() as session:
            return await wishes(session, readers, landings)

    async def terms(self, after: int = 0, most: int | None = None) -> Sequence[tuple[int, str]]:
        """The *most* lowest distinct terms anybody follows with an id above *after*, by id and normal form."""
        wanted = select(Term.id, Term.normal).where(Term.id > after).order_by(col(Term.id)).limit(most)
        async with self._database.reading() as session:
            return [(id_, normal) for id_, normal in await session.exec(wanted)]

    async def followed(self) -> int:
        """How many distinct terms anybody follows."""
        async with self._database.reading() as session:
            return int((await session.exec(select(func.count(col(Term.id))))).one())


async def _interest(session: AsyncSession, owner: Address, normal: str) -> Interest:
    """The row of an interest, which nobody else changes until the transaction ends. Raises NotFollowing."""
    followed = select(Interest).join(Term).join(Reader).where(readers.at(owner), Term.normal == normal)
    if row := (await session.exec(followed.with_for_update(of=Interest))).first():
        return row
    raise NotFollowing(f"`{normal}` is not followed. `interests` lists what is.")


async def _term(session: AsyncSession, normal: str) -> int:
    """The number of the term, written down if nobody followed it; it stays until the transaction ends."""
    known = select(Term.id).where(Term.normal == normal).with_for_update(read=True, key_share=True)
    if (number := (await session.exec(known)).first()) is not None:
        return number
    await alone(session, NEW_TERM)  # else a lower number could appear after a higher one was seen
    new = bulk.inserted(session, Term).values(normal=normal)
    kept = new.on_conflict_do_update(index_elements=["normal"], set_={"normal": normal})
    return int((await session.exec(kept.returning(col(Term.id)))).scalar_one())


async def forget_terms(session: AsyncSession, terms: Sequence[int]) -> None:
    """Drop those of these terms that nobody follows any more."""
    for term in sorted(terms):
        await _forget(session, term)


async def _forget(session: AsyncSession, term: int) -> None:
    """Drop the term if nobody follows it any more; should somebody later, it is a new one with a new number."""
    await session.exec(select(Term.id).where(Term.id == term).with_for_update())
    if (await session.exec(select(Interest.id).where(Interest.term_id == term).limit(1))).first():
        return
    landings = select(Landing.id)  # matches are found by their landing first
    await session.exec(delete(Match).where(col(Match.term_id) == term, col(Match.landing_id).in_(landings)))
    await session.exec(delete(Term).where(col(Term.id) == term))
