"""The lines to the database and to the platform are cut and go silent: nobody is left out, nobody reads twice.

`DIGESTBOT_TEST_CUTS=200 ./dev test -m slow tests/delivery/test_partitions.py` is the long run.
"""

import asyncio
import os
import random
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.connections import SILENCE
from storage.engine import Database
from tests.delivery.proxy import Proxy, proxy
from tests.delivery.stand_in import Manners
from tests.delivery.trial import Trial, Verdict, eventually, trial

CUTS = int(os.environ.get("DIGESTBOT_TEST_CUTS", "200"))
RULES = (8.0, 5.0, 20.0, 5.0)  # seconds; on a busy machine everything takes its time
WELL = 10.0  # seconds from the mending of the line to the next post
COURIERS = 2

Figure = Callable[[str], None]


def over(line: Proxy, url: str) -> str:
    """The address of the database by way of *line*."""
    return sa.make_url(url).set(host="127.0.0.1", port=line.port, query={}).render_as_string()


def socket_of(url: str) -> Path:
    """Where the database listens."""
    return Path(str(sa.make_url(url).query["host"]), ".s.PGSQL.5432")


@asynccontextmanager
async def lines(here: Trial, design: str) -> AsyncIterator[tuple[Proxy, Proxy]]:
    """Between the couriers and their database, and between them and the platform."""
    async with proxy(socket_of(here.url)) as database, proxy(here.port) as platform:
        straight = here.url, here.port
        here.url, here.port = over(database, here.url), platform.port
        for courier in range(COURIERS):
            until = str(here.log.with_name("end"))
            here.tell(courier, rules=RULES, until=until, patience=60, design=design)
        here.url, here.port = straight
        yield database, platform


async def posted(here: Trial) -> bool:
    """Whether the last one has got theirs."""
    return here.people[-1] in await asyncio.to_thread(here.log.read_text)


async def cut(here: Trial, cuts: int, design: str = "") -> tuple[Verdict, float]:
    """What came of so many cuts, and after how many seconds all was well at most."""
    chance, waits = random.Random(7), list[float]()
    async with lines(here, design) as between:
        await here.owe(1)
        await eventually(lambda: posted(here), 60)  # everybody is there
        for number in range(cuts):
            await here.owe(6)
            await asyncio.sleep(0.2 * chance.random())
            line = between[number % 2]
            chance.choice([line.cut, line.hush])()
            await asyncio.sleep(0.8 * chance.random())
            line.mend()
            begun = time.monotonic()
            await here.owe(1)
            await eventually(lambda: posted(here), 30)
            waits.append(time.monotonic() - begun)
        here.log.with_name("end").touch()
        ended = [await asyncio.to_thread(here.told, courier) for courier in range(COURIERS)]
    assert [courier["ended"] for courier in ended] == [0] * COURIERS, "a process ended"
    return here.verdict(), max(waits)


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_lines_that_are_cut_or_go_silent_cost_nobody_a_digest(
    postgres_url: str, tmp_path: Path, platform: str, figure: Figure
) -> None:
    with trial(
        postgres_url, tmp_path, Manners(hold=0.2, stale=0.2, nonce=60.0), platform, couriers=COURIERS
    ) as here:
        verdict, longest = await cut(here, CUTS)
        figure(f"{CUTS} cuts, {len(here.people)} deliveries: {verdict}; well in at most {longest:.1f} s")
    assert verdict == Verdict(lost=0, doubled=0, repeats=0)
    assert longest < WELL


@pytest.mark.slow
async def test_cuts_catch_a_courier_that_does_not_look(postgres_url: str, tmp_path: Path) -> None:
    with trial(
        postgres_url, tmp_path, Manners(hold=0.2, stale=0.2, nonce=60.0), "slack", couriers=COURIERS
    ) as here:
        verdict, _ = await cut(here, 40, "no look")
    assert verdict.doubled


async def test_a_database_that_vanished_is_given_up_after_seconds(postgres_url: str) -> None:
    async with proxy(socket_of(postgres_url)) as line:
        database = Database(over(line, postgres_url))
        async with database.connection() as connection:
            raw = await connection.get_raw_connection()
            wire = raw.driver_connection._transport.get_extra_info("socket")  # type: ignore[union-attr]  # asyncpg
            for name, (level, value) in SILENCE.items():
                assert wire.getsockopt(level, getattr(socket, name)) == value
        await database.close()
