"""What has landed, and what it met."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from bot import models
from bot.interfaces import Matches
from bot.models import Address, Digest
from storage import bulk, landing, readers, versions
from storage.columns import Numbers, folded
from storage.identity import known_by
from storage.tables import Interest, Landing, Match, Paper, PaperKey, Reader, Term
from storage.words import Rarities

MOST_FOUND: Final = 10

_NEWEST: Final = (col(Paper.landing_id).desc(), col(Paper.position))
_OF_TERM: Final = col(Match.term_id) == col(Term.id)


class Papers(Rarities):
    """`bot.interfaces.Papers` in SQL."""

    async def land(self, digest: Digest, matches: Matches, *, at: datetime) -> models.Landing:
        """Write papers, matches and digest at once, or nothing."""
        async with self._database.writing() as session:
            return await landing.land(session, digest, matches, at)

    async def landings(self, limit: int) -> Sequence[models.Landing]:
        """The last *limit* landings, newest first."""
        async with self._database.reading() as session:
            rows = await session.exec(select(Landing).order_by(col(Landing.id).desc()).limit(limit))
            return [row.value() for row in rows]

    async def told(self, since: int, digest: int, limit: int) -> Sequence[models.Landing]:
        """The landings after *since* up to *digest* that readers hear of, oldest first: the last *limit* of them."""
        between = (Landing.id > since, Landing.id <= digest, Landing.new > 0, ~col(Landing.quiet))
        wanted = select(Landing).where(*between).order_by(col(Landing.id).desc()).limit(limit)
        async with self._database.reading() as session:
            return [row.value() for row in (await session.exec(wanted)).all()[::-1]]

    async def landing(self, digest: int) -> models.Landing | None:
        """The landing of this id."""
        async with self._database.reading() as session:
            row = await session.get(Landing, digest)
            return row.value() if row else None

    async def in_digest(self, digest: int) -> Sequence[models.Paper]:
        """The papers that were new in this landing, in the order of the digest."""
        return await self._papers(
            select(Paper).where(Paper.landing_id == digest).order_by(col(Paper.position))
        )

    async def updated(self, digest: int) -> Mapping[int, int]:
        """The new versions that this landing brought of papers that had landed before, by paper id."""
        async with self._database.reading() as session:
            return await versions.brought(session, digest)

    async def recent(self, limit: int) -> Sequence[models.Paper]:
        """The last *limit* papers to have landed, newest landing first, each landing in its own order."""
        return await self._papers(select(Paper).order_by(*_NEWEST).limit(limit))

    async def get(self, ids: Sequence[int]) -> Sequence[models.Paper]:
        """The papers of these ids, in this order; unknown ids are left out."""
        found: dict[int, models.Paper] = {}
        for portion in bulk.portions(ids):
            papers = await self._papers(select(Paper).where(col(Paper.id).in_(portion)))
            found |= {paper.id: paper for paper in papers}
        return [found[id_] for id_ in ids if id_ in found]

    async def standing(self, papers: Sequence[models.Paper]) -> Sequence[int]:
        """The ids that *papers* have since they landed, each once, in their order; unknown ones are left out."""
        keys = [known_by(paper) for paper in papers]
        async with self._database.reading() as session:
            identities = await landing.sharing(session, keys)
        known = [identities.known(some) for some in keys]
        return list(dict.fromkeys(one.paper.id for one in known if one))

    async def find(self, words: str) -> Sequence[models.Paper]:
        """Papers known by exactly this arXiv id or DOI, or whose title contains *words*; newest first, at most 10."""
        keys = known_by(models.Paper("", "", arxiv_id=words.strip(), doi=words.strip()))[:2]
        named = col(Paper.id).in_(select(PaperKey.paper_id).where(col(PaperKey.key).in_(keys)))
        title = folded(words)
        titled = col(Paper.folded).contains(title) if title else sa.false()
        return await self._papers(select(Paper).where(named | titled).order_by(*_NEWEST).limit(MOST_FOUND))

    async def met(self, owner: Address, digest: int) -> Mapping[int, Sequence[str]]:
        """What *owner*'s interests met in a landing: paper id to normal forms, muted interests left out."""
        here = (readers.at(owner), ~col(Interest.muted), col(Match.landing_id) == digest)
        matches = (
            select(Term.normal, Match.papers).join(Interest).join(Reader).join(Match, _OF_TERM).where(*here)
        )
        met: dict[int, list[str]] = {}
        async with self._database.reading() as session:
            for normal, papers in await session.exec(matches.order_by(col(Interest.id))):
                for paper in papers:
                    met.setdefault(paper, []).append(normal)
        return met

    async def count(self, owner: Address, since: datetime) -> Mapping[str, int]:
        """How many papers each of *owner*'s interests met in landings since then, by normal form."""
        lately = col(Match.landing_id).in_(select(Landing.id).where(Landing.at >= since))
        size = func.coalesce(func.sum(func.length(col(Match.papers))), 0)
        counted = select(Term.normal, size).join(Interest).join(Reader).outerjoin(Match, _OF_TERM & lately)
        mine = counted.where(readers.at(owner)).group_by(col(Interest.id), col(Term.normal))
        async with self._database.reading() as session:
            rows = await session.exec(mine.order_by(col(Interest.id)))
            return {normal: int(size) // Numbers.size for normal, size in rows}

    async def backfill(self, normal: str, matches: Mapping[int, Sequence[int]]) -> None:
        """Write what a term met in earlier landings: landing id to paper ids. Writing it twice changes nothing."""
        async with self._database.writing() as session:
            followed = select(Term.id).where(Term.normal == normal).with_for_update(key_share=True)
            if (term := (await session.exec(followed)).first()) is None:
                return
            for landing_id, papers in matches.items():
                known = await session.get(Match, (landing_id, term))
                if papers and known is None:
                    session.add(Match(landing_id=landing_id, term_id=term, papers=sorted(set(papers))))
                elif known:
                    known.papers = sorted({*known.papers, *papers})

    async def _papers(self, wanted: SelectOfScalar[Paper]) -> list[models.Paper]:
        async with self._database.reading() as session:
            return [row.value() async for (row,) in bulk.read(session, wanted)]
