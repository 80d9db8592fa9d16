"""Slack as a chat platform: both ways in, one way out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakValueDictionary

from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from adapters.slack import inbound
from adapters.slack.answering import Answers
from adapters.slack.api import SlackApi, where
from adapters.slack.asking import Asker, act, workspace
from adapters.slack.home import Home
from adapters.slack.listening import Listening, Parts
from adapters.slack.pages import Stack
from adapters.slack.profiles import Profiles
from adapters.slack.sending import Sender
from adapters.slack.socket import Take
from bot.buttons import Buttons
from bot.interfaces import Dispatch, Pace, Storage
from bot.messages import Message
from bot.models import Address, MessageRef, Now
from bot.registry import CommandRegistry

log = logging.getLogger(__name__)

PACE: Final = Pace(
    workspace=5.0, address=1.0
)  # Slack: one a second a channel, several hundred a minute in all
PATIENCE: Final = 8.0  # seconds that what people asked for may take once we are told to stop
REPEATS: Final = timedelta(hours=24)  # for which the same event is known again


@dataclass(frozen=True, slots=True)
class Entrance:
    """How people's doings come in: over *link*, or else over HTTP, signed with *signing*. *pages* are to install."""

    signing: str = field(default="", repr=False)
    link: Callable[[Take], Awaitable[None]] | None = None
    pages: Sequence[web.AbstractRouteDef] = ()


class SlackAdapter:
    """`bot.interfaces.ChatAdapter` for Slack, in one workspace or in many."""

    name: Final = "slack"
    pace: Final = PACE

    def __init__(
        self, api: SlackApi, storage: Storage, buttons: Buttons, entrance: Entrance, now: Now
    ) -> None:
        self._api, self._storage, self._entrance, self._now = api, storage, entrance, now
        stack = Stack(buttons, storage.notes, now)
        self._sender = Sender(api, stack, storage.notes, now)
        self._parts = Parts(
            api,
            Answers(api, stack, buttons),
            buttons,
            Profiles(api, now),
            Home(api, storage, buttons, now),
            self._gone,
        )
        self._bolt: AsyncApp | None = None
        self._at_work: set[asyncio.Task[None]] = set()
        self._turns: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()

    def routes(self, commands: CommandRegistry, dispatch: Dispatch) -> Sequence[web.AbstractRouteDef]:
        """What Slack calls over HTTP, for our web server; nothing without a signing secret."""
        self._bolt = Listening(self._parts, commands, dispatch).app()
        signed = (web.post("/slack/events", self._events),) if self._entrance.signing else ()
        return (*signed, *self._entrance.pages)

    async def run(self, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """Answer through *dispatch* until cancelled, and then let those finish who are being answered."""
        self._bolt = self._bolt or Listening(self._parts, commands, dispatch).app()
        try:
            if self._entrance.link:
                await self._entrance.link(self.take)
            else:
                await asyncio.Event().wait()
        finally:
            await self._finish()

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Post *message*, see `bot.interfaces.ChatAdapter`."""
        return await self._sender.send(to, message, key, tried)

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """Take second copies away, see `bot.interfaces.ChatAdapter`."""
        return await self._sender.take_back(to, key, since)

    def take(self, body: Mapping[str, Any]) -> None:
        """Do what *body* asks for, in a task of its own: it has been acknowledged."""
        task = asyncio.create_task(self._handle(body))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _events(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not inbound.genuine(request.headers, body, self._entrance.signing.encode(), self._now):
            return web.Response(status=401)
        told = inbound.told(body, request.content_type)
        if told is None:
            return web.Response(status=400)
        if told.get("type") == "url_verification":
            return web.json_response({"challenge": str(told.get("challenge", ""))})
        if not told.get("ssl_check"):
            self.take(told)
        return web.Response()

    async def _handle(self, body: Mapping[str, Any]) -> None:
        """Once, however often Slack tells it, and one after the other for each person.

        Whatever goes wrong is noted without the words that were said.
        """
        try:
            async with self._turns.setdefault(Asker.of(body).user, asyncio.Lock()):
                if self._bolt and await self._first(body):
                    await self._bolt.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=dict(body)))
        except Exception as fault:  # noqa: BLE001  # whatever it is, the next act is answered
            log.error("an act on Slack was not answered: %s", where(fault))  # noqa: TRY400  # a trace holds what was said

    async def _first(self, body: Mapping[str, Any]) -> bool:
        now = self._now()
        return await self._storage.notes.first(
            workspace(body), f"act:{act(body)}", now=now, until=now + REPEATS
        )

    async def _finish(self) -> None:
        if self._at_work:
            _, late = await asyncio.wait(self._at_work, timeout=PATIENCE)
            for task in late:
                task.cancel()

    async def _gone(self, place: Address) -> None:
        log.info("a workspace has removed the app", extra={"workspace": place.workspace})
        await self._storage.workspaces.forget(self.name, place.workspace)
