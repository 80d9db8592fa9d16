"""Deliveries that are being tried, each in a task of its own."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bot.interfaces import Delivery
from bot.steps import Steps

MOST: Final = 64  # tried side by side: this bounds the memory, however many are due
SEVERAL: Final = 16  # for which there should be room before more is claimed: one costs as much as many


@dataclass(slots=True, eq=False)
class Attempt:
    """A delivery being tried. *begun* is on a clock that no one sets; *wire*: the post may be on its way.

    *owner* names this claim: whoever claims it again, be it the same courier, is somebody else.
    """

    delivery: Delivery
    owner: str
    begun: float
    steps: Steps
    wire: bool = False


class UnderWay:
    """The attempts of one courier that have not ended."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], Attempt] = {}
        self._gone = asyncio.Event()

    @property
    def room(self) -> int:
        """How many more may begin."""
        return MOST - len(self._tasks)

    def add(self, attempt: Attempt, trying: Coroutine[Any, Any, None]) -> None:
        """Begin *trying*."""
        task = asyncio.create_task(trying, name=attempt.delivery.key)
        self._tasks[task] = attempt
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        self._gone.set()

    async def thinned(self, seconds: float) -> None:
        """Wait until there is room: for several, or after so many seconds for one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._until(SEVERAL)
        await self._until(1)

    async def _until(self, room: int) -> None:
        while self.room < room:
            self._gone.clear()
            await self._gone.wait()

    async def ended(self, patience: timedelta) -> None:
        """Let what is on its way arrive, for so long, and stop what has not left."""
        for task, attempt in self._tasks.items():
            if not attempt.wire:
                task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
