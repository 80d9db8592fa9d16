"""Parts wrapped so that what they do is counted and timed, without their knowing."""

import asyncio
import time
from datetime import datetime
from typing import Final

from adapters.metrics import Metrics
from bot.errors import (
    Disconnected,
    NotPosted,
    RateLimited,
    SendError,
    Unavailable,
    Unreachable,
    Unsayable,
    Unseen,
)
from bot.interfaces import ChatAdapter, Dispatch, Pace
from bot.messages import Message
from bot.models import Address, Invocation, MessageRef
from bot.registry import CommandRegistry

OUTCOMES: Final[dict[type[Exception], str]] = {
    RateLimited: "rate_limited",
    NotPosted: "not_posted",
    Unseen: "unseen",
    Unavailable: "unavailable",
    Unreachable: "unreachable",
    Disconnected: "disconnected",
    Unsayable: "unsayable",
    TimeoutError: "unavailable",
    SendError: "fault",
}
"""What a post that did not go through is counted as, the narrower first."""


def counted(dispatch: Dispatch, metrics: Metrics) -> Dispatch:
    """*dispatch*, its answers counted and timed."""

    async def dispatched(invocation: Invocation) -> Message:
        begun = time.monotonic()
        message = await dispatch(invocation)
        metrics.answered(invocation, message, time.monotonic() - begun)
        return message

    return dispatched


class Counted:
    """A chat adapter whose posts are counted and timed."""

    def __init__(self, adapter: ChatAdapter, metrics: Metrics) -> None:
        self._adapter, self._metrics = adapter, metrics

    @property
    def name(self) -> str:
        """Its own."""
        return self._adapter.name

    @property
    def pace(self) -> Pace:
        """Its own."""
        return self._adapter.pace

    async def run(self, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """As it does."""
        await self._adapter.run(commands, dispatch)

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """As it does, and raising the same."""
        begun, outcome, wait = time.monotonic(), "fault", 0.0
        if tried:
            self._metrics.unclear(self.name)
        try:
            ref = await self._adapter.send(to, message, key=key, tried=tried)
            outcome = "sent"
        except (SendError, TimeoutError) as trouble:
            outcome = next(name for kind, name in OUTCOMES.items() if isinstance(trouble, kind))
            wait = getattr(trouble, "retry_after", 0.0)
            raise
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            self._metrics.sent(self.name, outcome, time.monotonic() - begun, wait)
        return ref

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """As it does, and raising the same."""
        removed = await self._adapter.take_back(to, key=key, since=since)
        self._metrics.removed(self.name, removed)
        return removed
