"""The bot's door for Slack, as Slack finds it: a real web server, and raw requests at it."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from adapters.slack.adapter import SlackAdapter
from bot.interfaces import Dispatch
from bot.registry import CommandRegistry
from tests.slack_visitor import signed

SECRET = "a-signing-secret"  # noqa: S105  # of no real app


def present() -> datetime:
    """The clock on the wall, which is the one that signatures go by."""
    return datetime.now(UTC)


@asynccontextmanager
async def a_door(adapter: SlackAdapter, commands: CommandRegistry, dispatch: Dispatch) -> AsyncIterator[int]:
    """The port at which *adapter* is called."""
    routed = web.Application()
    routed.add_routes(adapter.routes(commands, dispatch))
    runner = web.AppRunner(routed, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1_024).start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
        await adapter._finish()


class Caller:
    """A connection to the door that sends whatever bytes it is told to, and opens again when it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def call(self, headers: list[bytes], body: bytes) -> int:
        """The status of the answer; 0 where the door only hung up."""
        if self._reader is None or self._reader.at_eof() or self._writer is None:
            await self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = [b"POST /slack/events HTTP/1.1", b"Host: x", b"Content-Length: %d" % len(body), *headers]
        try:
            self._writer.write(b"\r\n".join(head) + b"\r\n\r\n" + body)
            return await self._status(self._reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            self._reader = None
            return 0

    async def _status(self, reader: asyncio.StreamReader) -> int:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        for line in head.split(b"\r\n"):
            if line.startswith(b"content-length:"):
                await reader.readexactly(int(line.partition(b":")[2]))
        if b"connection: close" in head:
            self._reader = None
        return int(head.split(b" ", 2)[1])

    async def close(self) -> None:
        """Hang up."""
        if self._writer:
            self._writer.close()


def strange_headers(count: int, body: bytes, seed: int) -> Iterator[list[bytes]]:
    """So many sets of signature headers, none of which Slack would send: near misses, and nonsense."""
    chance = random.Random(seed)  # no secret
    true = signed(body, "another-secret")
    real_time, real_signature = (value.encode() for value in true.values())
    good = signed(body, SECRET)["X-Slack-Signature"].encode()
    times = [
        real_time,
        b"",
        b"abc",
        b"9" * 400,
        b"-1",
        b"1e9",
        b"\xd9\xa1" * 10,
        b" " + real_time,
        b"NaN",
        b"0",
    ]
    times += [b"0x7fffffff", real_time + b".5", b"\xff\xfe", b"1700000000", b"9999999999", b"+" + real_time]
    signs = [
        b"",
        b"v0=",
        b"v1=" + b"0" * 64,
        b"v0=" + b"\xc3\xa9" * 32,
        b"v0=" + b"0" * 64,
        good[:-1],
        good * 2,
    ]
    signs += [good.upper(), b"v0:" + good[3:], b"\xff" * 67, real_signature, b"v0=" + b"g" * 64, b"\x80"]
    for _ in range(count):
        kind = chance.random()
        nonsense = chance.randbytes(chance.randrange(20))
        time = chance.choice(times) if kind < 0.7 else nonsense if kind < 0.85 else real_time
        sign = chance.choice(signs) if kind < 0.85 else b"v0=" + chance.randbytes(32).hex().encode()
        clean = [value.replace(b"\r", b"").replace(b"\n", b"") for value in (time, sign)]
        both = [b"X-Slack-Request-Timestamp: " + clean[0], b"X-Slack-Signature: " + clean[1]]
        chosen = both if kind < 0.95 else both[: chance.randrange(2)]
        yield [*chosen, *(both[1:] if kind > 0.98 else [])]
