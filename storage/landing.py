"""A digest lands in one transaction: papers merged by identity, and matches."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import models
from bot.interfaces import Matches
from bot.models import Digest
from storage import bulk, purge, versions
from storage.columns import Row, Table
from storage.engine import alone
from storage.identity import Identities, Known, known_by
from storage.tables import Landing, Match, Paper, PaperKey, Term

LANDING: Final = 6023  # the lock of whoever lands: else two at once could both find the same paper new


async def land(session: AsyncSession, digest: Digest, matches: Matches, at: datetime) -> models.Landing:
    """Write it all down. A digest of a known fingerprint changes nothing."""
    await alone(session, LANDING)
    before = select(Landing).where(Landing.fingerprint == digest.fingerprint)
    if first := (await session.exec(before)).first():
        return first.value(again=True)
    landing = Landing.of(digest, at)
    session.add(landing)
    await session.flush()
    papers, updated = await _merged(session, digest)
    new = await _write_papers(session, landing.id, [*papers, *updated])
    await _write_matches(session, landing.id, [new.get(paper, 0) for paper in papers], matches)
    await versions.write(session, landing.id, [*papers, *updated], at)
    landing.papers, landing.new = len(set(papers)), len(new)
    if not new:
        await _forget_idle(session, landing)
    return landing.value()


async def _forget_idle(session: AsyncSession, landing: Landing) -> None:
    """A list that is read again all day, for its votes, leaves one landing without news, not one a reading."""
    alike = (Landing.source == landing.source, Landing.day == landing.day, Landing.new == 0)
    before = select(Landing.id).where(*alike, Landing.id < landing.id)
    for idle in (await session.exec(before)).all():
        used = [
            sa.exists().where(column == idle)
            for _, column, _ in purge.hanging(Table.metadata.tables["landing"])
        ]
        await session.exec(delete(Landing).where(col(Landing.id) == idle, *(~one for one in used)))


async def _merged(session: AsyncSession, digest: Digest) -> tuple[list[Known], list[Known]]:
    """Which paper stands at each place of the digest, and which ones of before its updates are of."""
    listed = (*digest.papers, *digest.updates)
    keys = await asyncio.to_thread(lambda: [known_by(paper) for paper in listed])
    identities = await sharing(session, keys)

    def meet() -> tuple[list[Known], list[Known]]:
        met = list(map(identities.meet, digest.papers, keys))
        updated = map(identities.update, digest.updates, keys[len(met) :])
        return met, [known for known in updated if known]

    return await asyncio.to_thread(meet)


async def sharing(session: AsyncSession, keys: Iterable[Iterable[str]]) -> Identities:
    """The papers that landed before and have one of *keys*, with everything they are known by."""
    wanted = sorted({key for some in keys for key in some})
    ids: set[int] = set()
    for portion in bulk.portions(wanted):
        ids.update(await session.exec(select(PaperKey.paper_id).where(col(PaperKey.key).in_(portion))))
    known: dict[int, list[str]] = {}
    papers: list[models.Paper] = []
    for some in bulk.portions(sorted(ids)):
        rows = await session.exec(select(PaperKey).where(col(PaperKey.paper_id).in_(some)))
        for row in rows:
            known.setdefault(row.paper_id, []).append(row.key)
        found = await session.exec(select(Paper).where(col(Paper.id).in_(some)).order_by(col(Paper.id)))
        papers += [row.value() for row in found]
    return Identities((paper, known[paper.id]) for paper in papers)


async def _write_papers(session: AsyncSession, landing: int, papers: Sequence[Known]) -> dict[Known, int]:
    """Write the new ones in their order, and what is new of the others. Gives the numbers of the new ones."""
    different = list(dict.fromkeys(papers))
    numbers = await _add(session, landing, [one for one in different if not one.landed])
    changed = [
        {**Paper.of(one.paper), "number": one.paper.id} for one in different if one.landed and one.changed
    ]
    if changed:
        better = sa.update(Paper).where(col(Paper.id) == sa.bindparam("number"))
        for portion in bulk.portions(changed):
            await (await session.connection()).execute(better, portion)
    keys = [(key, numbers.get(one, one.paper.id)) for one in different for key in one.gained]
    await bulk.add(session, PaperKey, [{"key": key, "paper_id": number} for key, number in keys])
    return numbers


async def _add(session: AsyncSession, landing: int, new: Sequence[Known]) -> dict[Known, int]:
    connection = await session.connection()
    added = sa.insert(Paper).returning(col(Paper.position), col(Paper.id))
    numbers: dict[Known, int] = {}
    for portion in bulk.portions(list(enumerate(new))):
        rows = [{**Paper.of(one.paper), "landing_id": landing, "position": place} for place, one in portion]
        numbers |= {new[place]: number for place, number in await connection.execute(added, rows)}
    return numbers


async def _write_matches(
    session: AsyncSession, landing: int, numbers: Sequence[int], matches: Matches
) -> None:
    """Write which of the new papers each term met. *numbers* are those at each place, 0 where it is not new."""

    def rows() -> list[Row]:
        met = ((term, sorted({numbers[place] for place in places} - {0})) for term, places in matches.items())
        return [{"landing_id": landing, "term_id": term, "papers": papers} for term, papers in met if papers]

    await bulk.add(session, Match, await asyncio.to_thread(rows))
    given_up = ~sa.exists().where(
        col(Term.id) == col(Match.term_id)
    )  # by everybody, after matching had begun
    await session.exec(delete(Match).where(col(Match.landing_id) == landing, given_up))
