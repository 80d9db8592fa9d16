"""People on Slack with the whole bot before them, which is reached over HTTP or over Socket Mode."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlencode

import aiohttp

from bot import settings
from bot.app import App
from bot.keys import Keys
from bot.models import Address
from bot.platforms import platforms
from tests.fake_slack import event, press, slash, texts
from tests.fakes import KEY
from tests.slack_front import Front, kind_of
from tests.slack_peer import SlackPeer, free_port

TEAM: Final = "T000000001"
PAPERS: Final = "C000000001"
SECRET: Final = "peer-signing-secret"  # noqa: S105  # a stand-in's

Way = Literal["http", "socket"]
Json = dict[str, Any]


class Visitor:
    """Whoever talks to the bot from outside."""

    def __init__(self, front: Front, peer: SlackPeer, session: aiohttp.ClientSession, app: App) -> None:
        self.front, self.peer, self.session, self.app = front, peer, session, app
        self.bot, self.way = "", "http"

    async def tell(self, body: Mapping[str, Any]) -> None:
        """Send what Slack would send, and see it acknowledged at once."""
        body = {**body, **({"team_id": TEAM} if "team_id" in body else {"team": {"id": TEAM}})}
        if self.way == "socket":
            await self.front.linked.wait()
            assert "payload" not in await self.front.links[0].tell(kind_of(body), body)
            return
        kind, text = "application/json", json.dumps(body)
        if kind_of(body) != "events_api":
            kind = "application/x-www-form-urlencoded"
            text = urlencode(body if "command" in body else {"payload": text})
        headers = {"Content-Type": kind, **signed(text.encode())}
        async with self.session.post(f"{self.bot}/slack/events", data=text, headers=headers) as taken:
            assert (taken.status, await taken.text()) == (200, "")

    async def type(self, line: str, user: str, channel: str = PAPERS) -> Json:
        """Give a command, and see its answer."""
        return await self.answered(slash(line, user, channel, response_url=self.front.answer_to()))

    async def answered(self, body: Mapping[str, Any]) -> Json:
        """Send this, and see what comes to its address for answers."""
        before = len(self.front.answers)
        await self.tell(body)
        await until(lambda: len(self.front.answers) > before)
        return self.front.answers[before]

    async def press(self, post: Json, label: str, user: str) -> None:
        """Press a button of a post in a conversation."""
        answer_to = self.front.answer_to()
        await self.tell(press(button(post, label), user, post["channel"], post, response_url=answer_to))

    async def press_whisper(self, answer: Json, label: str, user: str, channel: str = PAPERS) -> Json:
        """Press a button of an answer that only the user sees, of which Slack tells nothing."""
        row = next(row for row in rows(answer) if label in labels(row))
        told = press(button(answer, label), user, channel, response_url=self.front.answer_to())
        told["container"] = {"type": "message", "is_ephemeral": True}
        told["actions"][0]["block_id"] = row["block_id"]
        told["actions"][0]["action_id"] = next(
            one["action_id"] for one in row["elements"] if one["text"]["text"] == label
        )
        del told["message"]
        return await self.answered(told)

    async def at_home(self, user: str, action: Json, view: Json | None = None) -> None:
        """Press or type something on the App Home, or in a form over it."""
        body = press("", user, "", trigger_id=await self.trigger(user), view=view or {"type": "home"})
        del body["channel"], body["message"]
        await self.tell({**body, "actions": [action], "container": {"type": "view"}})

    async def submit(self, user: str, view: Json, term: str) -> None:
        """Send a form off."""
        state = {"values": {"home-term": {"home-term": {"value": term}}}}
        body = {"type": "view_submission", "user": {"id": user}, "view": {**view, "state": state}}
        await self.tell({**body, "trigger_id": await self.trigger(user), "team": {}})

    async def open_home(self, user: str) -> None:
        """Look at the App Home."""
        await self.tell(event("app_home_opened", user=user, tab="home", channel="D1"))

    async def trigger(self, user: str) -> str:
        """What lets a form be opened for the user, once, within three seconds."""
        return str((await self.api("views.generateTriggerId", user_id=user))["trigger_id"])

    async def api(self, method: str, **given: Any) -> Json:
        """Ask the stand-in."""
        headers = {"Authorization": f"Bearer {self.peer.token}"}
        async with self.session.post(f"{self.peer.api}{method}", json=given, headers=headers) as answer:
            found: Json = await answer.json()
            assert found["ok"], found
            return found

    async def direct(self, user: str) -> list[Json]:
        """What stands in the user's direct message, newest first."""
        return await self.posts((await self.api("conversations.open", users=user))["channel"]["id"])

    async def posts(self, channel: str) -> list[Json]:
        """What stands in a conversation, newest first."""
        found = await self.api("conversations.history", channel=channel, include_all_metadata=True)
        return [{**post, "channel": channel} for post in found["messages"]]

    async def people(self) -> dict[str, str]:
        """The ids of everybody, by name."""
        return {one["name"]: one["id"] for one in (await self.api("users.list"))["members"]}


@asynccontextmanager
async def a_bot(front: Front, peer: SlackPeer, way: Way, folder: Path, **more: str) -> AsyncIterator[Visitor]:
    """The whole bot, running, and somebody before it."""
    port = free_port()
    entrance = {"slack_app_token": "xapp-peer"} if way == "socket" else {"slack_signing_secret": SECRET}
    told = {"slack_bot_token": peer.token} | entrance | more
    given = settings.read(
        None,
        database_url=f"sqlite:///{folder / 'papers.db'}",
        slack_api_url=front.api,
        web_port=str(port),
        **{name: value for name, value in told.items() if value},
    )
    async with (
        App.open(given.database_url) as app,
        platforms(app, given, Keys((KEY,))) as adapters,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        visitor = Visitor(front, peer, session, app)
        visitor.bot, visitor.way = f"http://127.0.0.1:{port}", way
        running = asyncio.create_task(app.run(given, adapters))
        await until(lambda: _listening(visitor))
        yield visitor
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def person(user: str) -> Address:
    """The user as the bot knows them."""
    return Address("slack", TEAM, user)


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers with which Slack would send *body* now."""
    now = str(int(time.time()))
    mac = hmac.digest(secret.encode(), b"v0:%s:%s" % (now.encode(), body), hashlib.sha256).hex()
    return {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": f"v0={mac}"}


async def until(true: Callable[[], Any]) -> None:
    """Wait for something that happens in another program."""
    async with asyncio.timeout(15):
        while not (  # noqa: ASYNC110  # nobody there would set an event
            await found if asyncio.iscoroutine(found := true()) else found
        ):
            await asyncio.sleep(0.02)


def rows(post: Json) -> list[Json]:
    """The rows of buttons of a post or a view."""
    return [block for block in post["blocks"] if block["type"] == "actions"]


def labels(row: Json) -> list[str]:
    """What stands on the buttons of a row."""
    return [one["text"]["text"] for one in row["elements"]]


def button(post: Json, label: str) -> str:
    """The value of the first button with this label."""
    found: str = next(
        one["value"] for row in rows(post) for one in row["elements"] if one["text"]["text"] == label
    )
    return found


def shown(post: Json) -> str:
    """All that can be read in a post, an answer or a view."""
    return "".join(texts(post.get("blocks") or post["text"]))


async def _listening(visitor: Visitor) -> bool:
    try:
        async with visitor.session.get(f"{visitor.bot}/healthz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
