"""Slack as a chat platform: both ways in, one way out."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakValueDictionary

from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from adapters.slack import inbound
from adapters.slack.answering import Answers
from adapters.slack.api import SlackApi, where
from adapters.slack.asking import HEARD, Asker, act, idle, way, workspace
from adapters.slack.directs import Directs
from adapters.slack.files import Files
from adapters.slack.home import Home
from adapters.slack.leaving import Left, left
from adapters.slack.listening import SORRY, Listening, Parts
from adapters.slack.pages import Stack
from adapters.slack.passes import INSTALLED
from adapters.slack.profiles import Profiles
from adapters.slack.sending import Sender
from adapters.slack.socket import Take
from adapters.slack.threads import Heads
from adapters.slack.unfurling import Unfurls
from adapters.slack.whispers import Whispers
from bot.adapting import TakeFile
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
AGAIN: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds to wait for a database that does not answer


@dataclass(frozen=True, slots=True)
class Entrance:
    """How people's doings come in: over *link*, or else over HTTP, signed with *signing*. *pages* are to install."""

    signing: str = field(default="", repr=False)
    link: Callable[[Take], Awaitable[None]] | None = None
    pages: Sequence[web.AbstractRouteDef] = ()
    again: Sequence[float] = AGAIN


class SlackAdapter:
    """`bot.interfaces.ChatAdapter` for Slack, in one workspace or in many."""

    name: Final = "slack"
    pace: Final = PACE

    def __init__(
        self, api: SlackApi, storage: Storage, stack: Stack, entrance: Entrance, take: TakeFile, now: Now
    ) -> None:
        self._api, self._storage, self._entrance, self._now = api, storage, entrance, now
        directs = Directs(api, storage.notes, now)
        files = Files(api, directs)
        self._sender = Sender(api, stack, directs, Heads(storage.notes, now), files)
        self._parts = Parts(
            api,
            Answers(api, stack, Whispers(storage.notes, now), files),
            stack,
            Profiles(api, now),
            Home(api, storage, stack, now),
            files,
            take,
            Unfurls(api, storage, stack),
        )
        self._bolt: AsyncApp | None = None
        self._at_work: set[asyncio.Task[None]] = set()
        self._heard: set[str] = set()
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
        kind = way(body)
        if kind not in self._heard:
            self._heard.add(kind)
            self._work(self._note_heard(kind))
        if not idle(body):
            self._work(self._handle(body))

    def _work(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _note_heard(self, kind: str) -> None:
        """Something of this kind comes through to us: `digestbot doctor` wants to know."""
        try:
            await self._storage.notes.write(HEARD, {f"heard:{kind}": self._now().isoformat()})
        except Exception as fault:  # noqa: BLE001  # whatever the database has, it is only a hint
            log.info("what was heard could not be noted: %s", where(fault))
            self._heard.discard(kind)

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
                if not await self._first(body):
                    return
                if gone := left(body):
                    await self._gone(gone)
                elif self._bolt:
                    await self._bolt.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=dict(body)))
        except Exception as fault:  # noqa: BLE001  # whatever it is, the next act is answered
            log.error("an act on Slack was not answered: %s", where(fault))  # noqa: TRY400  # a trace holds what was said
            await self._excuse(body)

    async def _first(self, body: Mapping[str, Any]) -> bool:
        """Whether nobody has seen to it before. A database that fails is asked again for a while."""
        who = secrets.token_hex(8)
        for wait in self._entrance.again:
            try:
                return await self._noted(body, who)
            except Exception as fault:  # noqa: BLE001  # whatever the database has
                log.warning("an act on Slack waits for the database: %s", where(fault))
                await asyncio.sleep(wait)
        return await self._noted(body, who)

    async def _noted(self, body: Mapping[str, Any], who: str) -> bool:
        now, notes, place = self._now(), self._storage.notes, workspace(body)
        return await notes.first(place, f"act:{act(body)}", now=now, until=now + REPEATS, who=who)

    async def _excuse(self, body: Mapping[str, Any]) -> None:
        """Tell whoever waits for an answer that none comes."""
        if (body.get("event") or {"type": "message"}).get("type") != "message":
            return
        try:
            await self._parts.answers.show(Asker.of(body), SORRY)
        except Exception as fault:  # noqa: BLE001  # there is nobody left to tell
            log.error("and nobody could be told: %s", where(fault))  # noqa: TRY400  # likewise

    async def _finish(self) -> None:
        if self._at_work:
            _, late = await asyncio.wait(self._at_work, timeout=PATIENCE)
            for task in late:
                task.cancel()

    async def _gone(self, gone: Sequence[Left]) -> None:
        """Forget whoever has thrown the app out; of an organisation all that was its own, itself last."""
        for one in gone:
            names: Sequence[str] = (one.workspace,)
            if one.whole:
                names = await self._api.passes.covered(one.workspace, one.organisation)
            for name in names:
                if await self._installed_since(name, one.at):
                    continue
                log.info("a workspace has removed the app", extra={"workspace": name})
                await self._storage.workspaces.forget(self.name, name)

    async def _installed_since(self, name: str, at: float) -> bool:
        """Whether the app was installed again after *at*: Slack may tell of the leaving late."""
        noted = await self._storage.notes.read(Address.whole(self.name, name), INSTALLED)
        return bool(at and noted) and float(noted) > at + 1  # Slack counts whole seconds
