"""Tenants share a database and nothing else.

`DIGESTBOT_TEST_HISTORIES=10000 ./dev test -m slow tests/tenants` is the long run.
"""

import os
import time

import pytest

from bot.models import usual
from bot.schedules import INSTANTLY
from storage import open_storage
from tests.tenants.histories import CARELESS, Histories, forget_scope

HISTORIES = int(os.environ.get("DIGESTBOT_TEST_HISTORIES", "1000"))
SHORT = 8
PATIENCE = 1_000


async def test_no_tenant_sees_or_changes_what_is_anothers() -> None:
    async with open_storage("sqlite://", lambda _: INSTANTLY) as storage:
        histories = Histories(storage, seed=8)
        for _ in range(SHORT):
            await histories.play()
    assert histories.verdict.clean, histories.verdict


@pytest.mark.slow
@pytest.mark.parametrize("name", CARELESS)
async def test_the_histories_catch_what_a_careless_version_would_forget_to_scope(name: str) -> None:
    async with open_storage("sqlite://", lambda _: INSTANTLY) as storage:
        forget_scope(storage, name)
        histories = Histories(storage, seed=8)
        for _ in range(PATIENCE):
            await histories.play()
            if not histories.verdict.clean:
                break
    assert histories.verdict.crossings


@pytest.mark.slow
async def test_no_tenant_sees_or_changes_what_is_anothers_in_many_histories(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seed, started = int(time.time()), time.perf_counter()
    async with open_storage("sqlite://", usual) as storage:
        histories = Histories(storage, seed)
        for _ in range(HISTORIES):
            await histories.play()
            assert histories.verdict.clean, f"seed {seed}: {histories.verdict}"
    with capsys.disabled():
        took = time.perf_counter() - started
        print(f"\n{HISTORIES:,} histories, {histories.verdict.acts:,} acts, 0 canaries across, {took:,.0f} s")  # noqa: T201
