"""Couriers die at every step of a delivery, and each reader still gets their digest once."""

from pathlib import Path
from typing import Any

import pytest

from tests.delivery.stand_in import Manners
from tests.delivery.trial import Verdict, trial

LATE = 2.0  # seconds by which the clock of whoever comes next is ahead, so that no test waits


async def sweep(url: str, folder: Path, design: str = "", **manners: Any) -> tuple[int, Verdict]:
    """Kill a courier at each point of a delivery, one delivery a point; how many points there were."""
    with trial(url, folder, Manners(**manners)) as here:
        point = 0
        while True:
            point += 1
            await here.owe(1)
            ahead = LATE * point
            ended = here.run(design=design, die_at=point, ahead=ahead, patience=3)
            assert here.run(design=design, ahead=ahead + LATE - 0.1, patience=5) == 0
            if ended == 0:
                return point, here.verdict()


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("design", ["", "no wait"])
async def test_the_look_into_the_history_waits_until_that_shows_what_was_accepted(
    sqlite_url: str, tmp_path: Path, design: str
) -> None:
    """In real time: killed around the write, with a history that shows a post only after a while."""
    slow = {"design": design, "rules": (3.0, 0.3, 0.8, 1.0)}
    with trial(sqlite_url, tmp_path, Manners(stale=2.4)) as here:
        for point in range(10, 13):
            await here.owe(1)
            here.run(die_at=point, patience=3, **slow)
            assert here.run(**slow) == 0
        verdict = here.verdict()
    assert verdict.lost == verdict.repeats == 0
    assert bool(verdict.doubled) == bool(design)
