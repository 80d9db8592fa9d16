"""A chat platform as a process of its own, whose synced log is the truth about what readers saw.

It speaks lines of JSON over TCP and can be hostile: it holds a post before it accepts it, goes on accepting when
whoever asked is gone, loses its answers, shows its history late, or shows none at all.
"""

import asyncio
import json
import os
import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Manners:
    """How it behaves: seconds, or shares of its answers."""

    hold: float = 0.0  # at most so long before a post is accepted
    lose: float = 0.0  # answers to posts
    stale: float = 0.0  # until the history shows a post
    nonce: float = 0.0  # so long it knows a key again
    blind: bool = False  # the history is closed: it looks empty
    seed: int = 0


@dataclass
class StandIn:
    """The platform: what it accepted, by when."""

    log: Path
    manners: Manners
    accepted: dict[str, list[tuple[float, str]]] = field(default_factory=dict)

    async def serve(self) -> None:
        """Listen, say on which port, and go on until standard input ends."""
        self.chance = random.Random(self.manners.seed)  # repeatable
        self.pending: set[asyncio.Task[str]] = set()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  # for whoever started it
        await asyncio.to_thread(sys.stdin.read)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                answer = await self._answer(json.loads(line))
                if answer is None:
                    break
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except OSError:
            pass
        writer.close()

    async def _answer(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        if asked["what"] == "find":
            return self._find(asked["key"])
        # Accepted in a task of its own: it does not matter whether anybody still waits for the answer.
        accepting = asyncio.create_task(self._accept(asked))
        self.pending.add(accepting)
        accepting.add_done_callback(self.pending.discard)
        post = await accepting
        return None if self.chance.random() < self.manners.lose else {"id": post}

    async def _accept(self, asked: dict[str, Any]) -> str:
        await asyncio.sleep(self.chance.random() * self.manners.hold)
        before = self.accepted.setdefault(asked["key"], [])
        if before and time.monotonic() - before[-1][0] < self.manners.nonce:
            return before[-1][1]
        post = f"post-{sum(map(len, self.accepted.values())) + 1}"
        before.append((time.monotonic(), post))
        with self.log.open("a") as log:
            log.write(json.dumps({**asked, "id": post}) + "\n")
            log.flush()
            os.fsync(log.fileno())
        return post

    def _find(self, key: str) -> dict[str, Any]:
        if self.manners.blind:
            return {"id": None, "good": False}
        shown = time.monotonic() - self.manners.stale
        found = [post for moment, post in self.accepted.get(key, ()) if moment <= shown]
        return {"id": found[0] if found else None, "good": True}


if __name__ == "__main__":
    asyncio.run(StandIn(Path(sys.argv[1]), Manners(**json.loads(sys.argv[2]))).serve())
