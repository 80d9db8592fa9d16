"""A venue at OpenReview, such as ICLR.cc/2027/Conference: the notes that everybody may see."""

from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlencode

from adapters.sources.places.web import OPENREVIEW, Web, joined
from bot.errors import NothingAnnounced
from bot.models import Digest

PAGE: Final = 1_000
MOST_PAGES: Final = 30


class Venue(Web):
    """The papers of a venue."""

    async def digests(self, _since: str) -> AsyncIterator[Digest]:
        """All that stands there, as one digest: what landed before is known again. Raises Unread and Refused."""
        found: list[Digest] = []
        for page in range(MOST_PAGES):
            asked = urlencode({"content.venueid": self.source.address, "limit": PAGE, "offset": page * PAGE})
            content = await self.fetched(f"{self.reach.base(OPENREVIEW)}/notes?{asked}")
            try:
                found.append(await self.read(content, self.reach.today))
            except NothingAnnounced:
                break
            if len(found[-1].papers) < PAGE // 2:
                break
        if found:
            yield joined(found, self.reach.today)
