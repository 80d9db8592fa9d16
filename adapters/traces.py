"""Traces for OpenTelemetry: one for each landing, from its reading to the last post that tells of it.

The one module that knows OpenTelemetry, which is an extra: nobody imports this unless the settings ask for traces.
Where to, how many and in whose name is said by the variables that OpenTelemetry has for that, OTEL_….

Nothing is carried through the database. The ids of a landing's trace follow from its number and a key of the
installation, so that whichever process posts a delivery, at whatever time, adds to the same trace. Nor do spans
name people: a delivery is known by its key.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final, Self

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from bot import __version__
from bot.errors import BadSettings
from bot.models import Landing
from bot.owed import Delivery
from bot.steps import Steps

PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
SPOKEN: Final = "http/protobuf"
LAST: Final = 2.0  # seconds for what is left once we are told to stop
MOST_LINKS: Final = 32  # other landings that one delivery tells of
GONE_WRONG: Final = frozenset({"give up", "held"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Told = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class _Ids:
    """Of a trace, and of the span it begins with."""

    trace: int
    span: int


class _Named(RandomIdGenerator):
    """Makes ids up, unless the next span has some of its own."""

    def __init__(self) -> None:
        self.next: _Ids | None = None

    def generate_span_id(self) -> int:
        own, self.next = self.next, None
        return own.span if own else super().generate_span_id()

    def generate_trace_id(self) -> int:
        return self.next.trace if self.next else super().generate_trace_id()


class Traces:
    """`bot.watching.Watcher` that makes spans of what was done. *keys* are the installation's, newest first."""

    def __init__(self, keys: Sequence[bytes], *processors: SpanProcessor) -> None:
        self._keys, self._named = keys, _Named()
        named = {"service.name": "digestbot", "service.version": __version__}
        resource = Resource(named).merge(_told_by_the_environment())
        self._provider = TracerProvider(resource=resource, id_generator=self._named, shutdown_on_exit=False)
        for one in processors:
            self._provider.add_span_processor(one)
        self._tracer = self._provider.get_tracer("digestbot", __version__)

    @classmethod
    @asynccontextmanager
    async def open(cls, keys: Sequence[bytes]) -> AsyncIterator[Self]:
        """Traces that go by OTLP over HTTP, what is left of them on leaving. Raises BadSettings."""
        wrong = [name for name in PROTOCOLS if os.environ.get(name, SPOKEN) not in ("", SPOKEN)]
        if wrong:
            raise BadSettings(f"{wrong[0]}: traces are sent as {SPOKEN} only; write that, or leave it out")
        exporter = OTLPSpanExporter()
        traces = cls(keys, BatchSpanProcessor(exporter))
        try:
            yield traces
        finally:
            patience = threading.Timer(
                LAST, exporter.shutdown
            )  # a collector that is away is tried again no more
            patience.start()
            await asyncio.to_thread(traces.close)
            patience.cancel()

    def close(self) -> None:
        """Hand over what has not been handed over yet. It may take some seconds."""
        self._provider.shutdown()

    def landed(self, landing: Landing, steps: Steps) -> None:
        """A landing is the root of its trace; one that changed nothing is in it already."""
        if landing.again:
            return
        told: Told = {
            "digestbot.source": landing.source,
            "digestbot.landing": landing.digest,
            "digestbot.papers": landing.papers,
            "digestbot.new": landing.new,
        }
        self._named.next = self._ids(f"landing {landing.digest}")
        self._spans("landing", Context(), told, steps)

    def delivered(self, outcome: str, delivery: Delivery, at: datetime, steps: Steps) -> None:
        """A try to deliver is part of the trace of the last landing that it tells of, and linked to the others."""
        late = (at - delivery.due) // timedelta(milliseconds=1)
        told: Told = {
            "digestbot.platform": delivery.to.platform,
            "digestbot.kind": delivery.to.kind,
            "digestbot.delivery": delivery.key,
            "digestbot.outcome": outcome,
            "digestbot.attempt": delivery.attempts,
            "digestbot.unclear_before": delivery.tried is not None,
            "digestbot.late_ms": max(0, late),
        }
        about = f"landing {delivery.digest}" if delivery.digest else f"delivery {delivery.key}"
        before = range(max(delivery.since + 1, delivery.digest - MOST_LINKS), delivery.digest)
        links = [Link(self._begun(f"landing {one}")) for one in before]
        failed = Status(StatusCode.ERROR, outcome) if outcome in GONE_WRONG else None
        self._spans("delivery", _within(self._begun(about)), told, steps, links, failed)

    def _spans(
        self,
        name: str,
        within: Context,
        told: Told,
        steps: Steps,
        links: Sequence[Link] = (),
        failed: Status | None = None,
    ) -> None:
        """A span with one below it for each step."""
        last = max([steps.begun, *(step.ended for step in steps.taken)])
        whole = self._tracer.start_span(
            name, within, attributes=told, links=links, start_time=_nanoseconds(steps.begun)
        )
        inside = trace.set_span_in_context(whole, within)
        for step in steps.taken:
            kind = SpanKind.CLIENT if step.name in ("read", "send") else SpanKind.INTERNAL
            part = self._tracer.start_span(step.name, inside, kind, start_time=_nanoseconds(step.begun))
            part.end(_nanoseconds(step.ended))
        if failed:
            whole.set_status(failed)
        whole.end(_nanoseconds(last))

    def _ids(self, about: str) -> _Ids:
        """The ids of what the trace begins with, the same in every process and for each installation its own."""
        made = blake2b(about.encode(), key=self._keys[0], digest_size=24).digest()
        return _Ids(int.from_bytes(made[:16]), int.from_bytes(made[16:]))

    def _begun(self, about: str) -> SpanContext:
        """What a trace begins with, seen from another process: it is kept where the sampler keeps it."""
        ids = self._ids(about)
        decision = self._provider.sampler.should_sample(None, ids.trace, about).decision
        kept = TraceFlags.SAMPLED if decision == Decision.RECORD_AND_SAMPLE else TraceFlags.DEFAULT
        return SpanContext(ids.trace, ids.span, is_remote=True, trace_flags=TraceFlags(kept))


def _within(begun: SpanContext) -> Context:
    return trace.set_span_in_context(NonRecordingSpan(begun), Context())


def _told_by_the_environment() -> Resource:
    """What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say; of the name that is made up otherwise, nothing."""
    found = dict(Resource.create().attributes)
    if str(found.get("service.name", "")).startswith("unknown_service"):
        del found["service.name"]
    return Resource(found)


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000
