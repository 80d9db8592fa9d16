"""bioRxiv and medRxiv, by the details of their API: a hundred rows a page, in no order, every version."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from adapters.sources.places.web import BIORXIV, Web
from bot.errors import Emptied, NothingAnnounced, Refused
from bot.models import Digest, Paper

MOST_PAGES: Final = 100
OVERLAP: Final = timedelta(days=1)  # rows of a day come late
FURTHEST: Final = timedelta(days=30)
MUCH: Final = 50  # papers of which a filter leaves some, unless it is wrong


class Preprints(Web):
    """One of the two servers, all of it or some subjects, parted by commas."""

    async def digests(self, since: str) -> AsyncIterator[Digest]:
        """What was posted since the last reading, as one digest. Raises Unread, Refused and Emptied."""
        today = self.reach.today
        last = date.fromisoformat(since) if since else today - OVERLAP
        rows = await self._rows(max(last - OVERLAP, today - FURTHEST), today)
        try:
            digest = await self.read(json.dumps({"collection": rows}).encode(), today)
        except NothingAnnounced:
            self.go_on(today.isoformat())
            return
        kept = self._chosen(digest)
        if len(digest.papers) >= MUCH and not kept.papers:
            raise Emptied(f"none of {len(digest.papers)} papers has a subject of {self.source.address!r}")
        self.go_on(today.isoformat())
        if kept.papers or kept.updates:
            yield replace(kept, cursor=today.isoformat())

    async def _rows(self, start: date, end: date) -> list[Any]:
        """The rows of all pages between two days."""
        rows: list[Any] = []
        for _ in range(MOST_PAGES):
            place = f"details/{self.source.kind}/{start}/{end}/{len(rows)}"
            content = await self.fetched(f"{self.reach.base(BIORXIV)}/{place}")
            found = _collection(content)
            rows += found
            if len(found) < 100:
                break
        return rows

    def _chosen(self, digest: Digest) -> Digest:
        """*digest* with the subjects that were asked for."""
        subjects = {name.strip().lower() for name in self.source.address.split(",") if name.strip()}
        if not subjects:
            return digest

        def chosen(papers: tuple[Paper, ...]) -> tuple[Paper, ...]:
            return tuple(one for one in papers if subjects & {name.lower() for name in one.categories})

        return replace(digest, papers=chosen(digest.papers), updates=chosen(digest.updates))


def _collection(content: bytes) -> list[Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused("broken JSON; the answer is not whole") from None
    rows = answer.get("collection") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise Refused("the answer has no collection of papers")
    return rows
