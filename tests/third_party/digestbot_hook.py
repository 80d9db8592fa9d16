"""An adapter and a source of somebody else, in one file: what `CONTRIBUTING.md` tells to write, as it is tested.

The platform is a webhook: what is sent goes there as JSON, and commands come over HTTP as `{"user", "line"}`. The
source is a counter that announces one paper a day.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import aiohttp
from aiohttp import web

from adapters.sources.places import Reach
from adapters.typed import read
from bot.adapting import Surroundings
from bot.errors import NotPosted, Unavailable, Unseen, UserError
from bot.interfaces import ChatAdapter, Dispatch, Pace
from bot.kinds import Kind
from bot.messages import Card, Heading, Message, Paragraph, note, plain
from bot.models import Address, Digest, Invocation, MessageRef, Paper
from bot.registry import CommandRegistry
from bot.sources import Mark, Source


class Hook:
    """Sends to *url*; commands come to `/hook` of our web server."""

    name: Final = "hook"
    pace: Final = Pace(bot=5.0)

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url, session

    async def run(self, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """There is nothing to connect to: commands come over HTTP."""
        await asyncio.Event().wait()

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Post it once; the other side knows a key again, so that a second try shows nothing twice."""
        try:
            told = {"to": to.id, "key": key, "text": render(message)}
            async with self._session.post(self._url, json=told) as answer:
                answer.raise_for_status()
        except aiohttp.ClientConnectorError as error:
            raise NotPosted(str(error)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(str(error)) from error
        return MessageRef(self.name, to.id, key)

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """Nothing can be taken back. Raises Unseen."""
        raise Unseen("a webhook shows nothing that was posted")

    def routes(self, commands: CommandRegistry, dispatch: Dispatch) -> Sequence[web.AbstractRouteDef]:
        """Where commands come in."""

        async def take(request: web.Request) -> web.Response:
            given = await request.json()
            user = Address(self.name, "", given["user"])
            try:
                command, arguments = read(given["line"], commands)
            except UserError as mistake:
                return web.json_response({"text": render(note(str(mistake)))})
            return web.json_response(
                {"text": render(await dispatch(Invocation(command, user, user, arguments)))}
            )

        return (web.post("/hook", take),)


def render(message: Message) -> str:
    """*message* as lines of text."""
    lines = []
    for block in message.blocks:
        match block:
            case Heading(text):
                lines.append(text.upper())
            case Paragraph(text):
                lines.append(plain(text))
            case Card():
                lines += [plain(block.title), block.url, plain(block.body)]
    return "\n".join(filter(None, lines)) or message.summary


def opened(here: Surroundings) -> AbstractAsyncContextManager[ChatAdapter] | None:
    """The adapter, where HOOK_URL says what to send to. The entry point of `digestbot.adapters`."""
    url = here.environment.get("HOOK_URL", "")
    return _opened(url) if url else None


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[ChatAdapter]:
    async with aiohttp.ClientSession() as session:
        yield Hook(url, session)


class Counter:
    """Announces a paper a day, called by a word and its number. The cursor is the number."""

    def __init__(self, source: Source, reach: Reach) -> None:
        self.name, self.mark, self._word = source.name, Mark(source.cursor), source.address
        self._today = reach.today

    async def digests(self, since: str) -> AsyncIterator[Digest]:
        """The next paper."""
        number = int(since or 0) + 1
        paper = Paper(
            f"{self._word.title()} number {number}", "We count, and report on it at length.", source=self.name
        )
        yield Digest(self.name, self._today, (paper,), f"{self.name} {number}", cursor=str(number))
        self.mark = Mark(str(number))


counter = (Kind("a paper a day", "grokking", r"[a-z]{2,20}", timedelta(days=1)), Counter)
"""The kind, and what reads one. The entry point of `digestbot.sources`."""
