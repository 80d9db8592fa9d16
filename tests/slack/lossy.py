"""As much of Slack as a post needs, on a network that loses replies in ten ways."""

import asyncio
import itertools
import json
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

KINDS: Final = (
    "cut before",
    "cut",
    "reset",
    "half the head",
    "half the body",
    "no JSON",
    "error 500",
    "error 503 before",
    "internal_error",
    "silence",
)
"""How the reply to a post is lost; "before": the post has not taken effect either."""

BASE: Final = 1_900_000_000  # seconds: later than any test's clock


class LossySlack:
    """Posts by channel. The first post to a channel that is called after a kind meets its fate."""

    def __init__(self) -> None:
        self.posts: dict[str, list[dict[str, Any]]] = {}
        self.met: Counter[str] = Counter()
        self._lost: set[str] = set()
        self._numbers = itertools.count(1)

    def copies(self, key: str) -> int:
        """How often a message stands in its channel."""
        return sum(post["metadata"]["event_payload"]["key"] == key for post in self.posts.get(key, ()))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Do what a method does, and lose the first reply to each post."""
        given = await _given(request)
        if request.path.endswith("conversations.history"):
            return web.json_response({"ok": True, "messages": self.posts.get(given["channel"], [])})
        key = given["channel"]
        kind = KINDS[int(key.rpartition("K")[2])]
        first = key not in self._lost
        self._lost.add(key)
        if first and kind.endswith("before"):
            self.met[kind] += 1
            return await _lost(request, kind)
        ts = f"{BASE + next(self._numbers)}.000100"
        self.posts.setdefault(key, []).append({"ts": ts, "metadata": given["metadata"]})
        if first:
            self.met[kind] += 1
            return await _lost(request, kind)
        return web.json_response({"ok": True, "ts": ts, "channel": key})


async def _lost(request: web.Request, kind: str) -> web.StreamResponse:
    transport = request.transport
    assert transport
    match kind:
        case "no JSON":
            return web.Response(text="<html>Bad gateway", content_type="text/html")
        case "error 500":
            return web.Response(status=500, text="oops")
        case "error 503 before":
            return web.Response(status=503, text="later")
        case "internal_error":
            return web.json_response({"ok": False, "error": "internal_error"})
        case "silence":
            await asyncio.sleep(1.3)  # longer than anybody waits
        case "reset":
            linger = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        case "half the head":
            transport.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
        case "half the body":
            transport.write(
                b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\nContent-Type: application/json\r\n\r\n{"ok": t'
            )
    transport.close()
    return web.Response()


async def _given(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    if request.content_type == "application/json":
        return dict(json.loads(body))
    return dict(request.query) | dict(parse_qsl(body.decode()))


@asynccontextmanager
async def a_lossy_slack() -> AsyncIterator[tuple[LossySlack, str]]:
    """One of one's own, and the address of its API."""
    slack = LossySlack()
    routed = web.Application()
    routed.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(routed, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1_024).start()
    yield slack, f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    await runner.cleanup()
