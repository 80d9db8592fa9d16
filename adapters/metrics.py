"""What Prometheus is told: landings, posts, answers, what is owed, and how the process is.

Whoever is counted does not know it: what is measured is wrapped where the parts are put together.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

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
from bot.models import Address, Invocation, Landing, MessageRef
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
}
"""What a post that did not go through is counted as, the narrower first."""

SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
TICK: Final = 1.0  # seconds between looks at the event loop

Owed = Callable[[datetime], Awaitable[tuple[int, datetime | None]]]
"""How many deliveries are due and unsent, and since when the oldest is."""


class Metrics:
    """The numbers of this process, in *registry*."""

    def __init__(self, registry: CollectorRegistry) -> None:
        ProcessCollector(registry=registry)
        self._landings = Counter(
            "digestbot_landings", "Digests that landed.", ["source", "again"], registry=registry
        )
        self._papers = Counter(
            "digestbot_papers", "Papers in them, new or known.", ["source", "kind"], registry=registry
        )
        self._last = Gauge(
            "digestbot_last_landing_timestamp_seconds", "When one landed last.", ["source"], registry=registry
        )
        self._answers_in(registry)
        self._state_in(registry)
        self._sends_in(registry)

    def _sends_in(self, registry: CollectorRegistry) -> None:
        self._sends = Counter("digestbot_sends", "Posts tried.", ["platform", "outcome"], registry=registry)
        self._sending = Histogram(
            "digestbot_send_seconds",
            "How long a post took.",
            ["platform"],
            buckets=SECONDS,
            registry=registry,
        )
        self._waits = Counter(
            "digestbot_rate_limit_wait_seconds",
            "Waits that platforms asked for.",
            ["platform"],
            registry=registry,
        )
        self._looks = Counter(
            "digestbot_unclear_sends", "Sends of what may have been posted.", ["platform"], registry=registry
        )
        self._removed = Counter(
            "digestbot_copies_removed", "Second copies that were taken away.", ["platform"], registry=registry
        )

    def _answers_in(self, registry: CollectorRegistry) -> None:
        self._answers = Counter(
            "digestbot_answers", "Commands answered.", ["platform", "command", "outcome"], registry=registry
        )
        self._answering = Histogram(
            "digestbot_answer_seconds",
            "From a command to its answer.",
            ["platform"],
            buckets=SECONDS,
            registry=registry,
        )
        self._faults = Counter("digestbot_faults", "Apologies with a reference.", registry=registry)

    def _state_in(self, registry: CollectorRegistry) -> None:
        self._owed = Gauge("digestbot_owed", "Deliveries that are due and unsent.", registry=registry)
        self._oldest = Gauge(
            "digestbot_oldest_owed_seconds", "For how long the oldest has been due.", registry=registry
        )
        self._lag = Gauge(
            "digestbot_loop_lag_seconds", "How late the event loop was last.", registry=registry
        )

    def landed(self, landing: Landing) -> None:
        """A digest landed, here, now or again."""
        self._landings.labels(landing.source, str(landing.again).lower()).inc()
        self._last.labels(landing.source).set(landing.at.timestamp())
        if not landing.again:
            self._papers.labels(landing.source, "new").inc(landing.new)
            self._papers.labels(landing.source, "known").inc(landing.papers - landing.new)

    def fault(self) -> None:
        """Somebody got the apology."""
        self._faults.inc()

    def sent(self, platform: str, outcome: str, seconds: float, wait: float = 0.0) -> None:
        """A post was tried."""
        self._sends.labels(platform, outcome).inc()
        self._sending.labels(platform).observe(seconds)
        self._waits.labels(platform).inc(wait)

    def unclear(self, platform: str) -> None:
        """Something was sent that may have been posted before."""
        self._looks.labels(platform).inc()

    def removed(self, platform: str, copies: int) -> None:
        """So many second copies were taken away."""
        self._removed.labels(platform).inc(copies)

    def answered(self, invocation: Invocation, message: Message, seconds: float) -> None:
        """A command got its answer."""
        platform = invocation.user.platform
        outcome = "refused" if message.refusal else "done"
        self._answers.labels(platform, invocation.command, outcome).inc()
        self._answering.labels(platform).observe(seconds)

    async def watch(self, owed: Owed, now: Callable[[], datetime]) -> None:
        """See, again and again, what is owed and whether the event loop is held up. Ends only when cancelled."""
        while True:
            begun = time.monotonic()
            await asyncio.sleep(TICK)
            self._lag.set(max(0.0, time.monotonic() - begun - TICK))
            with suppress(Exception):  # a database that is away is told by /readyz
                count, since = await owed(now())
                self._owed.set(count)
                self._oldest.set((now() - since).total_seconds() if since else 0)


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
            outcome = next(name for kind, name in _ALL.items() if isinstance(trouble, kind))
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


_ALL: Final = {**OUTCOMES, SendError: "fault"}
