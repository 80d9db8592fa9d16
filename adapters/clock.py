"""What time it is elsewhere: every answer over HTTP says so."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from bot.models import Now

PATIENCE: Final = aiohttp.ClientTimeout(total=10)


async def skew(url: str, now: Now) -> timedelta:
    """How far our clock is ahead of the one at *url*, within a second or two. Raises OSError: it does not say."""
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        try:
            async with session.get(url, allow_redirects=False) as answer:
                return now() - parsedate_to_datetime(answer.headers.get("Date", ""))
        except (aiohttp.ClientError, ValueError) as trouble:
            raise OSError(str(trouble) or type(trouble).__name__) from trouble
