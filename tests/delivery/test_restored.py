"""A restore by the program's own commands, followed by deliveries, floods nobody: on either database.

`./dev test -m slow tests/delivery/test_restored.py` tries both databases and both platforms;
DIGESTBOT_TEST_RESTORED says with how many people.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from storage import open_storage
from tests import databases
from tests.delivery.stand_in import Manners
from tests.delivery.trial import OURS, Trial, Verdict, trial

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow

PEOPLE = int(os.environ.get("DIGESTBOT_TEST_RESTORED", "5"))
DAY = 86_400.0

Figure = Callable[[str], None]


def digestbot(url: str, *words: str | Path) -> str:
    """What the program says, started as an operator starts it."""
    environment = {**os.environ, "DIGESTBOT_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "bot", *words],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def two(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """Two databases of a kind, new and empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'before.db'}", f"sqlite:///{tmp_path / 'after.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    async with databases.database(server) as before, databases.database(server) as after:
        yield before, after


async def sent_and_restored(here: Trial, after: str, folder: Path) -> None:
    """Two lots are sent, one owed before a backup, one after; the backup is restored, and the second lot owed again."""
    digestbot(here.url, "db", "upgrade")
    await here.owe(PEOPLE)
    assert "rows" in digestbot(here.url, "db", "backup", folder / "backup.jsonl.gz")
    since = await here.owe(PEOPLE)
    assert here.run(what="once", rules=OURS, patience=600) == 0
    assert here.verdict() == Verdict(0, 0, 0)
    here.url = after
    assert "are back" in digestbot(after, "db", "restore", folder / "backup.jsonl.gz")
    async with open_storage(after) as storage:
        await storage.outbox.owe(since)


@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_a_restore_followed_by_deliveries_floods_nobody(
    two: tuple[str, str], tmp_path: Path, platform: str, figure: Figure
) -> None:
    before, after = two
    with trial(before, tmp_path, Manners(synced=False), platform) as here:
        await sent_and_restored(here, after, tmp_path)
        assert here.run(what="once", rules=OURS, ahead=DAY, patience=600) == 0
        verdict = here.verdict()
    figure(f"{2 * PEOPLE} sent since the backup: {verdict}")
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)


async def test_without_the_mark_of_a_restore_it_would_flood_them(tmp_path: Path) -> None:
    before, after = f"sqlite:///{tmp_path / 'before.db'}", f"sqlite:///{tmp_path / 'after.db'}"
    with trial(before, tmp_path, Manners(synced=False), "slack") as here:
        await sent_and_restored(here, after, tmp_path)
        with closing(sqlite3.connect(tmp_path / "after.db")) as file, file:
            file.execute("DELETE FROM restoration")
        assert here.run(what="once", rules=OURS, ahead=DAY, patience=600) == 0
        assert here.verdict().doubled == 2 * PEOPLE
