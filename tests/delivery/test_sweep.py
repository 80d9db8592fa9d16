"""A courier dies at every system call of a delivery, and a landing at every one of its own.

`./dev test -m slow tests/delivery/test_sweep.py` is the whole of it: some five minutes on two cores.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.interfaces import Storage
from bot.models import Address
from bot.outcomes import Rules
from bot.schedules import INSTANTLY
from storage import open_storage
from tests.delivery import tracing
from tests.delivery.couriers import list_of
from tests.delivery.stand_in import Manners
from tests.delivery.trial import OURS, Trial, Verdict, trial
from tests.delivery.wrong import DESIGNS
from tests.storage.vocabulary import follow

STEP = 400.0  # seconds from one delivery to the next, on everybody's clock
NEXT = (55.0, 200.0)  # when somebody else comes: after the lease, and after the wait

pytestmark = pytest.mark.skipif(not tracing.POSSIBLE, reason="processes can be watched only on Linux")

Figure = Callable[[str], None]


def test_trials_go_by_the_rules_of_the_program() -> None:
    assert tuple(one.total_seconds() for one in list_of(Rules())) == OURS


async def sweep(here: Trial, calls: Iterable[int], design: str = "") -> int:
    """Kill a courier at these system calls of a delivery, one delivery a call; how many calls a whole one has."""
    for number, call in enumerate(calls, 1):
        ahead = STEP * number
        await here.owe(1, ahead)
        told: dict[str, Any] = {"what": "once", "design": design, "rules": OURS}
        first = here.watch(call=call, ahead=ahead, **told)
        for later in NEXT:
            assert here.run(ahead=ahead + later, **told) == 0
        if first["ended"] == 0:
            return int(first["calls"])
    return 0


async def calls_of_the_post(here: Trial, folder: Path) -> int:
    """The number of the call by which a delivery is posted, where all goes well."""
    await here.owe(1)
    here.run(what="once", rules=OURS, call=10**6, record=str(folder / "calls"))
    calls = [call for call in tracing.read_back(folder / "calls") if call.name != "say"]
    return next(number for number, call in enumerate(calls, 1) if b"paper_digest" in call.content)


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_a_courier_killed_at_any_system_call_of_a_delivery_loses_and_doubles_nothing(
    url: str, tmp_path: Path, platform: str, figure: Figure
) -> None:
    known = 180.0 if platform == "discord" else 0.0
    with trial(url, tmp_path, Manners(nonce=known, stale=30), platform) as here:
        calls = await sweep(here, count(1))
        verdict = here.verdict()
    figure(f"killed at each of {calls} system calls: {verdict}")
    assert calls > 20
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)


async def test_a_courier_killed_around_the_post_loses_and_doubles_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    with trial(sqlite_url, tmp_path, Manners(stale=30), "slack") as here:
        post = await calls_of_the_post(here, tmp_path)
        assert await sweep(here, (post - 1, post, post + 1, post + 3)) == 0, "one was not killed"
        assert here.verdict() == Verdict(lost=0, doubled=0, repeats=0)


WRONG: dict[str, dict[str, Any]] = {
    "no wait": {"stale": 60},
    "library retries": {"lose": 1.0, "once": True},
    "empty history trusted": {"blind": True},
}


@pytest.mark.parametrize(
    "design", ["no look", *(pytest.param(one, marks=pytest.mark.slow) for one in DESIGNS if one != "no look")]
)
async def test_designs_that_look_right_are_caught_around_the_post(
    sqlite_url: str, tmp_path: Path, design: str, figure: Figure
) -> None:
    with trial(sqlite_url, tmp_path, Manners(**WRONG.get(design, {})), "slack") as here:
        post = await calls_of_the_post(here, tmp_path)
        await sweep(here, range(post, post + 3), design)
        verdict = here.verdict()
    figure(f"{verdict}")
    assert verdict.lost or verdict.doubled


async def landings(here: Trial, calls: Iterable[int], design: str = "") -> int:
    """Kill a landing at these system calls, a digest a call, and land it again; how many calls a whole one has.

    After each death either all of the digest is there or nothing, and in the end each reader is owed it once.
    """
    readers = [Address("slack", "w1", f"reader-{number}") for number in range(3)]
    async with open_storage(here.url, lambda _: INSTANTLY) as storage:
        for reader in readers:
            await follow(storage, "grokking", owner=reader)
        for number, call in enumerate(calls, 1):
            told = {"what": "land", "titles": [f"Grokking {number} {name}" for name in "abcd"]}
            first = here.watch(call=call, design=design, **told)
            await _all_or_nothing(storage, readers, number)
            assert here.run(**told) == 0
            while await storage.outbox.plan(datetime.now(UTC), 100):
                pass
            assert await _all_or_nothing(storage, readers, number) == number
            owed = [len(await storage.outbox.lately(reader, 999)) for reader in readers]
            assert owed == [number] * len(readers)
            if first["ended"] == 0:
                return int(first["calls"])
    return 0


async def _all_or_nothing(storage: Storage, readers: Iterable[Address], number: int) -> int:
    """How many digests have landed: all of the earlier ones, and all or nothing of this one."""
    landed = await storage.papers.landings(999)
    assert len(landed) in {number - 1, number}
    for landing in landed:
        papers = [paper.id for paper in await storage.papers.in_digest(landing.digest)]
        assert len(papers) == 4
        for reader in readers:
            assert set(await storage.papers.met(reader, landing.digest)) == set(papers)
    return len(landed)


@pytest.mark.slow
async def test_a_landing_killed_at_any_system_call_is_there_or_not_and_can_be_landed_again(
    url: str, tmp_path: Path, figure: Figure
) -> None:
    with trial(url, tmp_path) as here:
        calls = await landings(here, count(1))
    figure(f"killed at each of {calls} system calls")
    assert calls > 10


async def test_a_landing_killed_now_and_then_is_there_or_not(sqlite_url: str, tmp_path: Path) -> None:
    with trial(sqlite_url, tmp_path) as here:
        assert await landings(here, (6, 17, 29)) == 0, "one was not killed"


@pytest.mark.slow
async def test_a_landing_in_two_steps_is_caught(sqlite_url: str, tmp_path: Path) -> None:
    with trial(sqlite_url, tmp_path) as here, pytest.raises(AssertionError):
        await landings(here, count(10), "in two steps")
