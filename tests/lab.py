"""A whole bot on an empty database in memory, with a fake platform and a clock that stands still.

Digests come instantly to whoever has not said when.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.commands import commands
from bot.delivery import Courier
from bot.dispatcher import Dispatcher
from bot.intake import Intake
from bot.interfaces import Storage
from bot.messages import Message
from bot.models import Address, Invocation, Landing, Paper, Value
from bot.schedules import INSTANTLY
from tests import databases
from tests.fakes import Clock, FakeChatAdapter, a_digest, ada, at, buttons, given, text_of


class Lab:
    """What tests do: people ask, papers land, what is owed is delivered."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.clock, self.platform = storage, Clock(at("08:00")), FakeChatAdapter()
        self.intake = Intake(storage, self.clock)
        self.courier = Courier(storage, [self.platform], self.clock, chance=lambda: 1.0)
        self.dispatch = Dispatcher(commands, storage, self.clock, lambda: "some-id")

    async def reply(self, command: str, user: Address = ada, /, **arguments: Value) -> Message:
        """What the bot answers."""
        return await self.dispatch(given(command, user, **arguments))

    async def ask(self, command: str, user: Address = ada, /, **arguments: Value) -> str:
        """The text of what it answers, which is never the apology for a fault."""
        text = text_of(await self.reply(command, user, **arguments))
        assert "some-id" not in text, text
        return text

    async def press(self, message: Message, label: str) -> str:
        """The text of the answer to Ada's pressing that button."""
        pressed: Invocation = buttons(message)[label]
        return text_of(await self.dispatch(pressed))

    async def land(self, *papers: Paper | str, source: str = "test") -> Landing:
        """Land papers, or papers of these titles."""
        return await self.intake.land(a_digest(*papers, source=source))

    async def tick(self) -> int:
        """Let the clock tick: what has fallen due is planned, and tried; how many deliveries that were."""
        while await self.storage.outbox.plan(self.clock(), 100):
            pass
        tried = 0
        while some := await self.courier.deliver():
            tried += some
        return tried


@asynccontextmanager
async def a_lab() -> AsyncIterator[Lab]:
    """A lab of one's own."""
    async with databases.storage("sqlite://", lambda _: INSTANTLY) as storage:
        yield Lab(storage)
