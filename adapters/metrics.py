"""What Prometheus is told: landings, posts, answers, what is owed, and how the process is.

Whoever is counted does not know it: what is measured is wrapped, see `adapters.counting`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot.messages import Message
from bot.models import Invocation, Landing
from bot.owed import Delivery
from bot.sources import Source
from bot.steps import Steps

SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
LATE: Final = (1, 2, 5, 10, 30, 60, 300, 900, 3_600, 14_400)  # seconds
LOOK: Final = 30.0  # seconds between looks at the sources
TICK: Final = 1.0  # seconds between looks at the event loop

Owed = Callable[[datetime], Awaitable[tuple[int, datetime | None]]]
"""How many deliveries are due and unsent, and since when the oldest is."""


Listed = Callable[[], Awaitable[Sequence[Source]]]
"""All sources."""


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
        self._deliveries_in(registry)
        self._answers_in(registry)
        self._sources_in(registry)
        self._state_in(registry)

    def _deliveries_in(self, registry: CollectorRegistry) -> None:
        self._deliveries = Counter(
            "digestbot_deliveries",
            "What became of what was owed; a repeat may be a duplicate.",
            ["platform", "outcome"],
            registry=registry,
        )
        self._lateness = Histogram(
            "digestbot_lateness_seconds",
            "From when a digest should come to when it was posted.",
            ["platform"],
            buckets=LATE,
            registry=registry,
        )

    def _sources_in(self, registry: CollectorRegistry) -> None:
        self._failures = Gauge(
            "digestbot_source_failures", "Readings in a row that failed.", ["source"], registry=registry
        )
        self._read = Gauge(
            "digestbot_source_read_timestamp_seconds",
            "When it was last read with success.",
            ["source"],
            registry=registry,
        )
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
        self._skew = Gauge(
            "digestbot_clock_skew_seconds", "How far our clock is ahead of the platform's.", registry=registry
        )

    def landed(self, landing: Landing, _steps: Steps) -> None:
        """A digest landed, here, now or again."""
        self._landings.labels(landing.source, str(landing.again).lower()).inc()
        self._last.labels(landing.source).set(landing.at.timestamp())
        if not landing.again:
            self._papers.labels(landing.source, "new").inc(landing.new)
            self._papers.labels(landing.source, "known").inc(landing.papers - landing.new)

    def skewed(self, wrong: timedelta) -> None:
        """Our clock is so far ahead."""
        self._skew.set(wrong.total_seconds())

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

    def delivered(self, outcome: str, delivery: Delivery, at: datetime, _steps: Steps) -> None:
        """Something owed was posted, or waits, or was given up."""
        platform = delivery.to.platform
        self._deliveries.labels(platform, outcome.replace(" ", "_")).inc()
        if outcome == "sent":
            self._lateness.labels(platform).observe(max(0.0, (at - delivery.due).total_seconds()))

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

    async def watch_sources(self, listed: Listed) -> None:
        """See, again and again, how the sources fare; those that rest are not told of. Ends only when cancelled."""
        while True:
            with suppress(Exception):  # a database that is away is told by /readyz
                self._told_of([source for source in await listed() if not source.paused])
            await asyncio.sleep(LOOK)

    def _told_of(self, sources: Sequence[Source]) -> None:
        self._failures.clear()
        self._read.clear()
        for source in sources:
            self._failures.labels(source.name).set(source.failures)
            if source.last_read:
                self._read.labels(source.name).set(source.last_read.timestamp())
