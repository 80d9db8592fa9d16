"""The whole bot in the test's own process, with a clock that can be put forward, on either platform's stand-in."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot import settings
from bot.app import App
from bot.keys import Keys
from bot.platforms import platforms
from bot.settings import Settings
from tests import slack_peer
from tests.discord_peer import DiscordPeer
from tests.fake_slack import press, slash
from tests.fakes import CANARY
from tests.slack_peer import SlackPeer
from tests.slack_visitor import signed

TEAM = "T000000001"
SECRETS = f"{CANARY}-a-secret-of-forty-characters-or-more"


class Ahead:
    """A clock that goes ahead of the real one by as much as it was put forward."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


@asynccontextmanager
async def running(given: Settings, now: Ahead) -> AsyncIterator[App]:
    """The bot with all its parts, as `digestbot run` has them."""
    async with (
        App.open(given.database_url, now) as app,
        platforms(app, given, Keys.read(SECRETS)) as adapters,
    ):
        work = asyncio.create_task(app.run(given, adapters))
        try:
            yield app
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


class OnSlack:
    """People on Slack, and what they see. Answers come back to an address of the test's."""

    def __init__(
        self, bot: str, sink: str, answers: list[dict[str, Any]], session: aiohttp.ClientSession
    ) -> None:
        self._bot, self._sink, self.answers, self._session = bot, sink, answers, session

    async def type(self, line: str, user: str, channel: str) -> dict[str, Any]:
        """Type `/papers line`, and see the answer."""
        return await self._told(slash(line, user, channel, team_id=TEAM, response_url=self._sink))

    async def press(self, value: str, user: str, channel: str) -> dict[str, Any]:
        """Press the button that holds *value* on an answer of the bot, and see what comes of it."""
        team = {"id": TEAM}
        box = {"type": "message", "is_ephemeral": True, "channel_id": channel}
        pressed = press(value, user, channel, None, team=team, container=box, response_url=self._sink)
        return await self._told({**pressed, "user": {"id": user, "team_id": TEAM}})

    async def _told(self, body: dict[str, Any]) -> dict[str, Any]:
        before = len(self.answers)
        text = urlencode(body if "command" in body else {"payload": json.dumps(body)})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        headers = {**form, **signed(text.encode(), "peer-signing-secret")}
        async with self._session.post(f"{self._bot}/slack/events", data=text, headers=headers) as taken:
            assert taken.status == 200
        await until(lambda: len(self.answers) > before)
        return self.answers[-1]


@asynccontextmanager
async def on_slack(
    peer: SlackPeer, folder: Path, now: Ahead, api: str = ""
) -> AsyncIterator[tuple[App, OnSlack]]:
    """The bot beside Slack's stand-in, or (*api*) something that stands before it."""
    port = slack_peer.free_port()
    given = settings.read(
        database_url=f"sqlite:///{folder / 'papers.db'}",
        slack_api_url=api or peer.api,
        slack_bot_token=peer.token,
        slack_signing_secret=peer.signing_secret,
        web_port=str(port),
    )
    bot = f"http://127.0.0.1:{port}"
    async with (
        a_sink() as (sink, answers),
        running(given, now) as app,
        aiohttp.ClientSession() as session,
    ):
        await until(lambda: _alive(session, bot))
        yield app, OnSlack(bot, sink, answers, session)


@asynccontextmanager
async def on_discord(peer: DiscordPeer, folder: Path, now: Ahead) -> AsyncIterator[App]:
    """The bot beside Discord's stand-in, connected."""
    given = settings.read(
        database_url=f"sqlite:///{folder / 'papers.db'}",
        discord_token=peer.token,
        discord_api_url=peer.rest,
        discord_gateway_url=peer.gateway,
        web_port=str(slack_peer.free_port()),
    )
    before = (await peer.get("gateway"))["identifies"]
    async with running(given, now) as app:
        await until(lambda: _identified(peer, before))
        yield app


@asynccontextmanager
async def proxied(target: str, change: Callable[[str, Any], Any]) -> AsyncIterator[str]:
    """An address that hands everything on to *target*, and changes what it answers: by path and JSON."""

    async def hand_on(request: web.Request) -> web.Response:
        path = request.path.rsplit("/", 1)[-1]
        headers = {name: value for name, value in request.headers.items() if name.lower() in _PASSED}
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method,
                f"{target}{path}",
                data=await request.read(),
                headers=headers,
                params=request.query,
            ) as answer,
        ):
            return web.json_response(change(path, await answer.json()), status=answer.status)

    async with _served("*", "/api/{method}", hand_on) as address:
        yield f"{address}/api/"


_PASSED = {"authorization", "content-type"}


@asynccontextmanager
async def a_sink() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """An address that takes answers, and those that came."""
    answers: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        answers.append(await request.json())
        return web.Response(text="ok")

    async with _served("POST", f"/answer/{CANARY}", take) as address:
        yield f"{address}/answer/{CANARY}", answers


@asynccontextmanager
async def _served(method: str, path: str, handler: Any) -> AsyncIterator[str]:
    site = web.Application()
    site.router.add_route(method, path, handler)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def until(true: Callable[[], Any], patience: float = 30) -> None:
    """Wait for what happens in another program or task."""
    async with asyncio.timeout(patience):
        while not (  # noqa: ASYNC110  # what is waited for happens elsewhere
            await found if asyncio.iscoroutine(found := true()) else found
        ):
            await asyncio.sleep(0.02)


async def _alive(session: aiohttp.ClientSession, bot: str) -> bool:
    try:
        async with session.get(f"{bot}/healthz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def _identified(peer: DiscordPeer, before: int) -> bool:
    return bool((await peer.get("gateway"))["identifies"] > before)


def values(answer: Mapping[str, Any]) -> dict[str, str]:
    """What each button of an answer on Slack holds, by what it says."""
    rows = [row for row in answer.get("blocks", ()) if row["type"] == "actions"]
    return {one["text"]["text"]: one["value"] for row in rows for one in row["elements"] if "value" in one}
