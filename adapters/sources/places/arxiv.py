"""arXiv: the announcements of some categories day by day, and queries.

Terms of use: one request every three seconds over one connection, which `politeness` sees to; what is new changes
once a day (info.arxiv.org/help/api/tou.html).
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from adapters.sources.calendar import between
from adapters.sources.places.web import ARXIV_API, ARXIV_FEEDS, Web, joined
from bot.errors import NothingAnnounced, Unread
from bot.models import Digest

CAP: Final = 2_000  # entries of a feed, at most: beyond it some are missing
PAGE: Final = 500  # entries of an answer of the query API
MOST_PAGES: Final = 20
FIRST: Final = 100  # papers of a query that is read for the first time
OVERLAP: Final = timedelta(days=3)  # from submission to announcement, over a weekend
FURTHEST: Final = timedelta(days=30)  # how far back is caught up
TOTAL: Final = re.compile(rb"totalResults[^>]*>\s*(\d+)")


class _Asking(Web):
    """What the query API is asked for."""

    async def asked(self, query: str, start: int, size: int, order: str) -> tuple[Digest | None, int]:
        """A page of answers, and how many there are in all. Raises Unread when the page is not whole."""
        given = {"search_query": query, "start": start, "max_results": size, "sortBy": "submittedDate"}
        url = f"{self.reach.base(ARXIV_API)}?{urlencode({**given, 'sortOrder': order})}"
        content = await self.fetched(url)
        total = TOTAL.search(content[:5_000])
        count = int(total[1]) if total else 0
        try:
            digest = await self.read(content, self.reach.today)
        except NothingAnnounced:
            if start < count:
                raise Unread("incomplete", "arXiv left out some of its answer", 60.0) from None
            return None, count
        return digest, count

    async def all_of(self, query: str) -> list[Digest]:
        """Every page of answers, oldest first."""
        found: list[Digest] = []
        for page in range(MOST_PAGES):
            digest, count = await self.asked(query, page * PAGE, PAGE, "ascending")
            found += [digest] if digest else []
            if digest is None or (page + 1) * PAGE >= count:
                break
        return found


class Announcements(_Asking):
    """The feed of some categories, such as cs.LG+cs.CL. Days that were missed are asked for."""

    async def digests(self, since: str) -> AsyncIterator[Digest]:
        """The missed days as one digest, then today's. Raises Unread and Refused."""
        content = await self.changed(f"{self.reach.base(ARXIV_FEEDS)}/rss/{self.source.address}")
        if content is None:
            return
        try:
            today = await self.read(content, self.reach.today)
        except NothingAnnounced:
            return
        last = date.fromisoformat(since) if since else None
        capped = len(today.papers) + len(today.updates) >= CAP
        if last and (capped or any(between("arxiv", last, today.day))):
            async for missed in self._missed(last, today.day):
                yield missed
        yield replace(today, cursor=self.go_on(max(today.day.isoformat(), since)))

    async def _missed(self, last: date, day: date) -> AsyncIterator[Digest]:
        """What was submitted for the announcements between the two days."""
        start = max(last - OVERLAP, day - FURTHEST)
        within = f"submittedDate:[{start:%Y%m%d}0000 TO {day:%Y%m%d}2359]"
        categories = " OR ".join(f"cat:{name}" for name in self.source.address.split("+"))
        found = await self.all_of(f"({categories}) AND {within}")
        if found:
            yield joined(found, day - timedelta(days=1))


class Query(_Asking):
    """A query, such as au:lecun_y: its newest papers."""

    async def digests(self, since: str) -> AsyncIterator[Digest]:
        """The papers submitted since the last reading, as one digest. Raises Unread and Refused."""
        last = date.fromisoformat(since) - OVERLAP if since else None
        query = self.source.address.replace("author:", "au:")
        found: list[Digest] = []
        for page in range(MOST_PAGES):
            digest, count = await self.asked(query, page * FIRST, FIRST, "descending")
            found += [digest] if digest else []
            oldest = (
                min((one.published for one in digest.papers if one.published), default=None)
                if digest
                else None
            )
            if last is None or oldest is None or oldest < last or (page + 1) * FIRST >= count:
                break
        if found:
            yield replace(joined(found, self.reach.today), cursor=self.go_on(self.reach.today.isoformat()))
