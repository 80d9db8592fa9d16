"""A chat platform as a process of its own, whose synced log is the truth about what readers saw.

It speaks as Slack and as Discord do, as far as posting goes, and lines of JSON; and it can be hostile: it holds a
post before it accepts it, goes on accepting when whoever asked is gone, loses its answers in ten ways, shows its
history late, or shows none at all.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.delivery.front import serve
from tests.delivery.losing import EACH, KINDS, lost


@dataclass
class Manners:
    """How it behaves: seconds, or shares of posts."""

    hold: float = 0.0  # at most so long before a post is accepted
    lose: float = 0.0  # answers that are lost, once it is accepted
    drop: float = 0.0  # posts that are not even accepted, and not answered
    kind: str = "closed"  # how an answer is lost, see `losing`
    once: bool = False  # only the first answer for each key is lost
    stale: float = 0.0  # until the history shows a post
    nonce: float = 0.0  # so long it knows a key again
    blind: bool = False  # the history is closed: it looks empty
    synced: bool = True  # what is in the log outlives anything
    seed: int = 0


@dataclass
class Post:
    """What was accepted."""

    moment: float
    number: int
    key: str
    to: str
    body: dict[str, Any]


@dataclass
class StandIn:
    """The platform: what it accepted, by when. Its clock is *ahead* of the machine's."""

    log: Path
    manners: Manners
    ahead: float = 0.0
    count: int = 0
    losses: int = 0
    by_key: dict[str, list[Post]] = field(default_factory=dict)
    by_place: dict[str, list[Post]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)  # how often each key was

    async def serve(self) -> None:
        """Listen, say on which port, and go on until standard input ends."""
        self.chance = random.Random(self.manners.seed)  # repeatable
        self.pending: set[asyncio.Task[Post]] = set()
        self._open = self.log.open("a", buffering=1)
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  # for whoever started it
        await asyncio.to_thread(sys.stdin.read)

    @property
    def now(self) -> float:
        """Seconds since 1970 on its clock."""
        return time.time() + self.ahead

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                if not line.startswith(b"{"):
                    await serve(self, line, reader, writer)
                    continue
                answer = await self._answer(json.loads(line))
                if answer is None:
                    lost(self.kind(), writer)
                    break
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()

    async def _answer(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        match asked["what"]:
            case "clock":
                self.ahead = asked["ahead"]
                return {}
            case "find":
                found = self.shown(asked["to"], asked["key"])
                return {"id": found[0].number if found else None, "good": not self.manners.blind}
            case "take back":
                found = self.shown(asked["to"], asked["key"])[1:]
                for post in found:
                    self.remove(asked["to"], post.number)
                return {"removed": len(found)}
        taken = await self.accept(asked["to"], asked["key"], asked)
        return {"id": taken.number} if taken else None

    async def accept(self, to: str, key: str, body: dict[str, Any]) -> Post | None:
        """Take a post; None where the answer is lost on its way."""
        self.asked[key] += 1
        hostile = not self.manners.once or self.asked[key] == 1
        if hostile and self.chance.random() < self.manners.drop:
            return None
        # Accepted in a task of its own: it does not matter whether anybody still waits for the answer.
        accepting = asyncio.create_task(self._accepted(to, key, body))
        self.pending.add(accepting)
        accepting.add_done_callback(self.pending.discard)
        post = await asyncio.shield(accepting)
        return None if hostile and self.chance.random() < self.manners.lose else post

    async def _accepted(self, to: str, key: str, body: dict[str, Any]) -> Post:
        await asyncio.sleep(self.chance.random() * self.manners.hold)
        before = self.by_key.setdefault(key, [])
        if before and self.now - before[-1].moment < self.manners.nonce:
            return before[-1]
        self.count += 1
        post = Post(self.now, self.count, key, to, body)
        before.append(post)
        self.by_place.setdefault(to, []).append(post)
        self.write({"id": post.number, "to": to, "key": key, "again": "seen this before" in json.dumps(body)})
        return post

    def kind(self) -> str:
        """How the next answer is lost."""
        self.losses += 1
        return KINDS[self.losses % len(KINDS)] if self.manners.kind == EACH else self.manners.kind

    def shown(self, to: str, key: str = "") -> list[Post]:
        """What its history shows there, the oldest first."""
        if self.manners.blind:
            return []
        before = self.now - self.manners.stale
        return [one for one in self.by_place.get(to, ()) if one.moment <= before and key in ("", one.key)]

    def remove(self, to: str, number: int) -> bool:
        """Take a post away."""
        there = self.by_place.get(to, [])
        gone = [post for post in there if post.number == number]
        for post in gone:
            there.remove(post)
            self.write({"gone": number})
        return bool(gone)

    def write(self, row: dict[str, Any]) -> None:
        """Write it down for good."""
        self._open.write(json.dumps(row) + "\n")
        if self.manners.synced:
            os.fsync(self._open.fileno())


if __name__ == "__main__":
    asyncio.run(StandIn(Path(sys.argv[1]), Manners(**json.loads(sys.argv[2]))).serve())
