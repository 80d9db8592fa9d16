"""The preview served on this machine alone: nothing is loaded from elsewhere, and nothing leaves it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from aiohttp import web

from adapters.preview.page import PLATFORMS, THEMES, Asked

HOST: Final = "127.0.0.1"
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
LONGEST: Final = 1_000  # characters of what is typed

Compose = Callable[[Asked], Awaitable[str]]
"""The page that is asked for, whole."""


class Preview:
    """Shows pages of *compose* until cancelled; the reader called *first* where none is asked for."""

    def __init__(self, compose: Compose, first: Asked, port: int = 0) -> None:
        self._compose, self._first, self._port = compose, first, port

    async def run(self, opened: Callable[[str], None]) -> None:
        """Serve, and tell *opened* the address. Raises OSError when the port is taken."""
        application = web.Application()
        application.router.add_get("/", self._page)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._port).start()
            opened(f"http://{HOST}:{runner.addresses[0][1]}/")
            await asyncio.Event().wait()
        finally:
            with suppress(asyncio.CancelledError):
                await runner.cleanup()

    async def _page(self, request: web.Request) -> web.Response:
        if request.host.partition(":")[0] not in {HOST, "localhost"}:
            raise web.HTTPMisdirectedRequest(text="This page is for its own machine.")
        html = await self._compose(self._asked(request))
        return web.Response(text=html, content_type="text/html", headers=HEADERS)

    def _asked(self, request: web.Request) -> Asked:
        def given(name: str, usual: str = "") -> str:
            return request.query.get(name, usual)[:LONGEST]

        theme, platform = given("theme", self._first.theme), given("platform")
        return Asked(
            given("reader", self._first.reader),
            theme if theme in THEMES else "",
            platform if platform in PLATFORMS else "",
            given("say"),
            given("follow", self._first.follow),
        )
