"""The whole bot against the stand-in for Slack that others wrote, over HTTP, as an outsider sees it."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web

from bot import settings
from bot.app import App
from bot.keys import Keys
from bot.platforms import platforms
from tests import slack_peer
from tests.fake_slack import event, press, slash, texts
from tests.fakes import a_digest
from tests.slack_peer import SlackPeer, needs_slack_peer

pytestmark = needs_slack_peer

SECRET = "peer-signing-secret"  # noqa: S105  # a stand-in's


@pytest.fixture(scope="module")
def peer() -> Iterator[SlackPeer]:
    with slack_peer.running() as running:
        yield running


class Visitor:
    """Whoever talks to the bot from outside: over HTTP, signed, and through the Web API of the stand-in."""

    def __init__(self, session: aiohttp.ClientSession, bot: str, sink: str, peer: SlackPeer) -> None:
        self._session, self._bot, self._sink, self._peer = session, bot, sink, peer
        self.answers: list[dict[str, Any]] = []

    async def tell(self, body: dict[str, Any]) -> None:
        """Send what Slack would send, and see it taken at once."""
        kind, text = "application/json", json.dumps(body)
        if body.get("type") != "event_callback":
            kind = "application/x-www-form-urlencoded"
            text = urlencode(body if "command" in body else {"payload": text})
        now = str(int(time.time()))
        mac = hmac.digest(SECRET.encode(), f"v0:{now}:{text}".encode(), hashlib.sha256).hex()
        headers = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": f"v0={mac}",
        }
        async with self._session.post(f"{self._bot}/slack/events", data=text, headers=headers) as taken:
            assert (taken.status, await taken.text()) == (200, "")

    async def type(self, line: str, user: str, channel: str) -> dict[str, Any]:
        """Give a command, and see its answer."""
        before = len(self.answers)
        await self.tell(slash(line, user, channel, team_id="T000000001", response_url=self._sink))
        await until(lambda: len(self.answers) > before)
        return self.answers[-1]

    async def api(self, method: str, **given: Any) -> dict[str, Any]:
        """Ask the stand-in."""
        headers = {"Authorization": f"Bearer {self._peer.token}"}
        async with self._session.post(f"{self._peer.api}{method}", json=given, headers=headers) as answer:
            found: dict[str, Any] = await answer.json()
            assert found["ok"], found
            return found

    async def direct(self, user: str) -> list[dict[str, Any]]:
        """What stands in the user's direct message, newest first."""
        channel = (await self.api("conversations.open", users=user))["channel"]["id"]
        found = await self.api("conversations.history", channel=channel, include_all_metadata=True)
        return [{**post, "channel": channel} for post in found["messages"]]


@pytest.fixture
async def visitor(peer: SlackPeer, tmp_path: Path) -> AsyncIterator[tuple[Visitor, App]]:
    port = slack_peer.free_port()
    given = settings.read(
        database_url=f"sqlite:///{tmp_path / 'papers.db'}",
        slack_api_url=peer.api,
        slack_bot_token=peer.token,
        slack_signing_secret=peer.signing_secret,
        web_port=str(port),
    )
    async with (
        a_sink() as (sink, answers),
        App.open(given.database_url) as app,
        platforms(app, given, Keys((b"s" * 32,))) as adapters,
        aiohttp.ClientSession() as session,
    ):
        running = asyncio.create_task(app.run(given, adapters))
        bot = f"http://127.0.0.1:{port}"
        await until(lambda: listening(session, bot))
        visitor = Visitor(session, bot, sink, peer)
        visitor.answers = answers
        yield visitor, app
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def a_sink() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """An address that takes answers, and those that came."""
    answers: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        answers.append(await request.json())
        return web.Response(text="ok")

    sink = web.Application()
    sink.router.add_post("/answer", take)
    runner = web.AppRunner(sink)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/answer", answers
    await runner.cleanup()


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(15):
        while not (  # noqa: ASYNC110  # what is waited for happens in another program
            await found if asyncio.iscoroutine(found := true()) else found
        ):
            await asyncio.sleep(0.02)


async def listening(session: aiohttp.ClientSession, bot: str) -> bool:
    try:
        async with session.get(f"{bot}/healthz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def people(visitor: Visitor) -> dict[str, str]:
    found = await visitor.api("users.list")
    return {one["name"]: one["id"] for one in found["members"]}


async def test_a_reader_follows_gets_a_digest_and_saves_a_paper(visitor: tuple[Visitor, App]) -> None:
    outside, app = visitor
    bob = (await people(outside))["bob"]
    answer = await outside.type("  Follow  “flow matching”", bob, "C000000001")
    assert answer["response_type"] == "ephemeral"
    assert "You follow" in " ".join(texts(answer["blocks"]))
    await outside.type("schedule instantly", bob, "C000000001")

    await app.intake.land(a_digest("Flow matching for everything"))
    await until(lambda: has(outside, bob))
    [post] = await outside.direct(bob)
    assert post["metadata"]["event_payload"]["key"]
    assert "Flow matching for everything" in "".join(texts(post["blocks"]))

    save = button(post, "Save")
    await outside.tell(press(save, bob, post["channel"], post, team={"id": "T000000001"}))
    await until(lambda: labelled(outside, bob, "Saved ✓"))
    assert len(await outside.direct(bob)) == 1
    assert "Flow matching" in " ".join(texts((await outside.type("saved", bob, "C000000001"))["blocks"]))


async def has(outside: Visitor, user: str) -> bool:
    return bool(await outside.direct(user))


async def labelled(outside: Visitor, user: str, label: str) -> bool:
    return label in "\n".join(texts((await outside.direct(user))[0]["blocks"]))


def button(post: dict[str, Any], label: str) -> str:
    rows = [row for row in post["blocks"] if row["type"] == "actions"]
    found: str = next(one["value"] for row in rows for one in row["elements"] if one["text"]["text"] == label)
    return found


async def test_what_is_not_signed_by_slack_is_refused(visitor: tuple[Visitor, App]) -> None:
    outside, _ = visitor
    for headers in ({}, {"X-Slack-Request-Timestamp": "abc", "X-Slack-Signature": "v0=é"}):
        async with outside._session.post(
            f"{outside._bot}/slack/events", data=b"command=/papers", headers=headers
        ) as taken:
            assert taken.status == 401


async def test_help_has_buttons_and_the_home_is_published_when_it_is_opened(
    visitor: tuple[Visitor, App],
) -> None:
    outside, _ = visitor
    bob = (await people(outside))["bob"]
    answer = await outside.type("", bob, "C000000001")
    assert any(block["type"] == "actions" for block in answer["blocks"])
    await outside.tell({**event("app_home_opened", user=bob, tab="home"), "team_id": "T000000001"})
    await outside.type("follow grokking", bob, "C000000001")
