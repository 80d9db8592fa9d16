"""A courier is held at the very write of a post, until others have taken over and posted; then it goes on.

`DIGESTBOT_TEST_FROZEN=200 ./dev test -m slow tests/delivery/test_frozen.py` is the long run.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.delivery import tracing
from tests.delivery.stand_in import Manners
from tests.delivery.trial import OURS, Trial, Verdict, trial

pytestmark = pytest.mark.skipif(not tracing.POSSIBLE, reason="processes can be watched only on Linux")

FROZEN = int(os.environ.get("DIGESTBOT_TEST_FROZEN", "20"))
POST = {"slack": "chat.postMessage HTTP", "discord": "/messages HTTP"}
STEP = 1000.0  # seconds from one delivery to the next
AWAY = 3 * OURS[2]  # for three leases, and so longer than the wait
SETTLED = 320.0  # seconds until the second look

Figure = Callable[[str], None]


async def freeze(here: Trial, times: int, *, looks: bool = True) -> None:
    """Hold a courier at its post, let another one take over, and only then let it go on."""
    told: dict[str, Any] = {"what": "once", "rules": OURS}
    for number in range(1, times + 1):
        ahead = STEP * number
        await here.owe(1, ahead)
        assert here.run(freeze=POST[here.platform], ahead=ahead, **told) is None
        taken = here.watch(ahead=ahead + AWAY, **told)
        assert (taken["ended"], taken["thawed"]) == (0, 0)
        if looks:
            assert here.run(what="look", rules=OURS, ahead=ahead + AWAY + SETTLED) == 0


@pytest.mark.parametrize("times", [2, pytest.param(FROZEN, marks=pytest.mark.slow)])
async def test_on_slack_a_copy_lives_for_minutes_and_is_counted(
    sqlite_url: str, tmp_path: Path, times: int, figure: Figure
) -> None:
    with trial(sqlite_url, tmp_path, Manners(), "slack") as here:
        await freeze(here, times)
        figure(f"frozen {times} times: {here.verdict()}")
        assert here.verdict() == Verdict(lost=0, doubled=0, repeats=0, removed=times)


@pytest.mark.slow
async def test_on_discord_the_nonce_keeps_the_copy_out(
    sqlite_url: str, tmp_path: Path, figure: Figure
) -> None:
    with trial(sqlite_url, tmp_path, Manners(nonce=180.0), "discord") as here:
        await freeze(here, FROZEN)
        figure(f"frozen {FROZEN} times: {here.verdict()}")
        assert here.verdict() == Verdict(lost=0, doubled=0, repeats=0)


@pytest.mark.slow
async def test_without_the_second_look_the_copy_would_last(sqlite_url: str, tmp_path: Path) -> None:
    with trial(sqlite_url, tmp_path, Manners(), "slack") as here:
        await freeze(here, 3, looks=False)
        assert here.verdict().doubled == 3
