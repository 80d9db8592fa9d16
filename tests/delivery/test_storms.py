"""Couriers die at random while posts are held for ten leases and answers are lost.

`DIGESTBOT_TEST_KILLS=1000 ./dev test -m slow tests/delivery/test_storms.py` is the long run: some ten minutes each.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.losing import EACH, KINDS
from tests.delivery.stand_in import Manners
from tests.delivery.trial import Verdict, trial

KILLS = int(os.environ.get("DIGESTBOT_TEST_KILLS", "60"))
PEOPLE = 4  # a death
TOGETHER = 3  # couriers
ROUNDS = 24  # to see to all in
LEASE, HELD, SENT, STALE, SPARE = 6.0, 30.0, 3.0, 0.2, 2.0  # seconds
RULES = (SENT + HELD + STALE + SPARE, SENT, LEASE, 1.0)
PATIENT = (6.0, 4.0, 12.0, 2.0)  # fifty posts at once need more than a second on a busy machine

Figure = Callable[[str], None]


async def storm(url: str, folder: Path, platform: str, kills: int, design: str = "") -> Verdict:
    """Kill couriers at random, three at a time, while new people are owed theirs."""
    chance = random.Random(kills)
    known = 3.0 if platform == "discord" else 0.0
    manners = Manners(hold=HELD, lose=0.1, drop=0.05, kind=EACH, stale=STALE, nonce=known)
    told: dict[str, Any] = {"rules": RULES, "remembered": 1.0, "design": design}
    with trial(url, folder, manners, platform) as here:
        for _ in range(-(-kills // TOGETHER)):
            await here.owe(PEOPLE * TOGETHER)
            ended = here.run(kill_after=[0.02 + 0.5 * chance.random() for _ in range(TOGETHER)], **told)
            assert set(ended) <= {0, -9}
        for hours in range(ROUNDS):  # whoever was tried many times rests for long
            assert here.run(patience=900, ahead=3_600.0 * hours, **told) == 0
            if not here.verdict().lost:
                break
        return here.verdict()


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_random_deaths_lose_and_double_nothing(
    url: str, tmp_path: Path, platform: str, figure: Figure
) -> None:
    verdict = await storm(url, tmp_path, platform, KILLS)
    figure(f"{KILLS} kills, {PEOPLE * KILLS} deliveries: {verdict}")
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)


@pytest.mark.slow
@pytest.mark.parametrize("design", ["no wait", "no look"])
async def test_random_deaths_catch_a_courier_that_does_not_wait_or_look(
    sqlite_url: str, tmp_path: Path, design: str, figure: Figure
) -> None:
    verdict = await storm(sqlite_url, tmp_path, "slack", 30, design)
    figure(f"{verdict}")
    assert verdict.doubled


async def losing(url: str, folder: Path, platform: str, kind: str, people: int) -> Verdict:
    """The first answer to each post is lost, and a fifth of the posts with it."""
    known = 180.0 if platform == "discord" else 0.0
    manners = Manners(lose=1.0, drop=0.2, kind=kind, once=True, nonce=known, synced=False)
    with trial(url, folder, manners, platform) as here:
        await here.owe(people)
        assert here.run(rules=PATIENT, patience=300) == 0
        return here.verdict()


async def test_answers_lost_in_ten_ways_are_made_up_for(sqlite_url: str, tmp_path: Path) -> None:
    assert await losing(sqlite_url, tmp_path, "slack", EACH, 30) == Verdict(0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_each_way_to_lose_an_answer_is_made_up_for(
    sqlite_url: str, tmp_path: Path, platform: str, kind: str, figure: Figure
) -> None:
    people = int(os.environ.get("DIGESTBOT_TEST_LOST", "100"))
    verdict = await losing(sqlite_url, tmp_path, platform, kind, people)
    figure(f"{people} first answers lost: {verdict}")
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)
