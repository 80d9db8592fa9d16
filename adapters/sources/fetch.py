"""Asks the web for what sources announce: politely, in bounds of time and size, and only public addresses.

No proxy, cookie, credential or redirect gets in by accident. A body is counted while it is unpacked.
"""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import monotonic
from types import TracebackType
from typing import Any, Final, Protocol, Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from adapters.sources.guard import Allowed, Forbidden, guarded, public
from adapters.sources.limits import MOST_RATIO, SMALL
from bot import __version__
from bot.errors import Unread
from bot.models import Now

LONGEST: Final = 30.0  # seconds of one fetch, redirects and all
MOST_BYTES: Final = 10_000_000  # of one answer, unpacked
MOST_REDIRECTS: Final = 3
MOST_ADDRESS: Final = 4_000  # characters
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
PACKED: Final = {"": None, "identity": None, "gzip": 31, "x-gzip": 31, "deflate": 47}
RATE: Final = re.compile(r";\s*(r|t)=(\d{1,9})")
STEP: Final = 65_536


class Turns(Protocol):
    """Who asks a place that wants to be asked by one at a time."""

    def turn(self, host: str) -> AbstractAsyncContextManager[None]:
        """Wait for the turn to ask *host*, and hold it while the context is open."""


class NoTurns:
    """Asks whenever it likes."""

    def turn(self, _host: str) -> AbstractAsyncContextManager[None]:
        """No waiting."""
        return nullcontext()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: *body* is None when nothing had changed. *wait*: seconds to leave the place alone."""

    body: bytes | None
    etag: str = ""
    modified: str = ""
    wait: float = 0.0


class Fetcher:
    """Fetches over one session, from entering to leaving. Any number of fetches may go on at once."""

    def __init__(
        self, now: Now, contact: str = "", turns: Turns | None = None, allowed: Allowed = public
    ) -> None:
        self._now, self._contact, self._turns, self._allowed = now, contact, turns or NoTurns(), allowed
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            socket_factory=guarded(self._allowed), force_close=True, use_dns_cache=False, limit=100
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=LONGEST),
            headers={"User-Agent": self.user_agent, "Accept-Encoding": "gzip, deflate"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    @property
    def user_agent(self) -> str:
        """Who asks, and whom to write to."""
        contact = self._contact or "a self-hosted bot that brings readers new papers"
        return f"digestbot/{__version__} ({contact})"

    async def fetch(
        self, url: str, *, etag: str = "", modified: str = "", headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """What stands at *url*, unless it is what *etag* or *modified* name.

        *headers* go to the first host only. Raises Unread: why not, and when to come back.
        """
        asked = {"If-None-Match": etag, "If-Modified-Since": modified, **(headers or {})}
        asked = {name: value for name, value in asked.items() if value}
        spent = 0.0
        for _ in range(MOST_REDIRECTS + 1):
            async with self._turns.turn(_host(url)):
                begun = monotonic()
                found = await self._in_time(url, asked, LONGEST - spent)
                spent += monotonic() - begun
            if isinstance(found, Fetched):
                return found
            if url.startswith("https:") and not found.startswith("https:"):
                raise Unread("redirect", f"{_host(url)} leads away from https")
            asked = asked if _host(found) == _host(url) else {}
            url = found
        raise Unread("redirect", f"{_host(url)} leads on more than {MOST_REDIRECTS} times")

    async def _in_time(self, url: str, headers: Mapping[str, str], seconds: float) -> Fetched | str:
        """What stands there, or the address it leads to."""
        try:
            async with asyncio.timeout(seconds), self._asked(url, headers) as answer:
                if answer.status in REDIRECTS:
                    return urljoin(url, answer.headers.get("Location", ""))
                return await self._read(answer)
        except TimeoutError:
            raise Unread("timeout", f"{_host(url)} did not answer within {LONGEST:.0f} seconds") from None
        except aiohttp.ClientError as error:
            raise _unread(_host(url), error) from error

    @asynccontextmanager
    async def _asked(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("a Fetcher is entered before it fetches")
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            yield answer

    async def _read(self, answer: aiohttp.ClientResponse) -> Fetched:
        wait = self._wait(answer.headers)
        told = (answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""))
        if answer.status == 304:
            return Fetched(None, *told, wait)
        if answer.status == 429 or (answer.status == 503 and wait):
            raise Unread("rate limit", f"{answer.url.host} asks to come back later", max(wait, 1.0))
        if answer.status != 200:
            said = f"{answer.url.host} answers {answer.status} {answer.reason or ''}".strip()
            raise Unread(f"status {answer.status}", said, wait)
        return Fetched(await _body(answer), *told, wait)

    def _wait(self, headers: Mapping[str, str]) -> float:
        """Seconds to leave the place alone, as Retry-After says, or RateLimit when nothing is left of it."""
        after = headers.get("Retry-After", "").strip()
        seconds = 0.0
        if after.isdecimal():
            seconds = float(after[:9])
        elif after:
            try:
                seconds = (parsedate_to_datetime(after) - self._now()).total_seconds()
            except (ValueError, TypeError, OverflowError):
                seconds = 0.0
        rate = {name: int(value) for name, value in RATE.findall(headers.get("RateLimit", ""))}
        if rate.get("r") == 0:
            seconds = max(seconds, float(rate.get("t", 0)))
        return min(max(seconds, 0.0), 86_400.0)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    """The whole body, unpacked, or not at all."""
    packing = answer.headers.get("Content-Encoding", "").strip().lower()
    if packing not in PACKED:
        raise Unread(
            "encoding", f"{answer.url.host} packs its answer as {packing[:20]!r}, which was not asked for"
        )
    bits = PACKED[packing]
    unpack: Any = zlib.decompressobj(wbits=bits) if bits else None
    pieces, raw, size = [], 0, 0
    async for chunk in answer.content.iter_chunked(STEP):
        raw += len(chunk)
        room = min(MOST_BYTES, max(SMALL, raw * MOST_RATIO))
        try:
            piece = unpack.decompress(chunk, room + 1 - size) if unpack else chunk
        except zlib.error:
            raise Unread("encoding", f"{answer.url.host} sends a damaged answer") from None
        pieces.append(piece)
        size += len(piece)
        if size > room:
            raise Unread(
                "too large", f"{answer.url.host} sends more than {MOST_BYTES // 1_000_000} MB, or a bomb"
            )
    if unpack and not unpack.eof:
        raise Unread("encoding", f"{answer.url.host} broke off in the middle of its answer")
    return b"".join(pieces)


def _host(url: str) -> str:
    """The host of *url*. Raises Unread for what is no plain address of the web."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    plain = host and parts.scheme in {"http", "https"} and "@" not in parts.netloc and port != 0
    if not plain or len(url) > MOST_ADDRESS or not url.isascii() or not url.isprintable() or " " in url:
        raise Unread("address", f"{url[:80]!r} is no plain address that begins with https:// or http://")
    return host.lower()


def _unread(host: str, error: aiohttp.ClientError) -> Unread:
    """The library's error in our words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Forbidden):
            return Unread("forbidden address", f"{host} leads to an address that must not be asked")
        if isinstance(cause, BaseExceptionGroup) and cause.split(Forbidden)[0]:
            return Unread("forbidden address", f"{host} leads to an address that must not be asked")
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unread("connection", f"{host} cannot be reached: {error.os_error.strerror or error.os_error}")
    return Unread("connection", f"{host} broke off: {type(error).__name__}")
