import asyncio
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from adapters.counting import OUTCOMES, Counted
from adapters.metrics import Metrics
from bot.app import IN_MEMORY, App
from bot.errors import Disconnected, RateLimited, Unseen
from bot.messages import note
from bot.models import MessageRef
from bot.schedules import INSTANTLY
from bot.sources import Source
from tests.fakes import Clock, FakeChatAdapter, a_digest, ada, at, given

DEPLOY = Path(__file__).parents[2] / "deploy"


def shown(registry: CollectorRegistry) -> dict[str, float]:
    """The samples by their names with their labels, as Prometheus reads them."""
    lines = generate_latest(registry).decode().splitlines()
    return {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


async def test_landings_posts_answers_and_faults_are_counted() -> None:
    platform = FakeChatAdapter()
    async with App.open(IN_MEMORY) as app:
        await app.storage.people.reader(ada)
        await app.storage.people.schedule(ada, INSTANTLY, now=app.now())
        await app.dispatch(given("follow", term="grokking"))
        await app.dispatch(given("follow", term="grokking"))
        await app.intake.land(a_digest("Grokking explained", "A flow"))
        await app.intake.land(a_digest("Grokking explained", "A flow"))
        await app.courier(platform).deliver()
        app.storage.people = None  # type: ignore[misc, assignment]  # so that whatever asks for people breaks
        await app.dispatch(given("interests"))
        found = shown(app.metrics)
    assert found['digestbot_landings_total{again="false",source="test"}'] == 1
    assert found['digestbot_landings_total{again="true",source="test"}'] == 1
    assert found['digestbot_papers_total{kind="new",source="test"}'] == 2
    assert found['digestbot_sends_total{outcome="sent",platform="fake"}'] == 1
    assert found['digestbot_answers_total{command="follow",outcome="done",platform="fake"}'] == 1
    assert found['digestbot_answers_total{command="follow",outcome="refused",platform="fake"}'] == 1
    assert found["digestbot_faults_total"] == 1


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (RateLimited(7), "rate_limited"),
        (Unseen("x"), "unseen"),
        (Disconnected("x"), "disconnected"),
        (TimeoutError(), "unavailable"),
        (RuntimeError(), "fault"),
        (asyncio.CancelledError(), "cancelled"),
    ],
)
async def test_a_post_that_fails_is_counted_by_its_cause_and_raises_the_same(
    trouble: BaseException, outcome: str
) -> None:
    class Failing(FakeChatAdapter):
        async def send(self, *_: object, **__: object) -> MessageRef:
            raise trouble

    registry = CollectorRegistry()
    adapter = Counted(Failing(), Metrics(registry))
    with pytest.raises(type(trouble)):
        await adapter.send(ada, note("Hello"), key="k")
    found = shown(registry)
    assert found[f'digestbot_sends_total{{outcome="{outcome}",platform="fake"}}'] == 1
    assert found['digestbot_rate_limit_wait_seconds_total{platform="fake"}'] == getattr(
        trouble, "retry_after", 0
    )


def test_the_narrower_error_goes_first() -> None:
    kinds = list(OUTCOMES)
    assert not any(issubclass(kinds[at], kinds[before]) for at in range(len(kinds)) for before in range(at))


async def test_what_is_owed_is_seen_with_its_age(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.metrics.TICK", 0)
    clock, registry = Clock(), CollectorRegistry()
    since = clock() - timedelta(minutes=3)

    async def owed(_: datetime) -> tuple[int, datetime | None]:
        done.set()
        return 2, since

    done = asyncio.Event()
    watching = asyncio.create_task(Metrics(registry).watch(owed, clock))
    async with asyncio.timeout(10):
        await done.wait()
    await asyncio.sleep(0)
    watching.cancel()
    assert shown(registry)["digestbot_owed"] == 2
    assert shown(registry)["digestbot_oldest_owed_seconds"] == 180


async def test_the_database_knows_what_is_owed() -> None:
    async with App.open(IN_MEMORY, Clock()) as app:
        assert await app.storage.standing.owed(Clock()()) == (0, None)
        await app.storage.people.reader(ada)
        await app.storage.people.schedule(ada, INSTANTLY, now=app.now())
        await app.intake.land(a_digest("A flow"))
        count, since = await app.storage.standing.owed(Clock()())
        assert (count, since) == (1, Clock()())


def test_alerts_and_dashboard_ask_only_for_what_is_counted() -> None:
    registry = CollectorRegistry()
    Metrics(registry)
    counted = {family.name for family in registry.collect()}
    board = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text("utf-8"))
    asked = " ".join(target["expr"] for panel in board["panels"] for target in panel["targets"])
    asked += (DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8")
    names = set(re.findall(r"\bdigestbot_\w+", asked))
    assert {re.sub(r"_(total|bucket)$", "", name) for name in names} <= counted


async def test_how_late_a_digest_came_and_what_became_of_it_is_counted() -> None:
    clock, platform = Clock(at("08:00")), FakeChatAdapter()
    async with App.open(IN_MEMORY, clock) as app:
        await app.storage.people.reader(ada)
        await app.storage.people.schedule(ada, INSTANTLY, now=clock())
        await app.intake.land(a_digest("Grokking explained"))
        clock.pass_by(seconds=20)
        await app.courier(platform).deliver()
        found = shown(app.metrics)
    assert found['digestbot_deliveries_total{outcome="sent",platform="fake"}'] == 1
    assert found['digestbot_lateness_seconds_bucket{le="10.0",platform="fake"}'] == 0
    assert found['digestbot_lateness_seconds_bucket{le="30.0",platform="fake"}'] == 1


async def test_how_sources_fare_is_told_and_those_that_rest_are_not() -> None:
    registry = CollectorRegistry()
    seen = asyncio.Event()

    async def listed() -> list[Source]:
        asyncio.get_running_loop().call_soon(seen.set)
        return [Source("club", "feed", failures=3, last_read=at("08:00")), Source("old", "feed", paused=True)]

    watching = asyncio.create_task(Metrics(registry).watch_sources(listed))
    await seen.wait()
    watching.cancel()
    found = shown(registry)
    assert found['digestbot_source_failures{source="club"}'] == 3
    assert found['digestbot_source_read_timestamp_seconds{source="club"}'] == at("08:00").timestamp()
    assert 'digestbot_source_failures{source="old"}' not in found
