"""What time it is, as platforms say it, and whether ours is wrong."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.clock import watch, witness
from bot import app, settings


@pytest.fixture
async def platform() -> AsyncIterator[str]:
    """Whoever answers here says what time it is."""
    async with TestServer(web.Application()) as server:
        yield str(server.make_url("/"))


@pytest.mark.parametrize(
    ("wrong_by", "alarmed"), [(0, False), (30, False), (95, True), (-95, True), (86_400, True)]
)
async def test_a_clock_that_is_a_minute_off_raises_an_alarm(
    wrong_by: int, platform: str, caplog: pytest.LogCaptureFixture, *, alarmed: bool
) -> None:
    seen: asyncio.Queue[timedelta] = asyncio.Queue()
    watching = asyncio.create_task(
        watch(platform, lambda: app.clock() + timedelta(seconds=wrong_by), seen.put_nowait, 0)
    )
    for _ in range(2):
        assert abs((await seen.get()).total_seconds() - wrong_by) < 3
    watching.cancel()
    assert bool([line for line in caplog.records if line.levelno == logging.ERROR]) is alarmed
    assert not alarmed or "by NTP" in caplog.text


async def test_a_platform_that_does_not_answer_raises_no_alarm(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "adapters.clock")
    seen: list[timedelta] = []
    watching = asyncio.create_task(watch("http://127.0.0.1:1/", app.clock, seen.append, 0))
    async with asyncio.timeout(5):
        while not caplog.records:
            await asyncio.wait([watching], timeout=0.01)
    watching.cancel()
    assert {line.levelno for line in caplog.records} == {logging.INFO}
    assert not seen


def test_the_platform_the_bot_is_on_is_asked_where_nothing_is_needed_to_ask() -> None:
    assert witness(settings.read(None)) is None
    assert witness(settings.read(None, discord_token="x")) == "https://discord.com/api/v10/gateway"  # noqa: S106
    assert witness(settings.read(None, slack_client_id="x")) == "https://slack.com/api/api.test"
