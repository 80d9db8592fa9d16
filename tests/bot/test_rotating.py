"""`keys rotate`: a new secret while the bot is at work, and tokens that stay with their row."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.installations import Installation
from bot.keys import Keys
from storage import SqlStorage, open_storage
from storage.installations import Installations
from tests.bot.test_operating import _alone, run
from tests.fakes import at

__all__ = ["_alone"]

TEAMS = 5
ROUNDS = 3


def installation(number: int) -> Installation:
    return Installation(
        "slack", f"T{number}", f"xoxb-canary-{number}", f"refresh-canary-{number}", None, "U", ""
    )


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[SqlStorage]:
    async with open_storage(f"sqlite:///{tmp_path / 'test.db'}") as opened:
        yield opened


def kept(storage: SqlStorage, folder: Path) -> Installations:
    return storage.installations(Keys.beside(folder).derived("tokens"))


async def test_secrets_are_rotated_while_tokens_are_read_and_renewed(
    storage: SqlStorage, tmp_path: Path
) -> None:
    at_work = kept(storage, tmp_path)
    for number in range(TEAMS):
        await at_work.keep(installation(number), at=at())
    reads = 0

    async def traffic(number: int) -> None:
        nonlocal reads
        while True:
            found = await at_work.get("slack", f"T{number}")
            assert found == installation(number)
            await at_work.keep(found, at=at())
            reads += 1

    live = [asyncio.create_task(traffic(number)) for number in range(TEAMS)]
    for _ in range(ROUNDS):
        before = reads
        result = await asyncio.to_thread(run, "keys", "rotate", "--json")
        assert json.loads(result.stdout)["resealed"] == TEAMS
        while reads <= before and not any(task.done() for task in live):  # noqa: ASYNC110  # what is waited for goes on in other tasks
            await asyncio.sleep(0)
        assert not any(task.done() for task in live)
    for task in live:
        task.cancel()
    await asyncio.gather(*live, return_exceptions=True)
    await asyncio.to_thread(run, "keys", "rotate", "--forget-old")
    newest = Keys.read(Keys.beside(tmp_path).secrets[0].decode()).derived("tokens")
    assert len(Keys.beside(tmp_path).secrets) == 1
    assert len(await storage.installations(newest).all("slack")) == TEAMS
    assert await at_work.get("slack", "T0") == installation(0)


async def test_the_trial_sees_a_bot_that_would_have_to_be_restarted(
    storage: SqlStorage, tmp_path: Path
) -> None:
    keys = Keys.beside(tmp_path)
    await kept(storage, tmp_path).keep(installation(1), at=at())
    frozen = storage.installations(list(keys.derived("tokens")))
    assert await frozen.get("slack", "T1") == installation(1)
    await asyncio.to_thread(run, "keys", "rotate")
    assert await frozen.get("slack", "T1") is None


async def test_a_sealed_token_moved_to_another_row_is_refused_there(
    storage: SqlStorage, tmp_path: Path
) -> None:
    at_work = kept(storage, tmp_path)
    for number in (1, 2):
        await at_work.keep(installation(number), at=at())
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    with engine.begin() as connection:
        found = connection.execute(sa.text("SELECT workspace, token FROM installation"))
        rows = {workspace: token for workspace, token in found}  # noqa: C416  # a row is no pair to the types
        assert "canary" not in str(rows)
        swap = sa.text("UPDATE installation SET token = :token WHERE workspace = :workspace")
        connection.execute(swap, {"token": rows["T1"], "workspace": "T2"})
        connection.execute(swap, {"token": rows["T2"], "workspace": "T1"})
    engine.dispose()
    assert [await at_work.get("slack", one) for one in ("T1", "T2")] == [None, None]
    await at_work.keep(installation(1), at=at())
    with engine.begin() as connection:  # and between the columns of one row
        connection.execute(sa.text("UPDATE installation SET token = refresh WHERE workspace = 'T1'"))
    engine.dispose()
    assert await at_work.get("slack", "T1") is None


async def test_a_secret_that_is_set_is_changed_by_its_owner(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = "o" * 40, "n" * 40
    await storage.installations(Keys.read(old).derived("tokens")).keep(installation(1), at=at())
    monkeypatch.setenv("DIGESTBOT_SECRET_KEY", old)
    result = await asyncio.to_thread(run, "keys", "rotate")
    assert "put a new one before it" in result.stdout
    monkeypatch.setenv("DIGESTBOT_SECRET_KEY", f"{new},{old}")
    assert "1 installation sealed anew with the newest of 2 secrets" in (
        await asyncio.to_thread(run, "keys", "rotate")
    ).stdout.replace("\n", " ")
    kept = storage.installations(Keys.read(new).derived("tokens"))
    assert await kept.get("slack", "T1") == installation(1)
