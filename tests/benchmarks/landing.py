"""What a landing costs a large community: a thousand papers, a hundred thousand readers, a million interests.

.venv/bin/python -m tests.benchmarks.landing [--papers DIGEST] [--interests 1000000] [--readers 100000] [--postgresql]
"""

import argparse
import asyncio
import contextlib
import resource
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time

from bot.app import clock, read_digest
from bot.intake import Intake
from bot.interests import normal, parse
from bot.models import Address, Digest
from bot.schedules import INSTANTLY
from storage import SqlStorage, bulk, open_storage, upgrade
from storage.tables import Interest, Reader, Term
from tests.benchmarks.workload import Workload
from tests.databases import database, server

PORTION = 50_000


async def main() -> None:
    """Fill a database, land a digest, and say what it took."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument(
        "--papers", type=Path, default=None, help="a digest; otherwise the one that comes with us"
    )
    asked.add_argument("--count", type=int, default=1_000, help="so many of its papers")
    asked.add_argument("--interests", type=int, default=1_000_000)
    asked.add_argument("--readers", type=int, default=100_000)
    asked.add_argument("--postgresql", action="store_true")
    given = asked.parse_args()
    async with _place(postgresql=given.postgresql) as url:
        begun = _clocks()
        arguments = (url, given.papers, given.interests, given.readers)
        filling = get_context("spawn").Process(target=fill, args=arguments)  # not to count its memory
        filling.start()
        await asyncio.to_thread(filling.join)
        _say("readers and interests written", begun)
        digest = await read_digest(given.papers)
        async with open_storage(url) as storage:
            await _land(storage, replace(digest, papers=digest.papers[: given.count], updates=()))


async def _land(storage: SqlStorage, digest: Digest) -> None:
    intake, begun = Intake(storage, clock), _clocks()
    await intake.land(Digest("nothing", digest.day, (), "nothing"))
    _say("index built from the database", begun)
    begun = _clocks()
    landing = await intake.land(digest)
    _say(f"{landing.papers} papers landed, {landing.new} of them new, everything written", begun)


@contextlib.asynccontextmanager
async def _place(*, postgresql: bool) -> AsyncIterator[str]:
    """The address of an empty database."""
    if postgresql:
        with server() as running:
            async with database(running) as url:
                await upgrade(url)
                yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/digestbot.db"


def fill(url: str, papers: Path | None, interests: int, readers: int) -> None:
    """Write readers, each with as many interests as any other."""
    asyncio.run(_fill(url, papers, interests, readers))


async def _fill(url: str, papers: Path | None, interests: int, readers: int) -> None:
    people = [Reader.of(Address("slack", "T1", f"U{number}"), INSTANTLY, 0) for number in range(readers)]
    workload = Workload((await read_digest(papers)).papers)
    drawn = [normal(parse(typed)) for typed in workload.interests(interests)]
    terms = {term: number for number, term in enumerate(dict.fromkeys(drawn), 1)}
    follows = dict.fromkeys((number % readers + 1, terms[term]) for number, term in enumerate(drawn))
    rows = ({"reader_id": who, "term_id": term, "typed": "-", "muted": False} for who, term in follows)
    async with open_storage(url) as storage, storage._database.writing() as session:
        await bulk.add(session, Reader, [{**row, "id": number} for number, row in enumerate(people, 1)])
        await bulk.add(session, Term, [{"id": number, "normal": term} for term, number in terms.items()])
        while some := list(islice(rows, PORTION)):
            await bulk.add(session, Interest, some)


def _clocks() -> tuple[float, float]:
    """Seconds that pass, and seconds in which this program works."""
    return perf_counter(), process_time()


def _say(what: str, begun: tuple[float, float]) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took, worked = perf_counter() - begun[0], process_time() - begun[1]
    print(f"{what}: {took:.2f} s, {worked:.2f} s of them at work, peak {peak:.0f} MB")  # a program for people


if __name__ == "__main__":
    asyncio.run(main())
