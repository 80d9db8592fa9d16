"""Virtual time: hours pass as soon as everybody waits, and stand still while the database or a thread is at work."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

T = TypeVar("T")

START: Final = datetime(2026, 11, 24, tzinfo=UTC)
_GLANCE: Final = 0.2  # seconds of real time to wait for work that is going on


class _Selector(selectors.DefaultSelector):
    """Waits in real time for work, and in virtual time for moments."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> Any:
        if timeout == 0 or self.loop.busy or timeout is None:
            return super().select(min(timeout if timeout is not None else _GLANCE, _GLANCE))
        if ready := super().select(0):
            return ready
        self.loop.passed += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time is virtual. *busy*: how much real work is going on."""

    def __init__(self) -> None:
        self.passed, self.busy = 0.0, 0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.passed

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]  # looser
        self.busy += 1
        working = super().run_in_executor(executor, func, *args)
        working.add_done_callback(self._done)
        return working

    def now(self) -> datetime:
        """The present, as a clock shows it."""
        return START + timedelta(seconds=self.passed)

    def _done(self, _: object) -> None:
        self.busy -= 1


class Counted:
    """A storage, or a part of one, at whose work time stands still."""

    def __init__(self, inner: Any, loop: VirtualLoop) -> None:
        self._inner, self._loop = inner, loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return Counted(found, self._loop)

        async def counted(*told: Any, **named: Any) -> Any:
            self._loop.busy += 1
            try:
                return await found(*told, **named)
            finally:
                self._loop.busy -= 1

        return counted


def live(life: Callable[[VirtualLoop], Awaitable[T]]) -> T:
    """Run *life* in virtual time."""

    async def lived() -> T:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        return await life(loop)

    main: Coroutine[Any, Any, T] = lived()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of *work*, in virtual time."""
    return live(lambda _loop: work)


def clock() -> float:
    """Seconds of virtual time that have passed."""
    return asyncio.get_running_loop().time()


def now() -> datetime:
    """The virtual present."""
    return START + timedelta(seconds=clock())
