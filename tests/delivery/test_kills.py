"""Couriers die at every step, and each reader still gets their digest once.

`DIGESTBOT_TEST_KILLS=1000 ./dev test -m slow tests/delivery` is the long run.
"""

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.delivery.stand_in import Manners
from tests.delivery.trial import Verdict, trial
from tests.delivery.worker import DESIGNS

KILLS = int(os.environ.get("DIGESTBOT_TEST_KILLS", "150"))
LIKEWISE = [design for design in DESIGNS if design not in ("no look", "no wait")]
LATE = 2.0  # seconds by which the clock of whoever comes next is ahead, so that no test waits


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_tables: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(sqlite_tables, tmp_path)}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_tables: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_tables, tmp_path)}"


async def sweep(url: str, folder: Path, design: str = "", **manners: float) -> tuple[int, Verdict]:
    """Kill a courier at each point of a delivery, one delivery a point; how many points there were."""
    with trial(url, folder, Manners(**manners)) as here:  # type: ignore[arg-type]  # seconds and shares
        point = 0
        while True:
            point += 1
            await here.owe(1, since=f"{point}-")
            ahead = LATE * point
            ended = here.run(design=design, die_at=point, ahead=ahead, patience=3)
            assert here.run(design=design, ahead=ahead + LATE - 0.1, patience=5) == 0
            if ended == 0:
                return point, here.verdict(point)


async def test_a_courier_killed_at_any_step_of_a_delivery_loses_and_doubles_nothing(
    url: str, tmp_path: Path
) -> None:
    points, verdict = await sweep(url, tmp_path)
    assert points > 8
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)


@pytest.mark.slow
async def test_where_the_history_is_closed_a_second_one_says_that_it_may_be_a_repeat(
    sqlite_url: str, tmp_path: Path
) -> None:
    points, verdict = await sweep(sqlite_url, tmp_path, blind=True)
    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert 0 < verdict.repeats < points


@pytest.mark.parametrize(
    "design", ["no look", *(pytest.param(one, marks=pytest.mark.slow) for one in LIKEWISE)]
)
async def test_designs_that_look_right_are_caught(sqlite_url: str, tmp_path: Path, design: str) -> None:
    wrong: dict[str, dict[str, float]] = {
        "empty history trusted": {"blind": True},
        "library retries": {"lose": 0.3},
    }
    _, verdict = await sweep(sqlite_url, tmp_path, design, **wrong.get(design, {}))
    assert verdict.lost or verdict.doubled


@pytest.mark.parametrize("design", ["", "no wait"])
async def test_the_look_into_the_history_waits_until_that_shows_what_was_accepted(
    sqlite_url: str, tmp_path: Path, design: str
) -> None:
    """In real time: killed around the write, with a history that shows a post only after a while."""
    around = range(8, 14)
    with trial(sqlite_url, tmp_path, Manners(stale=0.6)) as here:
        for point in around:
            await here.owe(1, since=f"{point}-")
            here.run(design=design, die_at=point, patience=3)
            assert here.run(design=design) == 0
        verdict = here.verdict(len(around))
    assert verdict.lost == verdict.repeats == 0
    assert bool(verdict.doubled) == bool(design)


@pytest.mark.slow
async def test_lost_answers_are_made_up_for(url: str, tmp_path: Path) -> None:
    with trial(url, tmp_path, Manners(hold=0.25, lose=0.4, stale=0.25)) as here:
        await here.owe(60)
        assert here.run(patience=60) == 0
        assert here.verdict(60) == Verdict(lost=0, doubled=0, repeats=0)


async def storm(url: str, folder: Path, kills: int, design: str = "") -> Verdict:
    """Kill couriers at random while posts are held, and answers lost; four people a death."""
    chance = random.Random(kills)
    people = 4 * kills
    with trial(url, folder, Manners(hold=0.25, lose=0.1, stale=0.2)) as here:
        for kill in range(kills):
            await here.owe(4, since=f"{kill}-")
            here.run(design=design, kill_after=0.1 + 0.5 * chance.random())
        assert here.run(design=design, patience=60) == 0
        return here.verdict(people)


@pytest.mark.slow
async def test_random_deaths_lose_and_double_nothing(url: str, tmp_path: Path) -> None:
    assert await storm(url, tmp_path, KILLS) == Verdict(lost=0, doubled=0, repeats=0)


@pytest.mark.slow
async def test_random_deaths_catch_a_courier_that_does_not_wait(sqlite_url: str, tmp_path: Path) -> None:
    assert (await storm(sqlite_url, tmp_path, KILLS, "no wait")).doubled
