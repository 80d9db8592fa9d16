"""Discord's REST interface: one attempt a call, at the pace Discord allows, and silence when it says so.

Nothing is tried again here. What Discord's headers forbid for a while is not even sent: it raises `RateLimited`,
so that whoever wanted it comes back by themselves.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from adapters.discord.allowance import Allowance
from adapters.discord.wire import Answer, Json, Line
from bot.errors import Disconnected, RateLimited
from bot.messages import File

BANNED: Final = 600.0  # seconds without a call after an answer that comes from before Discord's own servers
REVOKED: Final = 300.0  # seconds without a call after the token was refused


class Calling(Protocol):
    """A way to Discord's REST interface."""

    async def __call__(
        self, method: str, path: str, body: Json = None, *, own: bool = True, files: Sequence[File] = ()
    ) -> Answer:
        """Make one call below the base, as the bot itself or (*own* is false) by the token in the path.

        Raises:
            RateLimited: nothing was sent, or Discord said to come back.
            NotPosted: nothing was sent.
            Unavailable: there is no telling what became of it.
            Disconnected: the token is refused.
        """


class Rest:
    """Calls Discord by *line*, within the *allowance* of the whole bot."""

    def __init__(self, line: Line, allowance: Allowance, clock: Callable[[], float] = time.monotonic) -> None:
        self._line, self._allowance, self._clock = line, allowance, clock
        self._turns: dict[str, asyncio.Lock] = {}
        self._waits: dict[str, float] = {}
        self._silent = self._revoked = 0.0

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()

    async def __call__(
        self, method: str, path: str, body: Json = None, *, own: bool = True, files: Sequence[File] = ()
    ) -> Answer:
        """Make one call; see `Calling`. Calls of one route to one conversation are made one after the other."""
        route = _route(method, path)
        async with self._turns.setdefault(route, asyncio.Lock()):
            self._check(route, own=own)
            if own:
                async with self._allowance.call():
                    self._check(route, own=own)  # what was forbidden to others while this one waited
                    answer = await self._line(method, path, body, own=own, files=files)
            else:
                answer = await self._line(method, path, body, own=own, files=files)
            self._learn(route, answer, own=own)
        if len(self._turns) > 10_000:
            self._tidy()
        if answer.status == 429:
            raise self._told_to_wait(route)
        return answer

    def _check(self, route: str, *, own: bool) -> None:
        now = self._clock()
        if own and now < self._revoked:
            raise Disconnected("Discord refuses the bot's token", "bot")
        if max(self._waits.get(route, 0), self._silent) > now:
            raise self._told_to_wait(route)

    def _told_to_wait(self, route: str) -> RateLimited:
        """How long to stay away, and whether from everything or only from this conversation."""
        now, wait = self._clock(), self._waits.get(route, 0)
        if wait > self._silent:
            return RateLimited(wait - now, "address")
        return RateLimited(self._silent - now, "bot")

    def _learn(self, route: str, answer: Answer, *, own: bool) -> None:
        now, headers = self._clock(), answer.headers
        if answer.status == 401 and own:
            self._revoked = now + REVOKED
        shared = headers.get("X-RateLimit-Scope") == "shared"
        if answer.status in {401, 403} or (answer.status == 429 and not shared):
            self._allowance.refused()
        if answer.status == 429:
            self._limited(route, answer, now)
        elif headers.get("X-RateLimit-Remaining") == "0":
            self._waits[route] = now + _seconds(headers.get("X-RateLimit-Reset-After"), 1.0)

    def _limited(self, route: str, answer: Answer, now: float) -> None:
        told = answer.body.get("retry_after") if isinstance(answer.body, dict) else None
        wait = _seconds(told if told is not None else answer.headers.get("Retry-After"), BANNED)
        if "Via" not in answer.headers:  # not Discord itself: the whole address is shut out
            self._silent = now + max(wait, 60.0)
        elif answer.headers.get("X-RateLimit-Global"):
            self._silent = now + wait
        else:
            self._waits[route] = now + wait

    def _tidy(self) -> None:
        now = self._clock()
        self._waits = {route: until for route, until in self._waits.items() if until > now}
        self._turns = {route: turn for route, turn in self._turns.items() if turn.locked()}


def _route(method: str, path: str) -> str:
    """What Discord counts calls by: the way, with the conversation, guild or token it begins with."""
    bare = path.partition("?")[0]
    major, _, rest = bare[1:].partition("/")
    first, _, rest = rest.partition("/")
    return f"{method} /{major}/{first}/{re.sub(r'[0-9]{15,20}', 'id', rest)}"


def _seconds(told: Json, otherwise: float) -> float:
    try:
        return max(0.0, float(told))
    except (TypeError, ValueError):
        return otherwise
