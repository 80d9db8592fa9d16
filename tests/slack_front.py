"""Slack as the bot sees it: the stand-in that others wrote, and in front of it what that lacks.

Socket Mode, addresses for answers that close after five, renewal of tokens, unfurls, and replies that get lost.
"""

import asyncio
import itertools
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from tests.fakes import CANARY
from tests.slack_peer import SlackPeer

MOST_ANSWERS = 5  # that Slack takes at one address
UNKNOWN = {"ok": False, "error": "unknown_method"}

Given = dict[str, Any]
Fault = Callable[[web.Request, Callable[[], Awaitable[web.Response]]], Awaitable[web.StreamResponse]]
"""What becomes of a call: the second argument lets it take effect."""


@dataclass
class Link:
    """A connection of Socket Mode, and what came back over it."""

    socket: web.WebSocketResponse
    number: int
    acks: dict[str, asyncio.Future[Given]] = field(default_factory=dict)

    async def tell(self, kind: str, body: Mapping[str, Any]) -> Given:
        """Send an envelope, and wait until it is acknowledged."""
        envelope = secrets.token_hex(8)
        self.acks[envelope] = asyncio.get_running_loop().create_future()
        told = {"envelope_id": envelope, "type": kind, "payload": body, "accepts_response_payload": True}
        await self.socket.send_json(told)
        async with asyncio.timeout(10):
            return await self.acks[envelope]

    async def listen(self) -> None:
        """Take what comes back, until the link ends."""
        async for message in self.socket:
            told = json.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else {}
            waiting = self.acks.get(str(told.get("envelope_id")))
            if waiting and not waiting.done():
                waiting.set_result(told)
        for waiting in self.acks.values():
            waiting.cancel()


class Front:
    """Slack's address. *calls* is all that was asked of it, *answers* what came to addresses for answers."""

    def __init__(self, session: aiohttp.ClientSession, peer: SlackPeer | None = None) -> None:
        self._session, self._peer, self.base = session, peer, ""
        self.calls: list[tuple[str, Given]] = []
        self.answers: list[Given] = []
        self.links: list[Link] = []
        self.linked = asyncio.Event()
        self.faults: dict[str, list[Fault]] = {}
        self.own: dict[str, Callable[[Given], Given | None]] = {
            "apps.connections.open": lambda _: {"url": f"{self.base.replace('http', 'ws', 1)}/link"},
            "chat.unfurl": lambda _: {},
        }
        self.files: dict[str, bytes] = {}
        self._used: Counter[str] = Counter()
        self._numbers = itertools.count(1)

    @property
    def api(self) -> str:
        """Where the Web API is."""
        return f"{self.base}/api/"

    def answer_to(self) -> str:
        """An address that takes five answers."""
        return f"{self.base}/answer/{CANARY}-{next(self._numbers)}"

    def called(self, method: str) -> list[Given]:
        """What *method* was given, call by call."""
        return [given for name, given in self.calls if name == method]

    def routes(self) -> list[web.RouteDef]:
        """Everything under our address."""
        return [
            web.get("/link", self._link),
            web.post("/answer/{number}", self._answer),
            web.get("/files/{name}", self._file),
            web.route("*", "/{path:.*}", self._call),
        ]

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        link = Link(socket, next(self._numbers))
        await socket.send_json({"type": "hello", "num_connections": len(self.links) + 1})
        self.links.append(link)
        self.linked.set()
        try:
            await link.listen()
        finally:
            self.links.remove(link)
            if not self.links:
                self.linked.clear()
        return socket

    async def _file(self, request: web.Request) -> web.Response:
        assert self._peer
        if request.headers.get("Authorization") != f"Bearer {self._peer.token}":
            return web.Response(text="<!DOCTYPE html>please sign in", content_type="text/html")
        return web.Response(body=self.files[request.match_info["name"]])

    async def _answer(self, request: web.Request) -> web.Response:
        self._used[request.path] += 1
        if self._used[request.path] > MOST_ANSWERS:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        self.answers.append(await request.json())
        return web.Response(text="ok")

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method, given = request.path.rsplit("/", 1)[-1], await _given(request)
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append((method, {"token": shown, **given}))

        async def take_effect() -> web.Response:
            own = self.own[method](given) if method in self.own else None
            return await self._forward(request) if own is None else web.json_response({"ok": True, **own})

        waiting = self.faults.get(method)
        fault = waiting.pop(0) if waiting else None
        return await fault(request, take_effect) if fault else await take_effect()

    async def _forward(self, request: web.Request) -> web.Response:
        if self._peer is None:
            return web.json_response(UNKNOWN)
        root = self._peer.api.removesuffix("/api/")
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in ("host", "content-length")
        }
        if headers.get("Authorization", "").startswith("Bearer xoxe."):  # renewed here, unknown there
            headers["Authorization"] = f"Bearer {self._peer.token}"
        async with self._session.request(
            request.method,
            f"{root}{request.path_qs}",
            data=await request.read(),
            headers=headers,
            allow_redirects=False,
        ) as answer:
            content = await answer.read()
            for theirs in (root, root.replace("127.0.0.1", "localhost")):
                content = content.replace(theirs.encode(), self.base.encode())
            kept = {
                name: value
                for name, value in answer.headers.items()
                if name.lower() in ("content-type", "location", "retry-after")
            }
            return web.Response(status=answer.status, body=content, headers=kept)


async def _given(request: web.Request) -> Given:
    """The arguments of a call, wherever they stand."""
    given: Given = dict(request.query)
    body = await request.read()
    if request.content_type == "application/json":
        given |= json.loads(body or b"{}")
    elif request.content_type == "application/x-www-form-urlencoded":
        given |= dict(parse_qsl(body.decode()))
    return given


@asynccontextmanager
async def a_front(peer: SlackPeer | None = None) -> AsyncIterator[Front]:
    """A front of one's own, before *peer*, or alone."""
    async with aiohttp.ClientSession() as session:
        front = Front(session, peer)
        routed = web.Application(client_max_size=20_000_000)
        routed.add_routes(front.routes())
        runner = web.AppRunner(routed, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        front.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield front
        finally:
            for link in [*front.links]:
                await link.socket.close()
            await runner.cleanup()


def kind_of(body: Mapping[str, Any]) -> str:
    """What Slack calls *body* in an envelope."""
    if "command" in body:
        return "slash_commands"
    return "events_api" if body.get("type") == "event_callback" else "interactive"
