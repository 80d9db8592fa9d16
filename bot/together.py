"""Many small transactions as few: whoever comes while another is at it is seen to with all who wait, in one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """Does for one what *several* does for many; whoever calls has their answer when it is done."""

    def __init__(self, several: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._several, self._turn = several, asyncio.Lock()
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []

    async def __call__(self, item: T) -> R:
        """The answer for *item*. Cancelled in the middle, nothing was done, and the others are next."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        mine = item, future
        self._waiting.append(mine)
        try:
            async with self._turn:
                if not future.done():
                    await self._flush()
            return await future
        finally:
            self._waiting = [one for one in self._waiting if one is not mine]
            if future.done() and not future.cancelled():
                future.exception()  # heard, also by whoever leaves before they could ask

    async def _flush(self) -> None:
        await asyncio.sleep(0)  # whoever comes in the same moment is seen to in the same turn
        portion, self._waiting = self._waiting, []
        try:
            answers = await self._several([item for item, _ in portion])
        except Exception as error:  # noqa: BLE001  # it is everybody's
            for _, future in portion:
                if not future.done():
                    future.set_exception(error)
            return
        except BaseException:
            self._waiting = [*portion, *self._waiting]
            raise
        for (_, future), answer in zip(portion, answers, strict=True):
            if not future.done():  # whoever has left does not ask
                future.set_result(answer)
