"""The ways to the stand-in: as lines of JSON, as Slack, as Discord."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from adapters.discord import Attachments, DiscordAdapter, Gateway, Place, Rest, Ways, Wire
from adapters.slack.adapter import Entrance, SlackAdapter
from adapters.slack.api import SlackApi, web_client
from adapters.slack.pages import Stack
from bot.buttons import Buttons
from bot.errors import NotPosted, Unavailable, Unseen
from bot.interfaces import Pace
from bot.messages import Message, Paragraph, plain
from bot.models import Address, MessageRef, Now
from bot.outcomes import REPEATED
from tests.delivery.wrong import Points
from tests.fake_discord import Unbound
from tests.fake_slack import Passes
from tests.fakes import KEY

BUTTONS = Buttons([KEY])


class Line:
    """The stand-in, spoken to in one attempt each, with a point before and after every step."""

    name = "line"
    pace = Pace()

    def __init__(self, port: int, points: Points) -> None:
        self._port, self._points = port, points

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Look where it may have been posted, else post it."""
        if tried:
            found = await self._ask({"what": "find", "to": to.id, "key": key})
            if found["id"]:
                return MessageRef(self.name, to.id, str(found["id"]))
            if not found["good"]:
                raise Unseen("the history is closed")
        first = message.blocks[0]
        text = plain(first.text) if isinstance(first, Paragraph) else ""
        said = "You may have seen this before" if text == REPEATED else "News"
        answer = await self._ask({"what": "post", "key": key, "to": to.id, "text": said})
        return MessageRef(self.name, to.id, str(answer["id"]))

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """Take away all but the first."""
        return int((await self._ask({"what": "take back", "to": to.id, "key": key}))["removed"])

    async def _ask(self, asked: dict[str, Any]) -> Any:
        self._points.passed()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as refused:
            raise NotPosted("nobody listens") from refused
        self._points.passed()
        try:
            writer.write(json.dumps(asked).encode() + b"\n")
            await writer.drain()
            self._points.passed()
            line = await reader.readline()
        except OSError as broken:
            raise Unavailable("the line broke") from broken
        finally:
            writer.close()
        self._points.passed()
        try:
            return json.loads(line)
        except ValueError:
            raise Unavailable("the answer was lost") from None


async def taken(_user: Address, _content: bytes) -> Message:
    """Nobody hands a file over."""
    raise NotImplementedError


@asynccontextmanager
async def line(platform: str, port: int, storage: Any, now: Now, points: Points) -> AsyncIterator[Any]:
    """The adapter for *platform*, talking to the stand-in at *port*."""
    match platform:
        case "slack":
            async with web_client(f"http://127.0.0.1:{port}/slack/") as client:
                stack = Stack(BUTTONS, storage.notes, now)
                yield SlackAdapter(SlackApi(client, Passes()), storage, stack, Entrance(""), taken, now)
        case "discord":
            rest = Rest(Wire(f"http://127.0.0.1:{port}/discord", "token"), Unbound(now))  # nobody waits here
            gate = Gateway(Place(""), "token", storage.notes, now)
            try:
                ways = Ways(rest, gate, Attachments("", taken))
                yield DiscordAdapter(ways, BUTTONS, storage, now)
            finally:
                await rest.close()
        case _:
            yield Line(port, points)
