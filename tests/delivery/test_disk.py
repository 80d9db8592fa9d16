"""The power goes, and the disk is full: what was acknowledged is there, and nothing is sent that was not written down.

`DIGESTBOT_TEST_IMAGES=1000 DIGESTBOT_TEST_FULL=50 ./dev test -m slow tests/delivery/test_disk.py` is the long run.
"""

import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.delivery import tracing
from tests.delivery.images import images
from tests.delivery.trial import OURS, ROOT, trial

IMAGES = int(os.environ.get("DIGESTBOT_TEST_IMAGES", "200"))
FULL = int(os.environ.get("DIGESTBOT_TEST_FULL", "5"))

watched = pytest.mark.skipif(not tracing.POSSIBLE, reason="processes can be watched only on Linux")

Figure = Callable[[str], None]


async def outages(url: str, folder: Path, count: int, pragma: str = "") -> tuple[int, int]:
    """Let the power go *count* times in a burst: how many files were broken, how many rows were missing."""
    file = Path(url.removeprefix("sqlite:///"))
    with trial(url, folder, platform="slack") as here:
        await here.owe(6)
        base = shutil.copy(file, folder / "before.db")
        told = {"what": "once", "rules": OURS, "pragma": pragma}
        assert here.run(call=10**6, record=str(folder / "calls"), **told) == 0
    calls = list(tracing.read_back(folder / "calls"))
    shutil.copy(base, file)
    broken = missing = 0
    for image, done in images(file, calls, count, random.Random(count)):
        for suffix in ("", "-wal"):
            (folder / f"image.db{suffix}").write_bytes(image.get(f"{file}{suffix}", b""))
        whole, states = _found(folder / "image.db")
        broken += not whole
        missing += _missing(states, done)
    return broken, missing


def _found(image: Path) -> tuple[bool, dict[str, str]]:
    """Whether the database is whole, and the state of each delivery."""
    with contextlib.closing(sqlite3.connect(image)) as database:
        try:
            whole = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            return whole, dict(database.execute("SELECT key, state FROM delivery"))
        except sqlite3.DatabaseError:
            return False, {}


def _missing(states: dict[str, str], done: list[str]) -> int:
    """How much was acknowledged and is not there."""
    told = [line.split() for line in done if line.startswith("done ")]
    begun = {key for _, name, *rest in told if name == "begin" for key in rest}
    sent = {key for _, name, *rest in told if name == "mark_sent" for key in rest}
    lost = [key for key in begun if states.get(key) not in {"on the wire", "sent"}]
    return len(lost) + sum(states.get(key) != "sent" for key in sent)


@watched
@pytest.mark.parametrize("count", [40, pytest.param(IMAGES, marks=pytest.mark.slow)])
async def test_what_was_written_down_outlives_a_loss_of_power(
    sqlite_url: str, tmp_path: Path, count: int, figure: Figure
) -> None:
    found = await outages(sqlite_url, tmp_path, count)
    figure(f"{count} images: {found[0]} broken, {found[1]} acknowledged rows missing")
    assert found == (0, 0)


@watched
@pytest.mark.slow
async def test_a_database_that_does_not_wait_for_the_disk_is_caught(sqlite_url: str, tmp_path: Path) -> None:
    broken, missing = await outages(sqlite_url, tmp_path, 100, "synchronous = OFF")
    assert broken + missing > 10


_UNSHARE = shutil.which("unshare") or ""
CAN_MOUNT = _UNSHARE and not subprocess.run([_UNSHARE, "-rm", "true"], check=False).returncode  # noqa: S603  # a question


@pytest.mark.slow
@pytest.mark.skipif(not CAN_MOUNT, reason="a small disk needs a namespace of its own to be mounted in")
def test_a_full_disk_costs_nobody_a_digest(sqlite_tables: Path, tmp_path: Path, figure: Figure) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f"mount -t tmpfs -o size=3m tmpfs {disk} && cp {sqlite_tables} {disk}/x.db && exec "
    script += f"{sys.executable} -m tests.delivery.full {disk} {tmp_path} {FULL}"
    command = [_UNSHARE, "-rm", "sh", "-c", script]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)  # noqa: S603  # ours
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    figure(f"full {FULL} times: {found}")
    assert found["refused"] > 0, "it was never full"
    assert (found["lost"], found["doubled"], found["repeats"]) == (0, 0, 0)
    assert found["back"] < 30
