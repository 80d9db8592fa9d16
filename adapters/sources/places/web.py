"""What places on the web have in common: fetching, reading beside the loop, and the mark they got to."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from adapters.sources import read
from adapters.sources.fetch import Fetched, Fetcher
from bot.models import Digest, Now
from bot.sources import Mark, Source

HUGGING_FACE = "https://huggingface.co"
ARXIV_FEEDS = "https://rss.arxiv.org"
ARXIV_API = "https://export.arxiv.org/api/query"
BIORXIV = "https://api.biorxiv.org"
OPENREVIEW = "https://api2.openreview.net"
SEMANTIC_SCHOLAR = "https://api.semanticscholar.org"


@dataclass(frozen=True, slots=True)
class Reach:
    """What places are read with. *bases* stand in for the addresses of the public ones, *secrets* open mailboxes."""

    fetcher: Fetcher
    now: Now
    bases: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def base(self, public: str) -> str:
        """Where the place at *public* is to be asked."""
        return self.bases.get(public, public)

    @property
    def today(self) -> date:
        """The day in UTC, which is how public places count."""
        return self.now().date()


class Web:
    """A place on the web, read once."""

    def __init__(self, source: Source, reach: Reach) -> None:
        self.source, self.reach = source, reach
        self._mark = Mark(source.cursor, source.etag, source.modified)

    @property
    def name(self) -> str:
        """What `source:` finds its papers by."""
        return self.source.name

    @property
    def mark(self) -> Mark:
        """Where the reading got to."""
        return self._mark

    def go_on(self, cursor: str) -> str:
        """Mark that all up to *cursor* is given."""
        self._mark = replace(self._mark, cursor=cursor)
        return cursor

    async def fetched(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """What stands at *url* now. Raises Unread."""
        found = await self.reach.fetcher.fetch(url, headers=headers)
        self._waits(found)
        return found.body or b""

    async def changed(self, url: str, headers: Mapping[str, str] | None = None) -> bytes | None:
        """What stands at *url*, or None when it is what was read last. Raises Unread."""
        mark = self._mark
        found = await self.reach.fetcher.fetch(url, etag=mark.etag, modified=mark.modified, headers=headers)
        self._waits(found)
        if found.body is not None:
            self._mark = replace(self._mark, etag=found.etag, modified=found.modified)
        return found.body

    async def read(self, content: bytes, day: date) -> Digest:
        """The digest that *content* is, read beside the loop. Raises Refused."""
        return await asyncio.to_thread(read, content, today=day, source=self.name)

    def _waits(self, found: Fetched) -> None:
        self._mark = replace(self._mark, wait=max(self._mark.wait, found.wait))


def joined(digests: Sequence[Digest], day: date) -> Digest:
    """Pages of one list as the digest that they are together."""
    papers = tuple(paper for digest in digests for paper in digest.papers)
    updates = tuple(paper for digest in digests for paper in digest.updates)
    whole = hashlib.sha256("".join(digest.fingerprint for digest in digests).encode()).hexdigest()
    return replace(digests[0], day=day, papers=papers, updates=updates, fingerprint=whole)
