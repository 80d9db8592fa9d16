"""The calls a second that Discord allows the whole bot, shared out among all its processes.

Each process may have so many calls under way or answered within the last second, and makes them one after the other
rather than all at once, so that no answer waits behind many others until it is given up. Who may do how much is
written down in one note, and all of them together never have more than Discord allows: a process takes what is free,
and gives up what others want more. What it gives up is free for others only once the second is over in which it was
used.
"""

import asyncio
import time
from bisect import insort
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from adapters.discord.processes import myself
from adapters.discord.sharing import Shares
from bot.errors import NotPosted, RateLimited
from bot.models import Now

AGREED: Final = 1.1  # seconds that an agreement holds: longer than the one that is counted
PATIENCE: Final = 10.0  # seconds that the note may take to be changed
GAP: Final = 0.008  # seconds from one call to the next: a second's worth at once makes all answers slow
TOGETHER: Final = 25  # calls without an answer yet: the slower the answers, the fewer are made
_LATE: Final = 0.1  # seconds of gaps that are made up for after calls that began late
_MARGIN: Final = 0.01  # seconds: clocks are read before and after what they measure
_MOMENT: Final = 0.0001  # seconds to wait at least: less may be nothing at all on a clock
_LOOK: Final = 0.02  # seconds between looks while every place is taken

Change = Callable[[Callable[[str], str]], Awaitable[str]]
"""Puts what a function makes of the shared note in its place; nobody else comes in between."""


class Allowance:
    """This process's part of what Discord allows, agreed on with the others by *change*; all of it without."""

    def __init__(
        self,
        now: Now,
        change: Change | None = None,
        *,
        me: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now, self._change, self._clock = now, change, clock
        self._me = me or myself()
        self._may = 0
        self._note, self._until, self._shut = "", 0.0, 0.0
        self._waiting = self._begun = self._refused = self._under_way = 0
        self._next = 0.0  # from when on the next call may begin
        self._counted: list[float] = []  # until when each answered call counts, the soonest first
        self._quickest: deque[float] = deque([0.0], maxlen=200)
        self._line = asyncio.Lock()

    def refused(self) -> None:
        """Discord refused a call: it shuts out whoever is refused too often."""
        self._refused += 1

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Wait for the turn of one call, which is made within.

        Raises:
            NotPosted: no turn can be agreed on.
            RateLimited: too many calls were refused lately.
        """
        self._waiting += 1
        try:
            async with self._line:
                await self._turn()
        finally:
            self._waiting -= 1
        self._begun += 1
        self._under_way += 1
        begun = self._clock()
        try:
            yield
        finally:
            ended = self._clock()
            self._under_way -= 1
            # Discord counted it somewhere between; but no answer is quicker than the way there and back.
            insort(self._counted, ended + 1.0 + _MARGIN - min(self._quickest))
            self._quickest.append(ended - begun)

    async def _turn(self) -> None:
        while True:
            now = self._clock()
            if now >= self._until:
                await self._agree()
                continue
            if self._shut > now:
                raise RateLimited(self._shut - now, "bot")
            while self._counted and self._counted[0] <= now:
                self._counted.pop(0)
            over = self._under_way + len(self._counted) - self._may
            if over < 0 and self._under_way < TOGETHER and self._next <= now:
                self._next = max(self._next, now - _LATE) + GAP
                return
            if over < 0:
                wait = self._next - now if self._under_way < TOGETHER else _LOOK
            else:
                wait = self._counted[over] - now if over < len(self._counted) else _LOOK
            await asyncio.sleep(max(min(wait, self._until - now), _MOMENT))

    async def _agree(self) -> None:
        found, refused = Shares(), self._refused

        def shared(note: str) -> str:
            nonlocal found
            found = Shares.read(note)
            return found.agreed(self._me, self._waiting + self._begun, self._may, refused, self._now())

        try:
            async with asyncio.timeout(PATIENCE):
                self._note = await self._change(shared) if self._change else shared(self._note)
        except Exception as error:
            raise NotPosted(f"no turn to call Discord: {type(error).__name__}") from error
        now = self._clock()
        self._may, self._until, self._shut = found.may, now + AGREED, now + found.shut
        self._refused -= refused
        self._begun = 0
