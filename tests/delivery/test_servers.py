"""PostgreSQL dies and comes back, and a backup of yesterday does: nobody is left out, nobody is flooded.

`DIGESTBOT_TEST_SERVER_KILLS=200 ./dev test -m slow tests/delivery/test_servers.py` is the long run.
"""

import asyncio
import contextlib
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from bot import settings, upkeep
from bot.app import App
from bot.errors import BadSettings
from storage import upgrade
from tests import databases
from tests.delivery.stand_in import Manners
from tests.delivery.trial import OURS, Trial, Verdict, eventually, trial
from tests.fakes import FakeChatAdapter

KILLS = int(os.environ.get("DIGESTBOT_TEST_SERVER_KILLS", "10"))
PEOPLE = int(os.environ.get("DIGESTBOT_TEST_RESTORED", "200"))
RULES = (8.0, 5.0, 20.0, 5.0)  # seconds; on a busy machine everything takes its time
COURIERS = 2
HEALTHY = 5.0  # seconds from the server's return to the next post

Figure = Callable[[str], None]


async def owe(here: Trial, people: int) -> None:
    """Owe it to so many more, as soon as the database answers."""

    async def owed() -> bool:
        with contextlib.suppress(OSError, DBAPIError, BadSettings):
            await here.owe(people)
            return True
        return False

    await eventually(owed, HEALTHY)


async def connected(url: str) -> bool:
    """Whether both couriers are there."""
    asking = await asyncpg.connect(url)
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    try:
        return int(await asking.fetchval(others)) >= COURIERS
    finally:
        await asking.close()


async def posted(here: Trial) -> bool:
    """Whether the last one has got theirs."""
    return here.people[-1] in await asyncio.to_thread(here.log.read_text)


@pytest.mark.slow
async def test_a_postgresql_that_dies_again_and_again_costs_nobody_a_digest(
    tmp_path: Path, figure: Figure
) -> None:
    chance, waits = random.Random(6), list[float]()
    with (
        databases.mortal() as (url, server),
        trial(url, tmp_path, Manners(hold=0.3, lose=0.05, stale=0.2), "slack", couriers=COURIERS) as here,
    ):
        await upgrade(url)
        for courier in range(COURIERS):
            here.tell(courier, rules=RULES, until=str(tmp_path / "end"), patience=60)
        await eventually(lambda: connected(url), 60)
        await owe(here, 1)
        await eventually(lambda: posted(here), 60)
        for _ in range(KILLS):
            await owe(here, 10)
            await asyncio.sleep(0.4 * chance.random())
            server.kill()
            server.start()
            begun = time.monotonic()
            await owe(here, 1)
            await eventually(lambda: posted(here), 30)
            waits.append(time.monotonic() - begun)
        (tmp_path / "end").touch()
        assert [here.told(courier)["ended"] for courier in range(COURIERS)] == [0] * COURIERS, (
            "a process ended"
        )
        verdict = here.verdict()
    figure(f"{KILLS} kills, {len(here.people)} deliveries: {verdict}; back in at most {max(waits):.1f} s")
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)
    assert max(waits) < HEALTHY


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_a_backup_from_before_everything_was_sent_floods_nobody(
    sqlite_url: str, tmp_path: Path, platform: str, figure: Figure
) -> None:
    with trial(sqlite_url, tmp_path, Manners(synced=False), platform) as here:
        await here.owe(PEOPLE)
        await upkeep.backup(sqlite_url, tmp_path / "backup.jsonl.gz")
        told = {"what": "once", "rules": OURS}
        assert here.run(**told, patience=600) == 0
        assert here.verdict() == Verdict(0, 0, 0)
        here.url = f"sqlite:///{tmp_path / 'restored.db'}"
        await upkeep.restore(here.url, tmp_path / "backup.jsonl.gz")
        assert here.run(**told, ahead=86_400.0) == 0
        verdict = here.verdict()
    figure(f"{PEOPLE} sent since the backup: {verdict}")
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)


@pytest.mark.slow
@pytest.mark.parametrize("copies", [0, 10])
async def test_a_file_put_back_by_other_means_floods_everybody_unless_that_is_told(
    sqlite_url: str, tmp_path: Path, copies: int
) -> None:
    with trial(sqlite_url, tmp_path, Manners(), "slack") as here:
        await here.owe(10)
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        before = await asyncio.to_thread(file.read_bytes)
        assert here.run(what="once", rules=OURS) == 0
        await asyncio.to_thread(file.write_bytes, before)
        if not copies:
            await upkeep.forget(sqlite_url, hours=24)
        assert here.run(what="once", rules=OURS, ahead=86_400.0) == 0
        assert here.verdict().doubled == copies


@pytest.mark.slow
async def test_the_program_outlives_its_database_and_is_well_soon_after_it_is_back() -> None:
    reading = settings.read(roles="worker, clock").model_copy(update={"web_port": 0})
    with databases.mortal() as (url, server):
        await upgrade(url)
        async with App.open(url) as app:
            running = asyncio.create_task(app.run(reading, [FakeChatAdapter()]))
            for _ in range(3):
                await asyncio.sleep(0.5)
                server.kill()
                assert await app._unready()
                await asyncio.sleep(1)
                server.start()

                async def ready() -> bool:
                    return not await app._unready()

                await eventually(ready, HEALTHY)
            assert not running.done()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
