"""Many couriers at once: no delivery is sent by two, a dead one's work is taken over, and a stop is in order.

`DIGESTBOT_TEST_MANY=100000 ./dev test -m slow tests/delivery/test_many.py` is the long run.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.schedule import LEAD
from storage import open_storage
from tests.delivery.stand_in import Manners
from tests.delivery.trial import OURS, Verdict, trial

PEOPLE = int(os.environ.get("DIGESTBOT_TEST_MANY", "300"))
STOPS = int(os.environ.get("DIGESTBOT_TEST_STOPS", "10"))
A_MINUTE = 60.0

Figure = Callable[[str], None]


@pytest.mark.slow
@pytest.mark.parametrize("couriers", [2, 4, 8])
async def test_many_couriers_send_nothing_twice(
    postgres_url: str, tmp_path: Path, couriers: int, figure: Figure
) -> None:
    with trial(postgres_url, tmp_path, Manners(synced=False), couriers=couriers) as here:
        await here.owe(PEOPLE)
        begun = time.monotonic()
        for courier in range(couriers):
            here.tell(courier, rules=OURS, patience=3600)
        assert [here.told(courier)["ended"] for courier in range(couriers)] == [0] * couriers
        took = time.monotonic() - begun
        verdict = here.verdict()
    figure(f"{PEOPLE} deliveries in {took:.0f} s, {PEOPLE / took:.0f}/s: {verdict}")
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)


@pytest.mark.parametrize(
    "point", [3, pytest.param(1, marks=pytest.mark.slow), pytest.param(4, marks=pytest.mark.slow)]
)
async def test_what_a_dead_courier_had_claimed_is_taken_over_within_a_minute(
    sqlite_url: str, tmp_path: Path, point: int
) -> None:
    with trial(sqlite_url, tmp_path) as here:
        await here.owe(5)
        assert here.run(what="once", die_at=point, rules=OURS) == -9
        assert here.run(what="once", ahead=A_MINUTE, rules=OURS) == 0
        assert here.verdict() == Verdict(lost=0, doubled=0, repeats=0)


async def test_a_dead_leader_is_followed_within_a_minute_and_one_that_goes_at_once(postgres_url: str) -> None:
    now = datetime.now(UTC)
    later = now + timedelta(seconds=A_MINUTE)
    async with open_storage(postgres_url) as one, open_storage(postgres_url) as two:
        assert await one.outbox.lead("plan", "one", now=now, until=now + LEAD)
        assert not await two.outbox.lead("plan", "two", now=now, until=now + LEAD)
        assert await two.outbox.lead("plan", "two", now=later, until=later + LEAD)


@pytest.mark.slow
@pytest.mark.parametrize("stops", [STOPS])
async def test_a_courier_told_to_stop_in_a_burst_leaves_nothing_to_make_up_for(
    sqlite_url: str, tmp_path: Path, stops: int, figure: Figure
) -> None:
    """Nobody waits for its lease: whoever comes next, at the same moment, sends all that is left."""
    took: list[float] = []
    with trial(sqlite_url, tmp_path, Manners(hold=0.3), "slack") as here:
        for _ in range(stops):
            await here.owe(20)
            ended = here.watch(rules=OURS, stop_after=0.35, patience=60)
            assert ended["ended"] == 0
            took.append(ended["took"])
        assert here.run(what="once", rules=OURS) == 0
        verdict = here.verdict()
    figure(f"stopped {stops} times, in at most {max(took):.1f} s: {verdict}")
    assert max(took) < 10
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)
