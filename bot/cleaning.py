"""What has been kept long enough goes, without anybody asking."""

import asyncio
import logging
from typing import Final

from bot.interfaces import Storage
from bot.models import Now
from bot.workspaces import Retention

log = logging.getLogger(__name__)

FIRST: Final = 60.0  # seconds until the first cleaning: starting has better things to do
PAUSE: Final = 6 * 3600.0  # seconds between two cleanings


async def clean(storage: Storage, now: Now, retention: Retention = Retention()) -> None:  # noqa: B008  # a frozen value
    """Let go of what is older than *retention*, soon and then several times a day. Ends only when cancelled.

    Any number of processes may do it at once; one that fails is tried again the next time.
    """
    await asyncio.sleep(FIRST)
    while True:
        try:
            gone = await storage.workspaces.clean(retention, now())
        except Exception:
            log.exception("cleaning failed")
        else:
            log.info("cleaned up", extra={"rows": gone})
        await asyncio.sleep(PAUSE)
