"""A platform may hand over the same act twice, when our answer came late: a repeat has no second effect."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Final

from bot.messages import Message

REMEMBERED: Final = 2_000  # acts; a platform repeats one within minutes


class Repeats:
    """Answers by the platform's name for the act."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, asyncio.Future[Message]] = {}

    async def once(self, key: Hashable, run: Callable[[], Awaitable[Message]]) -> Message:
        """The answer of *run*, which runs once for each *key*; whoever repeats waits for the same answer.

        When the first is cancelled at work, whoever repeats runs it.
        """
        first = self._answers.get(key)
        if first is None:
            return await self._answer(key, run)
        try:
            return await asyncio.shield(first)
        except asyncio.CancelledError:
            if not first.cancelled():
                raise
        return await self.once(key, run)

    async def _answer(self, key: Hashable, run: Callable[[], Awaitable[Message]]) -> Message:
        first = self._answers[key] = asyncio.get_running_loop().create_future()
        try:
            answer = await run()
        except BaseException:
            del self._answers[key]
            first.cancel()
            raise
        first.set_result(answer)
        self._forget()
        return answer

    def _forget(self) -> None:
        """The oldest answers go; those at work stay."""
        for key in [*self._answers][: max(0, len(self._answers) - REMEMBERED)]:
            if self._answers[key].done():
                del self._answers[key]
