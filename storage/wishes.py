"""What readers want of what has landed, of many at a time: most digests of a time are of the same landings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import workspaces
from bot.models import Address, Paper
from bot.shelf import Feedback
from bot.wishes import Wishes
from storage import bulk, readers
from storage.inboxes import Inbox
from storage.shelf import Unrelated
from storage.tables import Interest, Match, Rated, Reader, Term
from storage.tables import Paper as PaperRow

Met = Mapping[int, Mapping[int, Sequence[int]]]
"""What terms met: term to landing to papers, by ids."""


async def wishes(
    session: AsyncSession, addresses: Sequence[Address], landings: Sequence[int]
) -> list[Wishes]:
    """What each of the readers at *addresses* wants of these *landings*, in their order."""
    owners = await _owners(session, addresses)
    numbers = sorted({number for number, _ in owners.values()})
    follows = await _followed(session, numbers)
    rated = await _rated(session, numbers)
    met = await _met(session, {term for one in follows.values() for term, _ in one}, landings)
    places = await readers.places(session, addresses)
    found = []
    for one in addresses:
        number, related = owners.get(one, (0, True))
        terms = follows.get(number, [])
        place = one.platform, one.workspace
        here = places[place].value() if place in places else workspaces.Workspace(*place)
        normals = [normal for _, normal in terms]
        found.append(
            Wishes(here, normals, _met_by(terms, met, landings), rated.get(number, ()), related=related)
        )
    return found


async def _owners(session: AsyncSession, addresses: Sequence[Address]) -> dict[Address, tuple[int, bool]]:
    """Whose interests count at each of these addresses, and whether related papers are wanted with them."""
    whose, found = sa.func.coalesce(col(Inbox.owner_id), col(Reader.id)), dict[Address, tuple[int, bool]]()
    for portion in bulk.portions(addresses):
        wanted = (
            select(Reader, whose, col(Unrelated.reader_id))
            .join(*readers.those(session, portion))
            .outerjoin(Inbox, col(Inbox.reader_id) == Reader.id)
            .outerjoin(Unrelated, col(Unrelated.reader_id) == whose)
        )
        rows = await session.exec(wanted)
        found |= {row.address: (number, unwanted is None) for row, number, unwanted in rows}
    return found


async def _followed(session: AsyncSession, numbers: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The terms that these readers follow, the oldest interest first: ids with normal forms."""
    followed: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    wanted = select(Interest.reader_id, Term.id, Term.normal).join(Term)
    wanted = wanted.where(col(Interest.reader_id).in_(numbers), ~col(Interest.muted))
    for number, term, normal in await session.exec(wanted.order_by(col(Interest.id))):
        followed[number].append((term, normal))
    return followed


async def _rated(session: AsyncSession, numbers: Sequence[int]) -> dict[int, list[tuple[Paper, Feedback]]]:
    """What these readers think of which papers, the newest last."""
    rated: defaultdict[int, list[tuple[Paper, Feedback]]] = defaultdict(list)
    thought: sa.Select[*tuple[Any, ...]] = select(Rated.reader_id, Rated.feedback, PaperRow).join(PaperRow)
    thought = thought.where(col(Rated.reader_id).in_(numbers)).order_by(col(Rated.id))
    async for number, feedback, paper in bulk.read(session, thought):
        rated[number].append((paper.value(), cast("Feedback", feedback)))
    return rated


async def _met(session: AsyncSession, terms: set[int], landings: Sequence[int]) -> Met:
    """What these terms met in these landings."""
    met: defaultdict[int, dict[int, Sequence[int]]] = defaultdict(dict)
    for portion in bulk.portions(sorted(terms)):
        here = (col(Match.landing_id).in_(landings), col(Match.term_id).in_(portion))
        rows = await session.exec(select(Match.term_id, Match.landing_id, Match.papers).where(*here))
        for term, landing, papers in rows:
            met[term][landing] = papers
    return met


def _met_by(
    terms: Sequence[tuple[int, str]], met: Met, landings: Sequence[int]
) -> dict[int, dict[int, list[str]]]:
    """What these terms met, by their normal forms, in each landing."""
    found: dict[int, dict[int, list[str]]] = {landing: {} for landing in landings}
    for term, normal in terms:
        for landing, papers in met.get(term, {}).items():
            for paper in papers:
                found[landing].setdefault(paper, []).append(normal)
    return found
