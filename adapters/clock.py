"""What time it is elsewhere: every answer over HTTP says so."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from bot.models import Now
from bot.settings import Settings

PATIENCE: Final = aiohttp.ClientTimeout(total=10)
WRONG: Final = timedelta(seconds=60)  # Slack's requests are refused at five minutes
AGAIN: Final = 3_600.0  # seconds between looks

log = logging.getLogger(__name__)


def witness(settings: Settings) -> str | None:
    """What to ask for the time: a platform that the bot is on, where nothing is needed to ask. None: it is on none."""
    if settings.slack_bot_token or settings.slack_client_id:
        return f"{settings.slack_api_url.rstrip('/')}/api.test"
    return f"{settings.discord_api_url.rstrip('/')}/gateway" if settings.discord_token else None


async def skew(url: str, now: Now) -> timedelta:
    """How far our clock is ahead of the one at *url*, within a second or two. Raises OSError: it does not say."""
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        try:
            async with session.get(url, allow_redirects=False) as answer:
                return now() - parsedate_to_datetime(answer.headers.get("Date", ""))
        except (aiohttp.ClientError, ValueError) as trouble:
            raise OSError(str(trouble) or type(trouble).__name__) from trouble


async def watch(url: str, now: Now, seen: Callable[[timedelta], None], again: float = AGAIN) -> None:
    """Compare our clock with the one at *url* every so many seconds, and say when it is wrong. Ends when cancelled."""
    while True:
        try:
            wrong = await skew(url, now)
        except OSError as trouble:
            log.info("%s does not say what time it is: %s", url, trouble)
        else:
            seen(wrong)
            if abs(wrong) > WRONG:
                log.error(
                    "the clock is %+.0f seconds off: let the machine keep time by NTP", wrong.total_seconds()
                )
        await asyncio.sleep(again)
