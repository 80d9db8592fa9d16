"""What Semantic Scholar finds for some words, newest first, over the pool that is shared without a key."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from adapters.sources.places.web import SEMANTIC_SCHOLAR, Web
from bot.errors import NothingAnnounced
from bot.models import Digest

FIELDS: Final = "title,abstract,authors,externalIds,url,publicationDate,venue,fieldsOfStudy"
BACK: Final = timedelta(days=14)  # papers are found there some days after their date


class Search(Web):
    """A search for words."""

    async def digests(self, since: str) -> AsyncIterator[Digest]:
        """The papers of the last weeks, as one digest. Raises Unread and Refused."""
        today = self.reach.today
        start = (date.fromisoformat(since) if since else today) - BACK
        asked = {"query": self.source.address, "fields": FIELDS, "sort": "publicationDate:desc"}
        asked["publicationDateOrYear"] = f"{start}:"
        url = f"{self.reach.base(SEMANTIC_SCHOLAR)}/graph/v1/paper/search/bulk?{urlencode(asked)}"
        key = self.reach.secrets.get("semanticscholar", "")
        try:
            digest = await self.read(await self.fetched(url, {"x-api-key": key} if key else None), today)
        except NothingAnnounced:
            self.go_on(today.isoformat())
            return
        yield replace(digest, cursor=self.go_on(today.isoformat()))
