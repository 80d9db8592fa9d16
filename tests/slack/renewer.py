"""A worker that renews tokens, as a process that can be killed: it forks a child for each line it reads.

The child goes by a clock that runs faster, so that claims end soon, and ends when it is killed.
"""

import asyncio
import json
import logging
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.slack.api import web_client
from adapters.slack.passes import ManyWorkspaces, OAuthApp
from bot.models import Now
from storage import open_storage
from tests.fakes import KEY

SPEED = 100.0  # seconds of the worker's clock in one of ours
KEYS = (KEY,)


def fast(start: float) -> Now:
    """A clock that ran away at *start*."""
    return lambda: datetime.fromtimestamp(start, UTC) + timedelta(seconds=(time.time() - start) * SPEED)


async def renew(told: dict[str, Any]) -> None:
    """Ask for every workspace's pass, over and over."""
    now = fast(told["start"])
    async with open_storage(told["url"]) as storage, web_client(told["api"]) as client:
        kept = storage.installations(KEYS)
        passes = ManyWorkspaces(client, kept, storage.notes, OAuthApp("1", "s"), now)
        for _ in range(told["rounds"]):
            for number in range(told["workspaces"]):
                await passes(f"T{number}")


def main() -> None:
    """Fork a child for each line, and say its number."""
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            level = logging.CRITICAL if told["design"] == "silent" else logging.ERROR
            logging.basicConfig(filename=told["log"], level=level, format="%(message)s", force=True)
            asyncio.run(renew(told))
            os._exit(0)
        print(child, flush=True)  # noqa: T201  # it is answered so
        os.waitpid(child, 0)
        print("over", flush=True)  # noqa: T201  # likewise


if __name__ == "__main__":
    main()
