"""Whoever takes a digest in over HTTP dies at any step: it has landed once then, or not at all."""

import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from signal import SIGKILL

import pytest

from bot.interfaces import Storage
from storage import open_storage
from tests.adapters.posting import Task

ROOT = Path(__file__).parents[2]


class Posts:
    """A program that sends digests to itself, and what came of them."""

    def __init__(self, url: str, storage: Storage, program: "subprocess.Popen[str]") -> None:
        self.url, self._storage, self._program = url, storage, program

    def send(self, number: int, die_at: int = 0, design: str = "") -> int:
        """Send digest *number*; how that ended: 0 for an answer of 200, or minus the signal."""
        titles = [f"First of {number}", f"Second of {number}"]
        task = Task(self.url, f"msg_{number}", titles, die_at, design)
        assert self._program.stdin
        assert self._program.stdout
        self._program.stdin.write(json.dumps(asdict(task)) + "\n")
        self._program.stdin.flush()
        return int(self._program.stdout.readline())

    async def landed(self, number: int) -> tuple[int, int]:
        """How often digest *number* has landed, and how many papers of it there are."""
        papers = await self._storage.papers.find(f"of {number}")
        mine = [one for one in papers if one.title.endswith(f" of {number}")]
        return len(await self._storage.papers.landings(9_999)), len(mine)


@asynccontextmanager
async def posts(url: str) -> AsyncIterator[Posts]:
    command = [sys.executable, "-m", "tests.adapters.posting"]
    async with open_storage(url) as storage:
        with subprocess.Popen(  # noqa: ASYNC220, S603  # ourselves, and nothing else waits here
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as program:
            yield Posts(url, storage, program)
            assert program.stdin
            program.stdin.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_tables: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(sqlite_tables, tmp_path)}"
    return str(request.getfixturevalue("postgres_url"))


async def swept(url: str, step: int, design: str = "") -> tuple[int, list[int]]:
    """Die at every so many steps, and send again; the steps there were, and those after which it was not once."""
    wrong, number, at = list[int](), 0, 1
    async with posts(url) as program:
        while True:
            number += 1
            before = number - 1 + len(wrong)
            ended = program.send(number, at, design)
            landings, papers = await program.landed(number)
            whole = (landings - before, papers) in {(0, 0), (1, 2)}
            assert program.send(number, design=design) == 0
            if not whole or await program.landed(number) != (before + 1, 2):
                wrong.append(at)
            if ended != -SIGKILL:
                assert ended == 0
                return at, wrong
            at += step


async def test_a_program_killed_while_it_takes_a_digest_in_has_landed_it_once_or_not_at_all(url: str) -> None:
    steps, wrong = await swept(url, 23)
    assert steps > 30
    assert wrong == []


@pytest.mark.slow
async def test_a_program_killed_at_every_step_has_landed_it_once_or_not_at_all(url: str) -> None:
    steps, wrong = await swept(url, 1)
    assert steps > 30
    assert wrong == []


async def test_one_that_forgets_what_it_has_landed_is_caught(tmp_path: Path, sqlite_tables: Path) -> None:
    _, wrong = await swept(f"sqlite:///{shutil.copy(sqlite_tables, tmp_path)}", 40, "forgetful")
    assert wrong
