"""Politeness over several processes on one database: one connection at a time, and a pause after each."""

import asyncio
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from storage import upgrade
from tests.adapters.announcer import an_announcer, answer

PROGRAM = Path(__file__).with_name("polite.py")


async def asked(tmp_path: Path, processes: int, each: int, pause: float) -> list[tuple[float, float]]:
    """When each request began and ended, as the place saw it."""
    database = f"sqlite:///{tmp_path / 'papers.db'}"
    await upgrade(database)
    spans: list[tuple[float, float]] = []

    async def slowly(writer: asyncio.StreamWriter) -> None:
        begun = time.monotonic()
        await asyncio.sleep(0.02)
        writer.write(answer("x"))
        await writer.drain()
        spans.append((begun, time.monotonic()))

    async with an_announcer() as place:
        place.answers["/"] = slowly
        given = (database, str(place.port), str(each), str(pause))
        root = Path(__file__).parents[2]
        running = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.adapters.polite", *given, cwd=root
            )
            for _ in range(processes)
        ]
        assert await asyncio.gather(*(process.wait() for process in running)) == [0] * processes
    return spans


async def test_two_processes_together_ask_no_faster_than_one_may(tmp_path: Path) -> None:
    spans = await asked(tmp_path, 2, 3, 0.2)
    assert len(spans) == 6
    assert all(begins >= ends + 0.2 for (_, ends), (begins, _) in pairwise(spans))


@pytest.mark.slow
async def test_four_processes_together_ask_no_faster_than_one_may(tmp_path: Path) -> None:
    spans = await asked(tmp_path, 4, 5, 3.0)
    assert len(spans) == 20
    assert all(begins >= ends + 3.0 for (_, ends), (begins, _) in pairwise(spans))
