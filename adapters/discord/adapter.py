"""Discord as a chat platform: people are served at the gateway, and written to by REST alone."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from adapters.discord.acts import Act
from adapters.discord.answering import Answering
from adapters.discord.declaring import declared, fingerprint
from adapters.discord.gateway import ITSELF, Listener
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

REPEATS: Final = 10_000  # acts that are remembered, so that one told twice is answered once


class Gate(Protocol):
    """Where people's acts come from."""

    async def run(self, listener: Listener) -> None:
        """Tell *listener* what happens, until cancelled."""


class DiscordAdapter:
    """Answers what comes through *gate*, and posts by *call*."""

    def __init__(
        self,
        call: Calling,
        gate: Gate,
        buttons: Buttons,
        storage: Storage,
        now: Now,
        *,
        classic: bool = False,
    ) -> None:
        self.name: Final = NAME
        self.pace: Final = Pace(bot=50.0)
        self._call, self._gate, self._buttons, self._storage, self._now = call, gate, buttons, storage, now
        self._classic = classic
        self._sender = Sender(call, buttons, storage.notes, now, classic=classic)

    async def run(self, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """Serve people until cancelled; see `bot.interfaces.ChatAdapter.run`."""
        answering = Answering(
            commands,
            dispatch,
            Replies(self._call),
            self._sender,
            self._buttons,
            self._storage,
            self._now,
            Places(self._call),
            self._classic,
        )
        async with asyncio.TaskGroup() as tasks:
            await self._gate.run(_Desk(self._call, self._storage, commands, answering, tasks))

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Post *message*; see `bot.interfaces.ChatAdapter.send`."""
        return await self._sender.send(to, message, key=key, tried=tried)

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """Take second copies away; see `bot.interfaces.ChatAdapter.take_back`."""
        return await self._sender.take_back(to, key, since)


class _Desk:
    """Takes every act once, and has it answered."""

    def __init__(
        self,
        call: Calling,
        storage: Storage,
        commands: CommandRegistry,
        answering: Answering,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._call, self._storage, self._commands = call, storage, commands
        self._answering, self._tasks = answering, tasks
        self._seen = OrderedDict[str, None]()

    async def opened(self, application: str) -> None:
        """Publish the commands, where they are others than last time."""
        payload = declared(self._commands)
        print_ = f"{application} {fingerprint(payload)}"
        if await self._storage.notes.read(ITSELF, "commands") == print_:
            return
        try:
            answer = await self._call("PUT", f"/applications/{application}/commands", payload)
        except SendError as error:
            log.warning("the commands could not be published; the next start tries again: %s", error)
            return
        if answer.good:
            await self._storage.notes.write(ITSELF, {"commands": print_})
        else:
            log.error("Discord refuses the commands: %s", answer.body)

    def told(self, interaction: Mapping[str, Any]) -> None:
        """Have it answered, unless it was told before."""
        try:
            act = Act.of(interaction)
        except (AttributeError, KeyError, TypeError, ValueError):
            log.exception("an act could not be read")
            return
        if act is None or act.id in self._seen:
            return
        self._seen[act.id] = None
        while len(self._seen) > REPEATS:
            self._seen.popitem(last=False)
        self._tasks.create_task(self._answered(act), name=f"{act.kind} {act.command}")

    async def left(self, guild: str) -> None:
        """Forget what was kept about the server."""
        await self._storage.workspaces.forget(NAME, guild)

    async def _answered(self, act: Act) -> None:
        try:
            await self._answering(act)
        except Exception:
            log.exception("an act could not be answered", extra={"kind": act.kind})
