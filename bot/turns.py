"""Whose command runs next when many come at once: workspace by workspace, and in each person by person.

However many commands a workspace or a person floods the bot with, another's waits for a few of them at most.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Final

AT_ONCE: Final = 32
OF_A_WORKSPACE: Final = 12
OF_A_PERSON: Final = 3
"""Commands that run beside each other; a slow one, such as one that fetches a page, keeps nobody else waiting."""

_Waiting = OrderedDict[Hashable, deque["asyncio.Future[None]"]]


class Turns:
    """Lets so many run *at_once*, so many of them *of_a_workspace*, and so many of those *of_a_person*."""

    def __init__(
        self, at_once: int = AT_ONCE, of_a_workspace: int = OF_A_WORKSPACE, of_a_person: int = OF_A_PERSON
    ) -> None:
        self._at_once, self._of_a_workspace, self._of_a_person = at_once, of_a_workspace, of_a_person
        self._running: Counter[Hashable] = Counter()  # by workspace, and by workspace and person
        self._all = 0
        self._waiting: OrderedDict[Hashable, _Waiting] = OrderedDict()

    @asynccontextmanager
    async def turn(self, workspace: Hashable, person: Hashable) -> AsyncIterator[None]:
        """Wait for the person's turn, and have it as long as the context is open."""
        ready = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(workspace, OrderedDict()).setdefault(person, deque()).append(ready)
        self._let_in()
        try:
            await ready
        except asyncio.CancelledError:
            if ready.done() and not ready.cancelled():
                self._leave(workspace, person)
            raise
        try:
            yield
        finally:
            self._leave(workspace, person)

    def _leave(self, workspace: Hashable, person: Hashable) -> None:
        self._all -= 1
        for whose in (workspace, (workspace, person)):
            self._running[whose] -= 1
            if not self._running[whose]:
                del self._running[whose]
        self._let_in()

    def _let_in(self) -> None:
        """Whoever has waited longest since their last turn goes first, workspaces before people."""
        while self._all < self._at_once and (next_ := self._next()):
            workspace, person = next_
            people = self._waiting[workspace]
            ready = people[person].popleft()
            _to_the_end(people, person)
            _to_the_end(self._waiting, workspace)
            if not ready.done():  # else they have gone away
                self._all += 1
                self._running.update((workspace, (workspace, person)))
                ready.set_result(None)

    def _next(self) -> tuple[Hashable, Hashable] | None:
        for workspace, people in self._waiting.items():
            if self._running[workspace] < self._of_a_workspace:
                for person in people:
                    if self._running[workspace, person] < self._of_a_person:
                        return workspace, person
        return None


def _to_the_end(queue: OrderedDict[Hashable, _Waiting] | _Waiting, whose: Hashable) -> None:
    """Their next one comes after everybody else's; whoever has no next one stands in the queue no more."""
    if queue[whose]:
        queue.move_to_end(whose)
    else:
        del queue[whose]
