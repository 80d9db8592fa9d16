"""Couriers that look right and are not: each is ours with one mistake."""

import asyncio
import os
import secrets
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from bot.errors import Unavailable, Unseen
from bot.interfaces import Matches, Pace
from bot.messages import Message
from bot.models import Address, Digest, Landing, MessageRef
from tests.delivery.tracing import say

DESIGNS: Final = (
    "no look",
    "no wait",
    "library retries",
    "sent before it is",
    "random key",
    "empty history trusted",
)


class Points:
    """Places where a process can die, numbered as they are passed."""

    def __init__(self, die_at: int) -> None:
        self._die_at, self._passed = die_at, 0

    def passed(self) -> None:
        """Die here, if this is the one."""
        self._passed += 1
        if self._passed == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """An outbox with a point before and after everything that is written down."""

    def __init__(self, outbox: Any, points: Points, design: str) -> None:
        self._outbox, self._points, self._design = outbox, points, design

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def watched(*told: Any, **named: Any) -> Any:
            self._points.passed()
            answer = await getattr(self._outbox, name)(*told, **named)
            if name == "begin" and self._design == "sent before it is":
                await self._outbox.mark_sent(told[0], MessageRef("", "", ""), at=named["now"])
            if answer is not False:
                say(f"done {name} {told[0] if told else ''}")
            self._points.passed()
            return answer

        return watched


class WithWatched:
    """A storage whose outbox is watched."""

    def __init__(self, storage: Any, outbox: Watched) -> None:
        self._storage, self.outbox = storage, outbox

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


class InTwoSteps:
    """A storage that lands papers first, and what they met afterwards."""

    def __init__(self, storage: Any) -> None:
        self._storage, self._papers = storage, storage.papers
        self.papers = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._papers, name, None) or getattr(self._storage, name)

    async def land(self, digest: Digest, matches: Matches, *, at: datetime) -> Landing:
        """Half of it, and then the rest."""
        landing: Landing = await self._papers.land(digest, {}, at=at)
        papers = await self._papers.in_digest(landing.digest)
        for number, normal in await self._storage.people.terms():
            met = {landing.digest: [papers[place].id for place in matches.get(number, ())]}
            await self._papers.backfill(normal, met)
        return landing


class Mistaken:
    """A chat adapter with a mistake, or without one, and no pace."""

    def __init__(self, adapter: Any, design: str) -> None:
        self._adapter, self._design, self.name, self.pace = adapter, design, adapter.name, Pace()

    async def run(self, *_: object) -> None:
        """Nobody talks here."""
        await asyncio.Event().wait()

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Send, in its way."""
        key = secrets.token_hex(12) if self._design == "random key" else key
        tried = None if self._design == "no look" else tried
        try:
            return await self._sent(to, message, key, tried)
        except Unseen:
            if self._design != "empty history trusted":
                raise
            return await self._sent(to, message, key, None)
        except Unavailable:
            if self._design != "library retries":
                raise
            return await self._sent(to, message, key, None)

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """As it does."""
        removed: int = await self._adapter.take_back(to, key=key, since=since)
        return removed

    async def _sent(self, to: Address, message: Message, key: str, tried: datetime | None) -> MessageRef:
        ref: MessageRef = await self._adapter.send(to, message, key=key, tried=tried)
        return ref
