"""The program itself, told to stop in the middle of a burst."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.delivery.stand_in import Manners
from tests.delivery.trial import ROOT, Trial, Verdict, eventually, trial
from tests.slack_peer import free_port


@contextmanager
def program(here: Trial, key: str) -> "Iterator[subprocess.Popen[bytes]]":
    """`digestbot run` on the trial's database and platform."""
    told = {
        "DATABASE_URL": here.url,
        "SLACK_API_URL": f"http://127.0.0.1:{here.port}/slack/",
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_SIGNING_SECRET": "secret",
        "SECRET_KEY": key,
        "WEB_PORT": str(free_port()),
    }
    environment = {**os.environ, **{f"DIGESTBOT_{name}": value for name, value in told.items()}}
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as running:  # noqa: S603  # ours
        try:
            yield running
        finally:
            running.kill()


@pytest.mark.slow
async def test_the_program_told_to_stop_in_a_burst_ends_in_order_and_the_next_one_sends_the_rest(
    sqlite_url: str, tmp_path: Path
) -> None:
    with trial(sqlite_url, tmp_path, Manners(hold=0.5), "slack") as here:
        await here.owe(150)

        async def posted(more: int) -> bool:
            return here.posts() >= more

        with program(here, "k" * 43) as running:
            await eventually(lambda: posted(3), 60)
            told = time.monotonic()
            running.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(running.wait, 15) == 0
            assert time.monotonic() - told < 10
        assert here.posts() < 150, "it was no burst"
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database:
            states = dict(database.execute("SELECT state, COUNT(*) FROM delivery GROUP BY state"))
        assert set(states) <= {"sent", "planned", "waiting"}, "somebody would have to wait for a lease"
        with program(here, "k" * 43):
            await eventually(lambda: posted(150), 90)
        assert here.verdict() == Verdict(lost=0, doubled=0, repeats=0)
