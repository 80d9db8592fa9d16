"""One at a time, over every process: places that ask for it are asked by turns that the database keeps."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from bot.errors import Unread
from bot.models import Now
from bot.sources import Sources

PLACES: Final = {"arxiv.org": timedelta(seconds=3)}
"""Domains with the pause they ask for after each request, whatever is asked there: info.arxiv.org/help/api/tou.html."""

LEASE: Final = timedelta(seconds=60)  # longer than any fetch: who dies with the turn gives it up so
MOST_LOOKS: Final = 3_600
LONGEST_NAP: Final = 1.0  # seconds between looks whether it is our turn


class PoliteTurns:
    """Turns kept in *sources*, so that all processes on one database together ask no faster than one may."""

    def __init__(self, sources: Sources, now: Now) -> None:
        self._sources, self._now = sources, now
        self._here = {place: asyncio.Lock() for place in PLACES}  # inside this process they queue in order

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the turn to ask *host*, and hold it while the context is open."""
        place = next((name for name in PLACES if host == name or host.endswith(f".{name}")), "")
        if not place:
            yield
            return
        async with self._here[place]:
            holder = secrets.token_hex(8)
            await self._wait(place, holder)
            try:
                yield
            finally:
                await asyncio.shield(self._sources.end_turn(place, holder, self._now() + PLACES[place]))

    async def _wait(self, place: str, holder: str) -> None:
        for _ in range(MOST_LOOKS):
            free = await self._sources.take_turn(place, holder, self._now(), LEASE)
            if free is None:
                return
            await asyncio.sleep(min(max((free - self._now()).total_seconds(), 0.02), LONGEST_NAP))
        raise Unread("busy", f"it was not our turn to ask {place} for a long time")
