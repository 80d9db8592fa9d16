import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from adapters.web import WebServer

REASONS: list[str] = []


async def ready() -> Sequence[str]:
    return REASONS


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


@asynccontextmanager
async def serving(metrics: CollectorRegistry | None = None) -> AsyncIterator[str]:
    """The address of a server that listens as long as the context is open."""
    server = WebServer("127.0.0.1", 0, ready, metrics or CollectorRegistry(), [web.get("/hello", hello)])
    running = asyncio.create_task(server.run())
    async with asyncio.timeout(10):
        await server.listening.wait()
    host, port = server.address
    yield f"http://{host}:{port}"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def fetched(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_it_is_alive_and_serves_the_routes_of_others() -> None:
    async with serving() as address:
        assert await fetched(f"{address}/healthz") == (200, '{"status": "alive"}')
        assert await fetched(f"{address}/hello") == (200, "hello")
        assert (await fetched(f"{address}/nothing"))[0] == 404


async def test_it_says_why_it_is_not_ready() -> None:
    async with serving() as address:
        assert (await fetched(f"{address}/readyz"))[0] == 200
        REASONS.append("the database does not answer")
        status, text = await fetched(f"{address}/readyz")
        REASONS.clear()
    assert status == 503
    assert "the database does not answer" in text


async def test_it_shows_the_metrics() -> None:
    metrics = CollectorRegistry()
    Counter("landings", "Digests landed.", registry=metrics).inc(3)
    async with serving(metrics) as address:
        status, text = await fetched(f"{address}/metrics")
    assert status == 200
    assert "landings_total 3.0" in text
