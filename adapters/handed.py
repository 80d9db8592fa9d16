"""Files that people hand over on a chat platform."""

from collections.abc import Mapping
from typing import Final

import aiohttp

from bot.errors import BadArguments

MOST_FILES: Final = 5  # of one message
MOST_BYTES: Final = 20_000_000  # of one file; a busy month of arXiv packs into 8 MB
LONGEST: Final = aiohttp.ClientTimeout(total=60)


async def content(
    session: aiohttp.ClientSession, url: str, headers: Mapping[str, str] | None = None
) -> bytes:
    """What is in the file at *url*; nothing where it is not given.

    Raises:
        BadArguments: it is too large.
        aiohttp.ClientError, TimeoutError: it did not come.
    """
    async with session.get(url, headers=headers, timeout=LONGEST, allow_redirects=False) as answer:
        found = await answer.content.read(MOST_BYTES + 1) if answer.status == 200 else b""
        while 0 < len(found) <= MOST_BYTES and (more := await answer.content.read(MOST_BYTES)):
            found += more
    if len(found) > MOST_BYTES:
        raise BadArguments(f"That file is too large: at most {MOST_BYTES // 1_000_000} MB.")
    return found
