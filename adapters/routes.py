"""Ways of a platform that it has closed for a while, such as looking something up, while all else goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import RateLimited
from bot.models import Address, Now
from bot.notes import Notes

_NAME: Final = "rests: "


class Routes:
    """What one process is told of a way, all of them keep to."""

    def __init__(self, notes: Notes, now: Now) -> None:
        self._notes, self._now = notes, now

    @asynccontextmanager
    async def open(self, place: Address, route: str) -> AsyncIterator[None]:
        """Go *route* in the workspace of *place*. Only what needs to go there waits.

        Raises RateLimited: the platform says to come back, or said so before and is not asked.
        """
        about, name, now = replace(place, id="", kind="channel"), _NAME + route, self._now()
        if until := await self._notes.read(about, name, now=now):
            raise RateLimited((datetime.fromisoformat(until) - now).total_seconds(), "address")
        try:
            yield
        except RateLimited as limit:
            until_then = self._now() + timedelta(seconds=limit.retry_after)
            await self._notes.write(about, {name: until_then.isoformat()}, until=until_then)
            raise RateLimited(
                limit.retry_after, limit.rests if limit.rests == "bot" else "address"
            ) from limit
