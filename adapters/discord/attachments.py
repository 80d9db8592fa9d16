"""Files that people hand over in their conversation with the bot."""

import logging
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from adapters.handed import content
from bot.adapting import TakeFile
from bot.errors import BadArguments, UserError
from bot.messages import Message, marked, refusal
from bot.models import Address

log = logging.getLogger(__name__)

HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""Where Discord keeps files."""


class Attachments:
    """Reads files from where Discord keeps them, or from the machine of *base*, and has *take* take them in."""

    def __init__(self, base: str, take: TakeFile) -> None:
        self._home, self._take = urlsplit(base).hostname, take

    async def taken(self, user: Address, told: Mapping[str, Any]) -> Message:
        """The answer to an attachment of *user*'s, as Discord tells of it."""
        try:
            return await self._take(user, await self._content(str(told.get("url"))))
        except UserError as mistake:
            return refusal(*marked(str(mistake)))

    async def _content(self, url: str) -> bytes:
        """What is in the file at *url*. Raises BadArguments where it cannot be read."""
        found = b""
        if self._trusted(url):
            try:
                async with aiohttp.ClientSession() as session:
                    found = await content(session, url)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("a file could not be read: %s", type(error).__name__)
        if not found:
            raise BadArguments(
                "I could not read that file from Discord. Try again, or send the link of the paper instead."
            )
        return found

    def _trusted(self, url: str) -> bool:
        """Whether *url* leads to Discord: what else might be said to be an attachment is not fetched."""
        parts = urlsplit(url)
        return (parts.scheme == "https" and parts.hostname in HOSTS) or parts.hostname == self._home
