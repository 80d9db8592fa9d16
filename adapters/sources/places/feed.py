"""Any feed, at its address."""

from collections.abc import AsyncIterator

from adapters.sources.places.web import Web
from bot.errors import NothingAnnounced
from bot.models import Digest


class Feed(Web):
    """A feed, asked only for what has changed."""

    async def digests(self, _since: str) -> AsyncIterator[Digest]:
        """The feed as it stands, unless it is as it was. Raises Unread and Refused."""
        content = await self.changed(self.source.address)
        if content is None:
            return
        try:
            yield await self.read(content, self.reach.today)
        except NothingAnnounced:
            return
