"""A trial: people are owed digests, couriers die, and the stand-in's log says who saw what."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.interfaces import Delivery
from bot.messages import note
from bot.models import Address
from storage import open_storage
from tests.delivery.stand_in import Manners
from tests.delivery.worker import Task

ROOT = Path(__file__).parents[2]


@dataclass
class Verdict:
    """Who got nothing, who got it more than once, and who was told that it may be a repeat."""

    lost: int
    doubled: int
    repeats: int


@dataclass
class Trial:
    """A database, a stand-in and a courier that can be killed."""

    url: str
    log: Path
    port: int
    couriers: "subprocess.Popen[str]"

    async def owe(self, people: int, since: str = "") -> None:
        """So many people are owed a message each."""
        now = datetime.now(UTC)
        async with open_storage(self.url) as storage:
            await storage.outbox.owe(
                [
                    Delivery(
                        f"key-{since}{n}",
                        Address("stand-in", f"w{n % 3}", f"{since}{n}"),
                        0,
                        now,
                        note("News"),
                    )
                    for n in range(people)
                ]
            )

    def run(self, **told: Any) -> int:
        """Let a courier live; how it ended: 0, or minus the signal."""
        task = Task(self.url, self.port, **told)
        assert self.couriers.stdin
        assert self.couriers.stdout
        self.couriers.stdin.write(json.dumps(asdict(task)) + "\n")
        self.couriers.stdin.flush()
        return int(self.couriers.stdout.readline())

    def verdict(self, people: int) -> Verdict:
        """What people saw."""
        rows = [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        plain = Counter(row["to"] for row in rows if not row["again"])
        seen = Counter(row["to"] for row in rows)
        doubled = sum(count - 1 for count in plain.values())
        return Verdict(people - len(seen), doubled, sum(row["again"] for row in rows))


@contextmanager
def trial(url: str, folder: Path, manners: Manners) -> Iterator[Trial]:
    """A trial with a stand-in of these manners."""
    log = folder / "log.jsonl"
    program = [sys.executable, "-m"]
    with (
        _started([*program, "tests.delivery.stand_in", str(log), json.dumps(asdict(manners))]) as platform,
        _started([*program, "tests.delivery.worker"]) as couriers,
    ):
        assert platform.stdout
        yield Trial(url, log, int(platform.stdout.readline()), couriers)


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
