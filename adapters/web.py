"""Our one HTTP server: health and metrics, and whatever the other adapters answer on the web."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final, Protocol, runtime_checkable

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.interfaces import Dispatch
from bot.registry import CommandRegistry

MOST_BODY: Final = 1_000_000  # bytes of a request, unpacked; a route that takes more says so itself
PATIENCE: Final = 8.0  # seconds that requests may take to end once we are told to


@runtime_checkable
class Routed(Protocol):
    """A platform that is called over HTTP."""

    def routes(self, commands: CommandRegistry, dispatch: Dispatch) -> Sequence[web.AbstractRouteDef]:
        """What it answers on the web, through *dispatch*."""


Ready = Callable[[], Awaitable[Sequence[str]]]
"""Why this process cannot serve now; nothing when it can."""


class WebServer:
    """Serves `/healthz`, `/readyz`, `/metrics` and the *routes* of others on *host* and *port*."""

    def __init__(
        self,
        host: str,
        port: int,
        ready: Ready,
        metrics: CollectorRegistry,
        routes: Iterable[web.AbstractRouteDef],
    ) -> None:
        self._host, self._port, self._ready, self._metrics = host, port, ready, metrics
        self.application = web.Application(client_max_size=MOST_BODY)
        self.application.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._show_metrics),
                *routes,
            ]
        )
        self.listening = asyncio.Event()
        self.address: tuple[str, int] = (host, port)  # the real port once it listens, also when asked for any

    async def run(self) -> None:
        """Serve until cancelled. Raises OSError when the port is taken."""
        # Bodies stay as they were sent: signatures are over those bytes, and who unpacks one counts it.
        runner = web.AppRunner(
            self.application, access_log=None, shutdown_timeout=PATIENCE, auto_decompress=False
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
            self.address = runner.addresses[0][:2]
            self.listening.set()
            await asyncio.Event().wait()
        finally:
            with suppress(asyncio.CancelledError):
                await runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _readyz(self, _request: web.Request) -> web.Response:
        reasons = list(await self._ready())
        answer = {"status": "not ready", "reasons": reasons} if reasons else {"status": "ready"}
        return web.json_response(answer, status=503 if reasons else 200)

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(self._metrics), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )
