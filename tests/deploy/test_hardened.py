"""The program under as much of its unit's hardening as a kernel gives without systemd.

A root that can be read only, no capabilities, nothing new to gain, no memory both written and run, and namespaces of
its own. What systemd alone does (its filter of system calls, its users) is judged by `systemd-analyze` in `test_files`.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.slack_peer import free_port

ROOT = Path(__file__).parents[2]
TOOLS = ("unshare", "setpriv", "mount")

SHUT_IN = """
set -e
mount --make-rprivate /
mount --bind "$HOME" "$HOME"
mount --bind / / && mount -o remount,bind,ro /
cd "$HOME"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- "$0" -c '
import ctypes, os, sys
assert ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) == 0, "PR_SET_MDWE"
assert "CapEff:\\t0000000000000000" in open("/proc/self/status").read()
os.execv(sys.executable, [sys.executable, "-m", "bot", "run"])'
"""


@pytest.mark.slow
@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="util-linux is not installed")
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can shut a program in so")
def test_the_program_is_ready_when_it_is_shut_in(tmp_path: Path) -> None:
    port = free_port()
    given = {
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DIGESTBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'papers.db'}",
        "DIGESTBOT_SLACK_BOT_TOKEN": "xoxb-1",
        "DIGESTBOT_SLACK_SIGNING_SECRET": "x",
        "DIGESTBOT_SLACK_API_URL": "http://127.0.0.1:9/",
        "DIGESTBOT_WEB_PORT": str(port),
    }
    apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts", "--mount-proc"]
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(  # noqa: S603  # ours
            [*apart, "sh", "-c", SHUT_IN, sys.executable],
            env={**os.environ, **given},
            stdout=log,
            stderr=log,
        )
        try:
            assert ready(f"http://127.0.0.1:{port}/readyz", 60), (tmp_path / "log").read_text()
        finally:
            running.kill()  # and with it, by --kill-child, the program
            running.wait(20)
    assert (tmp_path / "papers.db").stat().st_mode & 0o077 == 0


def ready(address: str, patience: float) -> bool:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  # loopback
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.2)
    return False
