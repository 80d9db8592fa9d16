"""A trial: people are owed digests, couriers die, and the stand-in's log says who saw what."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.interfaces import Delivery
from bot.messages import note
from bot.models import Address
from bot.owed import delivery_key
from storage import open_storage
from tests.delivery.couriers import Task
from tests.delivery.stand_in import Manners

ROOT = Path(__file__).parents[2]
OURS = (120.0, 30.0, 50.0, 8.0)  # the program's own rules: `test_trial` holds them to `bot.outcomes`


@dataclass
class Verdict:
    """Who got nothing, who still sees it more than once, and who was told that it may be a repeat.

    *removed*: how many copies were taken away.
    """

    lost: int
    doubled: int
    repeats: int
    removed: int = 0


@dataclass
class Trial:
    """A database, a stand-in and couriers that can be killed."""

    url: str
    log: Path
    port: int
    couriers: "list[subprocess.Popen[str]]"
    platform: str = "line"
    people: list[str] = field(default_factory=list)

    async def owe(self, people: int, ahead: float = 0.0) -> Sequence[Delivery]:
        """So many more people are owed a message each."""
        async with open_storage(self.url) as storage:
            owed = [self._owed(len(self.people) + number, ahead) for number in range(people)]
            await storage.outbox.owe(owed)
        self.people += [delivery.to.id for delivery in owed]
        return owed

    def _owed(self, number: int, ahead: float) -> Delivery:
        to = Address(self.platform, f"w{number % 3}", str(10_000_000 + number))
        due = datetime.now(UTC) + timedelta(seconds=ahead)
        return Delivery(delivery_key(to, "today"), to, 0, due, note("News"), slot="today")

    def tell(self, courier: int = 0, **told: Any) -> None:
        """Give a courier a task."""
        task = asdict(Task(self.url, self.port, self.platform, **told))
        stdin = self.couriers[courier].stdin
        assert stdin
        stdin.write(json.dumps(task) + "\n")
        stdin.flush()

    def told(self, courier: int = 0) -> Any:
        """What came of it."""
        stdout = self.couriers[courier].stdout
        assert stdout
        return json.loads(stdout.readline())

    def run(self, **told: Any) -> Any:
        """Let a courier live; how it ended: 0, or minus the signal."""
        return self.watch(**told)["ended"]

    def watch(self, **told: Any) -> Any:
        """Let a courier live; what came of it. The platform's clock is as far ahead."""
        if ahead := told.get("ahead"):
            self.ask({"what": "clock", "ahead": ahead})
        self.tell(**told)
        return self.told()

    def ask(self, asked: dict[str, Any]) -> Any:
        """Ask the stand-in."""
        with socket.create_connection(("127.0.0.1", self.port)) as line, line.makefile("rw") as talk:
            talk.write(json.dumps(asked) + "\n")
            talk.flush()
            return json.loads(talk.readline())

    def posts(self) -> int:
        """How many there are."""
        return self.log.read_text().count("\n") if self.log.exists() else 0

    def verdict(self) -> Verdict:
        """What people saw."""
        rows = [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        gone = {row["gone"] for row in rows if "gone" in row}
        posts = [row for row in rows if "to" in row and row["id"] not in gone]
        plain = Counter(row["to"].lstrip("D") for row in posts if not row["again"])
        seen = {row["to"].lstrip("D") for row in posts}
        assert seen <= set(self.people)
        doubled = sum(times - 1 for times in plain.values())
        return Verdict(len(self.people) - len(seen), doubled, sum(row["again"] for row in posts), len(gone))


async def eventually(true: Callable[[], Awaitable[object]], patience: float) -> float:
    """After how many seconds it is true. Raises TimeoutError."""
    begun = time.monotonic()
    async with asyncio.timeout(patience):
        for _ in count():
            if await true():
                break
            await asyncio.sleep(0.02)
    return time.monotonic() - begun


@contextmanager
def trial(
    url: str, folder: Path, manners: Manners | None = None, platform: str = "line", couriers: int = 1
) -> Iterator[Trial]:
    """A trial with a stand-in of these manners, and so many processes of couriers."""
    log, program = folder / "log.jsonl", [sys.executable, "-m"]
    told = json.dumps(asdict(manners or Manners()))
    with ExitStack() as started:
        standing = started.enter_context(_started([*program, "tests.delivery.stand_in", str(log), told]))
        workers = [
            started.enter_context(_started([*program, "tests.delivery.worker"])) for _ in range(couriers)
        ]
        assert standing.stdout
        yield Trial(url, log, int(standing.stdout.readline()), workers, platform)


@contextmanager
def _started(command: list[str]) -> "Iterator[subprocess.Popen[str]]":
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  # ours
    try:
        yield process
    finally:
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
