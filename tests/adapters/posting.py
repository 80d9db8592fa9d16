"""A program that sends itself a signed digest over HTTP, and can be killed at any step of taking it in, for tests.

It imports everything once and then forks a child for each line it reads. Every statement and commit of the database
is a step, and so are the answer's beginning and its end.
"""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from adapters.ingest import Ingest, routes, signature
from adapters.web import WebServer
from bot.intake import Intake
from bot.models import Digest, Landing
from storage import open_storage
from tests.delivery.wrong import Points
from tests.fakes import KEY


@dataclass
class Task:
    """What a child is told: what to send to itself, and the number of the step at which to die; 0: at none."""

    url: str
    request: str
    titles: list[str]
    die_at: int = 0
    design: str = ""  # "forgetful": every request is a digest of its own


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


async def ready() -> list[str]:
    """Always."""
    return []


async def post(task: Task) -> int:
    """Send it, and say the status of the answer."""
    points = Points(task.die_at)
    async with open_storage(task.url) as storage:
        _watch(storage._database.engine.sync_engine, points)
        ingest = Ingest(
            _landing(Intake(storage, now), task), storage.papers, storage.sources, {"lab": (KEY,)}, now
        )
        server = WebServer("127.0.0.1", 0, ready, CollectorRegistry(), routes(ingest))
        serving = asyncio.create_task(server.run())
        await server.listening.wait()
        points.passed()
        status = await _sent(task, server.address)
        points.passed()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    return status


def _landing(intake: Intake, task: Task) -> Callable[[Digest], Awaitable[Landing]]:
    async def forgetful(digest: Digest) -> Landing:
        return await intake.land(replace(digest, fingerprint=secrets.token_hex(8)))

    return forgetful if task.design == "forgetful" else intake.land


def _watch(engine: sa.Engine, points: Points) -> None:
    def passed(*_: Any) -> None:
        points.passed()

    for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(engine, event, passed)


async def _sent(task: Task, address: tuple[str, int]) -> int:
    rows = [{"title": title, "abstract": f"{title} is what we present."} for title in task.titles]
    body = "\n".join(map(json.dumps, rows)).encode()
    moment = str(int(now().timestamp()))
    told = {
        "webhook-id": task.request,
        "webhook-timestamp": moment,
        "webhook-signature": signature(KEY, task.request, moment, body),
    }
    url = "http://{}:{}/digests/lab".format(*address)
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=told) as answer:
        return answer.status


def main() -> None:
    """Fork a child for each line, and answer with its end: the status, or minus the signal that killed it."""
    for line in sys.stdin:
        task = Task(**json.loads(line))
        child = os.fork()
        if child == 0:
            status = asyncio.run(post(task))
            os._exit(0 if status == 200 else 1)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # for whoever started it


if __name__ == "__main__":
    main()
