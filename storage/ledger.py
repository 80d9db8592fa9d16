"""Which reader was told of which paper, and by which delivery: none is told twice, and none is lost."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.messages import Message
from bot.owed import delivery_key
from storage import letters
from storage.owed import Delivery
from storage.tables import Reader

UNTOLD: Final = ("given up", "empty", "told later")


@dataclass(frozen=True, slots=True)
class Letter:
    """What *owner* wants to be said in a delivery, and the papers it tells."""

    key: str
    owner: str
    message: Message
    papers: Sequence[int]


async def freeze(session: AsyncSession, frozen: Sequence[Letter]) -> list[Collection[int]]:
    """Keep what deliveries say and tell; where another one told some of the papers, say which instead."""
    wanted = select(Delivery, Reader).join(Reader).where(col(Delivery.key).in_([one.key for one in frozen]))
    wanted = wanted.order_by(col(Reader.id), col(Delivery.id)).with_for_update(key_share=True)
    found = {row.key: (row, reader) for row, reader in await session.exec(wanted)}
    told = await _told(session, [row for row, _ in found.values()])
    answers: list[Collection[int]] = []
    for one in frozen:
        row, reader = found.get(one.key, (None, None))
        if row is None or reader is None or row.owner != one.owner:
            answers.append(())  # what somebody says whose lease has ended is not heard
            continue
        again = told.others(row) & set(one.papers)
        if not again:
            row.message, row.papers = letters.written(one.message), one.papers
            reader.shown = [*one.papers] or reader.shown
            told.tell(row.id, row.reader_id, row.landing_id or 0, one.papers)
        answers.append(again)
    return answers


async def sent(session: AsyncSession, reader: int, papers: Sequence[int]) -> Collection[int]:
    """Which of *papers* were sent to the reader."""
    told = select(Delivery.papers).where(Delivery.reader_id == reader, col(Delivery.papers).is_not(None))
    rows = await session.exec(told.where(Delivery.state == "sent"))
    return {paper for row in rows for paper in row or ()} & set(papers)


async def reopen(session: AsyncSession, reader: Reader) -> None:
    """Post to the reader again; what was given up while they were closed is told with the next digest."""
    lost = select(Delivery).where(Delivery.reader_id == reader.id, Delivery.state == "given up")
    lost = lost.where(Delivery.reason == reader.closed, col(Delivery.landing_id).is_not(None))
    rows = (await session.exec(lost)).all()
    for row in rows:  # its slot is free for the digest that tells it
        row.state, row.slot = "told later", f"{row.slot} ({row.id})"
        row.key = delivery_key(reader.address, row.slot)
    missed = min((row.since for row in rows), default=None)
    reader.told = reader.told if missed is None else min(missed, reader.told or missed)
    reader.closed, reader.last = "", None


class _Told:
    """Which papers the deliveries to some readers tell."""

    def __init__(self) -> None:
        self._papers: defaultdict[int, dict[int, tuple[int, Sequence[int]]]] = defaultdict(dict)

    def tell(self, delivery: int, reader: int, landing: int, papers: Sequence[int]) -> None:
        """Remember that this delivery tells these papers of what landed up to then."""
        self._papers[reader][delivery] = landing, papers

    def others(self, row: Delivery) -> set[int]:
        """What other deliveries tell the same reader of the landings that this one is about."""
        theirs = self._papers[row.reader_id].items()
        return {
            paper
            for number, (landing, papers) in theirs
            if number != row.id and landing > row.since
            for paper in papers
        }


async def _told(session: AsyncSession, rows: Sequence[Delivery]) -> _Told:
    """What is told to the readers of *rows* of the landings that these are about."""
    told = _Told()
    if rows:
        theirs = select(Delivery.id, Delivery.reader_id, col(Delivery.landing_id), col(Delivery.papers))
        theirs = theirs.where(col(Delivery.reader_id).in_({row.reader_id for row in rows}))
        about = (col(Delivery.landing_id) > min(row.since for row in rows), col(Delivery.papers).is_not(None))
        for one in await session.exec(theirs.where(*about, col(Delivery.state).not_in(UNTOLD))):
            number, reader, landing, papers = one
            told.tell(number, reader, landing or 0, papers or ())
    return told
