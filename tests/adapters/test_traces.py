"""Traces: one from a landing to all that tells of it, whichever process does what."""

import sys
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from adapters.traces import Traces
from bot import settings, tracing
from bot.app import IN_MEMORY, App
from bot.errors import BadSettings, NotPosted, Unreachable
from bot.messages import note
from bot.owed import Delivery
from bot.schedules import INSTANTLY, Schedule
from tests import databases
from tests.fakes import Clock, FakeChatAdapter, a_digest, ada, at


class Collector:
    """Where the spans of a process arrive."""

    def __init__(self, key: bytes = b"k" * 32) -> None:
        self._exporter = InMemorySpanExporter()
        self.traces = Traces([key], SimpleSpanProcessor(self._exporter))

    def of(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        return self._exporter.get_finished_spans()


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_SERVICE_NAME", "OTEL_TRACES_SAMPLER", "OTEL_SDK_DISABLED"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.traces.close()


@pytest.fixture
async def app(collector: Collector) -> AsyncIterator[App]:
    async with databases.storage("sqlite://", lambda _: INSTANTLY) as storage:
        opened = App(storage, Clock())
        await storage.people.reader(ada)
        opened.watchers.append(collector.traces)
        yield opened


def ids(span: ReadableSpan) -> tuple[int, int]:
    return span.context.trace_id, span.context.span_id


def above(span: ReadableSpan) -> tuple[int, int] | None:
    return (span.parent.trace_id, span.parent.span_id) if span.parent else None


def below(span: ReadableSpan, collector: Collector) -> list[str]:
    return [one.name for one in collector.spans if above(one) == ids(span)]


def told(span: ReadableSpan, name: str) -> object:
    return (span.attributes or {})[f"digestbot.{name}"]


async def test_a_landing_and_its_delivery_by_another_process_are_one_trace(
    app: App, collector: Collector
) -> None:
    landing = await app.intake.land(a_digest("Grokking explained", "A flow"), since=at("11:59"))
    courier = Collector()
    app.watchers[-1] = courier.traces
    await app.courier(FakeChatAdapter()).deliver()
    [root], [delivery] = collector.of("landing"), courier.of("delivery")
    assert above(root) is None
    assert above(delivery) == ids(root)
    assert below(root, collector) == ["read", "match", "write", "plan"]
    assert below(delivery, courier) == ["compose", "pace", "send"]
    assert (told(root, "source"), told(root, "landing")) == ("test", landing.digest)
    assert (told(delivery, "outcome"), told(delivery, "platform")) == ("sent", "fake")
    assert root.end_time
    assert root.start_time == root.end_time - 60 * 10**9
    assert root.resource.attributes["service.name"] == "digestbot"


async def test_every_try_is_in_the_trace_and_the_last_one_says_how_it_ended(
    app: App, collector: Collector
) -> None:
    await app.intake.land(a_digest("Grokking explained", "A flow"))
    platform = FakeChatAdapter()
    platform.fail(NotPosted("the line is down"), Unreachable("they have left"))
    await app.courier(platform).deliver()
    app.now.pass_by(minutes=1)  # type: ignore[attr-defined]  # the test's clock
    await app.courier(platform).deliver()
    tries = collector.of("delivery")
    assert [told(one, "outcome") for one in tries] == ["wait", "give up"]
    assert {above(one) for one in tries} == {ids(collector.of("landing")[0])}
    assert [below(one, collector) for one in tries] == [["compose", "pace", "send"], ["pace", "send"]]
    assert [one.status.status_code for one in tries] == [StatusCode.UNSET, StatusCode.ERROR]


async def test_a_delivery_of_several_landings_is_linked_to_them_all(app: App, collector: Collector) -> None:
    await app.storage.people.schedule(ada, Schedule.read("08:30"), now=at())
    for number in range(3):
        await app.intake.land(a_digest(f"Grokking, part {number}"))
    app.now.pass_by(days=1)  # type: ignore[attr-defined]  # the test's clock
    await app.storage.outbox.plan(app.now(), 10)
    await app.courier(FakeChatAdapter()).deliver()
    *before, last = collector.of("landing")
    [delivery] = collector.of("delivery")
    assert above(delivery) == ids(last)
    linked = [(link.context.trace_id, link.context.span_id) for link in delivery.links]
    assert linked == [ids(one) for one in before]


async def test_what_tells_of_no_landing_is_a_trace_of_its_own(app: App, collector: Collector) -> None:
    await app.storage.outbox.owe([Delivery("notice", ada, 0, at(), note("A source is failing."))])
    await app.courier(FakeChatAdapter()).deliver()
    [delivery] = collector.of("delivery")
    assert delivery.context.is_valid


async def test_the_same_digest_again_adds_nothing(app: App, collector: Collector) -> None:
    for _ in range(2):
        await app.intake.land(a_digest("Grokking explained"))
    assert len(collector.of("landing")) == 1


async def test_spans_name_nobody_and_say_nothing_of_what_was_read(app: App, collector: Collector) -> None:
    await app.intake.land(a_digest("Grokking explained"))
    await app.courier(FakeChatAdapter()).deliver()
    written = " ".join(span.to_json() for span in collector.spans)
    assert "delivery" in written
    for secret in (ada.id, "Grokking", "lab"):
        assert secret not in written.replace("explab", ""), secret


async def test_another_installation_has_other_traces(app: App) -> None:
    mine, theirs = Collector(b"m" * 32), Collector(b"t" * 32)
    app.watchers += [mine.traces, theirs.traces]
    await app.intake.land(a_digest("Grokking explained"))
    assert ids(mine.of("landing")[0]) != ids(theirs.of("landing")[0])


async def test_a_trace_is_kept_or_left_out_as_a_whole(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "papers")
    lander, courier = Collector(), Collector()
    for number in range(8):
        app.watchers[1:] = [lander.traces]
        await app.intake.land(a_digest(f"Grokking, part {number}"))
        app.watchers[1:] = [courier.traces]
        await app.courier(FakeChatAdapter()).deliver()
    roots, deliveries = lander.of("landing"), courier.of("delivery")
    assert 0 < len(roots) < 8
    assert [above(one) for one in deliveries] == [ids(one) for one in roots]
    assert roots[0].resource.attributes["service.name"] == "papers"


async def test_without_the_setting_nothing_of_opentelemetry_is_touched(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "adapters.traces", None)
    before = list(app.watchers)
    async with tracing.traced(app, settings.read(database_url=IN_MEMORY)):
        assert app.watchers == before


async def test_traces_without_the_extra_are_refused_with_the_cure(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "adapters.traces")
    given = settings.read(database_url=IN_MEMORY, traces="otlp")
    with pytest.raises(BadSettings, match=r"DIGESTBOT_TRACES: .*digestbot\[otel\]"):
        async with tracing.traced(app, given):
            pass


async def test_a_protocol_that_is_not_spoken_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with pytest.raises(BadSettings, match="OTEL_EXPORTER_OTLP_PROTOCOL: "):
        async with Traces.open([b"k" * 32]):
            pass
