"""Discord's REST interface: one attempt a call, at the pace Discord allows, and silence when it says so.

Nothing is tried again here. What Discord's headers forbid for a while is not even sent: it raises `RateLimited`,
so that whoever wanted it comes back by themselves.
"""

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

import aiohttp

from bot.errors import Disconnected, NotPosted, RateLimited, Unavailable
from bot.messages import File

Json: TypeAlias = Any
"""Whatever JSON can hold."""

A_SECOND: Final = 49.0  # calls by the bot itself: Discord shuts the door at 50
PATIENCE: Final = 20.0  # seconds for an answer
BANNED: Final = 600.0  # seconds without a call after an answer that comes from before Discord's own servers
REVOKED: Final = 300.0  # seconds without a call after the token was refused
MOST_INVALID: Final = 4_000  # refused calls in ten minutes, of the 10,000 that shut the address out
_TEN_MINUTES: Final = 600.0
_AGENT: Final = "DiscordBot (digestbot, 0.1)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What Discord said."""

    status: int
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300

    @property
    def code(self) -> int:
        """Discord's own number for what went wrong."""
        found = self.body.get("code", 0) if isinstance(self.body, dict) else 0
        return found if isinstance(found, int) else 0


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
    """Calls Discord at *base*, which ends with its version, with the bot's *token*."""

    def __init__(self, base: str, token: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._base, self._token, self._clock = base.rstrip("/"), token, clock
        self._session: aiohttp.ClientSession | None = None
        self._turns: dict[str, asyncio.Lock] = {}
        self._waits: dict[str, float] = {}
        self._silent = self._revoked = self._next = 0.0
        self._invalid: deque[float] = deque()

    async def close(self) -> None:
        """Give the connections back."""
        if self._session:
            await self._session.close()
            self._session = None

    async def __call__(
        self, method: str, path: str, body: Json = None, *, own: bool = True, files: Sequence[File] = ()
    ) -> Answer:
        """Make one call; see `Calling`. Calls of one route to one conversation are made one after the other."""
        route = _route(method, path)
        async with self._turns.setdefault(route, asyncio.Lock()):
            self._check(route, own=own)
            if own:
                await self._pace()
            answer = await self._sent(method, path, body, own=own, files=files)
            self._learn(route, answer, own=own)
        if len(self._turns) > 10_000:
            self._tidy()
        if answer.status == 429:
            raise self._limit(route)
        return answer

    def _check(self, route: str, *, own: bool) -> None:
        now = self._clock()
        if own and now < self._revoked:
            raise Disconnected("Discord refuses the bot's token", "bot")
        if max(self._waits.get(route, 0), self._silent) > now:
            raise self._limit(route)

    def _limit(self, route: str) -> RateLimited:
        """How long to stay away, and whether from everything or only from this conversation."""
        wait, now = self._waits.get(route, 0), self._clock()
        if wait > self._silent:
            return RateLimited(wait - now, "address")
        return RateLimited(self._silent - now, "bot")

    async def _pace(self) -> None:
        now = self._clock()
        at, self._next = max(now, self._next), max(now, self._next) + 1 / A_SECOND
        if at > now:
            await asyncio.sleep(at - now)

    async def _sent(self, method: str, path: str, body: Json, *, own: bool, files: Sequence[File]) -> Answer:
        self._session = self._session or aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=PATIENCE), headers={"User-Agent": _AGENT}
        )
        headers = {"Authorization": f"Bot {self._token}"} if own else {}
        given: dict[str, Any] = (
            {"data": _form(body, files)} if files else {"json": body} if body is not None else {}
        )
        try:
            async with self._session.request(method, self._base + path, headers=headers, **given) as said:
                text = await said.text(errors="replace")
                return Answer(said.status, _read(text, said.status), said.headers.copy())
        except aiohttp.ClientConnectorError as error:  # refused, unknown, no TLS: before the first byte
            raise NotPosted(f"Discord cannot be reached: {error}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"Discord did not answer: {type(error).__name__}") from error

    def _learn(self, route: str, answer: Answer, *, own: bool) -> None:
        now, headers = self._clock(), answer.headers
        if answer.status == 401 and own:
            self._revoked = now + REVOKED
        shared = headers.get("X-RateLimit-Scope") == "shared"
        if answer.status in {401, 403} or (answer.status == 429 and not shared):
            self._refused(now)
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

    def _refused(self, now: float) -> None:
        self._invalid.append(now)
        while self._invalid and self._invalid[0] < now - _TEN_MINUTES:
            self._invalid.popleft()
        if len(self._invalid) >= MOST_INVALID:
            self._silent = max(self._silent, self._invalid[0] + _TEN_MINUTES)

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


def _form(body: Json, files: Sequence[File]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    for at, file in enumerate(files):
        form.add_field(f"files[{at}]", file.content, filename=file.name)
    return form


def _read(text: str, status: int) -> Json:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        if 200 <= status < 300:
            raise Unavailable("Discord's answer was cut short") from None
        return None


def _seconds(told: Json, otherwise: float) -> float:
    try:
        return max(0.0, float(told))
    except (TypeError, ValueError):
        return otherwise
