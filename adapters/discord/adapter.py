"""Discord as a chat platform: people are served at the gateway, and written to by REST alone."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from adapters.discord.acts import Act
from adapters.discord.answering import Answering
from adapters.discord.attachments import Attachments
from adapters.discord.declaring import declared, fingerprint
from adapters.discord.gateway import ITSELF, Listener
from adapters.discord.heard import Heard
from adapters.discord.hearing import Hearing
from adapters.discord.places import Places
from adapters.discord.replying import Replies
from adapters.discord.rest import Calling
from adapters.discord.sending import NAME, Sender
from bot.buttons import Buttons
from bot.errors import SendError
from bot.interfaces import Dispatch, Pace, Storage
from bot.messages import Message
from bot.models import Address, MessageRef, Now
from bot.registry import CommandRegistry

log = logging.getLogger(__name__)

T = TypeVar("T")

REPEATS: Final = 10_000  # acts that are remembered, so that one told twice is answered once


class Gate(Protocol):
    """Where people's acts come from."""

    async def run(self, listener: Listener) -> None:
        """Tell *listener* what happens, until cancelled."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways between Discord and us.

    By *call* it is asked; through *gate* comes what people do, and by *attachments* what they hand over.
    """

    call: Calling
    gate: Gate
    attachments: Attachments


class DiscordAdapter:
    """Answers what comes by the *ways*, and posts."""

    def __init__(
        self,
        ways: Ways,
        buttons: Buttons,
        storage: Storage,
        now: Now,
        *,
        classic: bool = False,
    ) -> None:
        self.name: Final = NAME
        self.pace: Final = Pace(bot=50.0)
        self._ways, self._buttons, self._storage, self._now = ways, buttons, storage, now
        self._classic = classic
        self._sender = Sender(ways.call, buttons, storage.notes, now, classic=classic)

    async def run(self, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """Serve people until cancelled; see `bot.interfaces.ChatAdapter.run`."""
        call = self._ways.call
        answering = Answering(
            commands,
            dispatch,
            Replies(call),
            self._sender,
            self._buttons,
            self._storage,
            self._now,
            Places(call),
            self._classic,
        )
        hearing = Hearing(
            commands,
            dispatch,
            call,
            self._buttons,
            self._storage.notes,
            self._now,
            self._ways.attachments,
            self._classic,
        )
        async with asyncio.TaskGroup() as tasks:
            publish = partial(self._published, commands)
            await self._ways.gate.run(_Desk(self._storage, publish, answering, hearing, tasks))

    async def _published(self, commands: CommandRegistry, application: str) -> None:
        """Publish the commands, where they are others than last time."""
        payload, notes = declared(commands), self._storage.notes
        print_ = f"{application} {fingerprint(payload)}"
        if await notes.read(ITSELF, "commands") == print_:
            return
        try:
            answer = await self._ways.call("PUT", f"/applications/{application}/commands", payload)
        except SendError as error:
            log.warning("the commands could not be published; the next start tries again: %s", error)
            return
        if answer.good:
            await notes.write(ITSELF, {"commands": print_})
        else:
            log.error("Discord refuses the commands: %s", answer.body)

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Post *message*; see `bot.interfaces.ChatAdapter.send`."""
        return await self._sender.send(to, message, key=key, tried=tried)

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """Take second copies away; see `bot.interfaces.ChatAdapter.take_back`."""
        return await self._sender.take_back(to, key, since)


class _Desk:
    """Takes everything once, and has it answered."""

    def __init__(
        self,
        storage: Storage,
        publish: Callable[[str], Awaitable[None]],
        answering: Answering,
        hearing: Hearing,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._storage, self._publish = storage, publish
        self._answering, self._hearing, self._tasks = answering, hearing, tasks
        self._seen = OrderedDict[str, None]()

    async def opened(self, application: str) -> None:
        """Publish the commands."""
        await self._publish(application)

    def told(self, interaction: Mapping[str, Any]) -> None:
        """Have it answered, unless it was told before."""
        act = self._read(Act.of, interaction)
        if act and self._first(act.id):
            self._tasks.create_task(self._answered(self._answering(act)), name=f"{act.kind} {act.command}")

    def wrote(self, message: Mapping[str, Any]) -> None:
        """Have it answered, unless it was told before, or is not said to us."""
        heard = self._read(Heard.of, message)
        if heard and self._first(heard.id):
            self._tasks.create_task(self._answered(self._hearing(heard)), name="heard")

    async def left(self, guild: str) -> None:
        """Forget what was kept about the server."""
        await self._storage.workspaces.forget(NAME, guild)

    def _first(self, id_: str) -> bool:
        """Whether it was not told before."""
        if id_ in self._seen:
            return False
        self._seen[id_] = None
        while len(self._seen) > REPEATS:
            self._seen.popitem(last=False)
        return True

    @staticmethod
    def _read(of: Callable[[Mapping[str, Any]], T | None], told: Mapping[str, Any]) -> T | None:
        """What it means; None where it means nothing to us."""
        try:
            return of(told)
        except (AttributeError, KeyError, TypeError, ValueError):
            log.exception("what somebody did could not be read")
            return None

    @staticmethod
    async def _answered(answering: Awaitable[None]) -> None:
        try:
            await answering
        except Exception:
            log.exception("what somebody did could not be answered")
