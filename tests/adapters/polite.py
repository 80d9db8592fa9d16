"""A process of its own that asks a place as often as it may, for tests: DATABASE PORT COUNT."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from adapters.sources import politeness
from adapters.sources.fetch import Fetcher
from storage import open_storage


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


async def main(database: str, port: int, count: int, pause: float) -> None:
    """Ask so often, with that pause after each."""
    politeness.PLACES.clear()
    politeness.PLACES["127.0.0.1"] = timedelta(seconds=pause)
    async with open_storage(database) as storage:
        turns = politeness.PoliteTurns(storage.sources, now)
        async with Fetcher(now, turns=turns, allowed=lambda _, asked: asked == port) as fetcher:
            await asyncio.gather(*(fetcher.fetch(f"http://127.0.0.1:{port}/") for _ in range(count)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
