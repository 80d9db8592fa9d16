"""A digest for many on Discord, at the pace that its stand-in allows: nobody is left out, nobody gets it twice."""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.discord.sending import DM
from bot import settings
from bot.app import App
from bot.keys import Keys
from bot.models import Address, Interest
from bot.platforms import discord
from bot.schedules import INSTANTLY
from tests import discord_peer
from tests.discord_peer import DiscordPeer
from tests.e2e.test_discord import Bot
from tests.fakes import KEY, a_digest

pytestmark = [*discord_peer.needs_discord_peer, pytest.mark.slow]

SERVERS, CHANNELS, PEOPLE = 2, 20, 2_000
CEILING = 50  # posts a second

SCRIPT = """
import asyncio, json, sys
from peer import DiscordPeer
async def main():
    servers, channels, people = map(int, sys.argv[1:])
    names = [f"c{number}" for number in range(channels)]
    users = [f"r{number}" for number in range(people)]
    async with DiscordPeer(guilds=servers, channels=names, users=users) as peer:
        front = peer.front
        told = {**peer.world, "rest": front.rest_url, "gateway": front.gateway_url, "peer": front.url + "/_peer"}
        print(json.dumps(told, separators=(",", ":")), flush=True)  # the line has to be short
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
asyncio.run(main())
"""


@dataclass
class Town:
    """Many readers, each with the conversation in which they are written to."""

    peer: DiscordPeer
    app: App
    readers: dict[str, Address]  # by conversation

    async def posts(self) -> Counter[str]:
        """How many posts stand in each conversation."""
        return Counter({channel: len(await self.peer.messages(channel)) for channel in self.readers})

    async def sends(self) -> list[dict[str, Any]]:
        """Every call that was to post something."""
        return [
            one
            for one in await self.peer.get("ledger")
            if one["method"] == "POST" and one["path"].endswith("/messages")
        ]


@asynccontextmanager
async def a_town(tmp_path: Path, channels: int, people: int) -> AsyncIterator[Town]:
    numbers = map(str, (SERVERS, channels, people))
    async with (
        discord_peer.running("-c", SCRIPT, *numbers) as peer,
        App.open(f"sqlite:///{tmp_path / 'papers.db'}") as app,
    ):
        readers = {
            channel: Address("discord", guild["id"], channel, "channel")
            for guild in peer.world["guilds"]
            for channel in guild["channels"].values()
        }
        for user in peer.world["users"].values():
            conversation = (await peer.post("act/dm", user=user))["id"]
            readers[conversation] = Address("discord", "", user)
            await app.storage.notes.write(readers[conversation], {DM: conversation})
        for reader in readers.values():
            await app.storage.people.follow(Interest(reader, "flow", "flow"), most=9)
            await app.storage.people.schedule(reader, INSTANTLY, now=app.now())
        yield Town(peer, app, readers)


async def sent_to_all(town: Town) -> None:
    """Let a courier send what is owed, until all of it is."""
    given = settings.read(
        discord_token=town.peer.token,
        discord_api_url=town.peer.rest,
        discord_gateway_url=town.peer.gateway,
    )
    async with discord(town.app, given, Keys((KEY,))) as adapter:
        while await town.app.storage.outbox.plan(town.app.now(), 500):
            pass
        courier = town.app.courier(adapter)
        running = asyncio.create_task(courier.run())
        end = time.monotonic() + 600
        while courier.counts["sent"] < len(town.readers) and time.monotonic() < end:
            await asyncio.wait([running], timeout=0.2)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def rate(sends: Sequence[dict[str, Any]]) -> float:
    moments = sorted(one["at"] for one in sends)
    return float((len(moments) - 1) / (moments[-1] - moments[0]))


async def test_a_fan_out_uses_the_ceiling_and_nothing_is_refused_lost_or_doubled(
    tmp_path: Path, record_property: Any
) -> None:
    async with a_town(tmp_path, CHANNELS, PEOPLE) as town:
        await town.app.intake.land(a_digest("A flow explained"))
        await sent_to_all(town)
        sends = await town.sends()
        record_property("rate", rate(sends))
        print(f"{len(sends)} posts, {rate(sends):.2f} a second")  # noqa: T201  # the figure that is quoted
        assert Counter(one["status"] for one in sends) == {200: SERVERS * CHANNELS + PEOPLE}
        assert set((await town.posts()).values()) == {1}
        assert await town.peer.get("problems") == []
        assert rate(sends) >= 0.95 * CEILING
        assert await lost_by_gather(town, 400) >= 100


async def lost_by_gather(town: Town, count: int) -> int:
    """How many of so many posts are lost that all go at once, each with five tries, as libraries do."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {town.peer.token}"}) as http:

        async def post(channel: str) -> bool:
            for _ in range(5):
                url = f"{town.peer.rest}/channels/{channel}/messages"
                async with http.post(url, json={"content": "x"}) as said:
                    if said.status == 200:
                        return True
                    await asyncio.sleep((await said.json())["retry_after"])
            return False

        return count - sum(await asyncio.gather(*map(post, list(town.readers)[:count])))


async def test_answers_that_get_lost_are_looked_for_and_nobody_reads_twice(tmp_path: Path) -> None:
    async with a_town(tmp_path, 2, 60) as town:
        await town.app.intake.land(a_digest("A flow explained"))
        await town.peer.post(
            "fail", match="POST /channels/*/messages", kind="drop-after", times=len(town.readers)
        )
        await sent_to_all(town)
        assert set((await town.posts()).values()) == {1}
        assert json.dumps(await town.peer.get("problems")) == "[]"


async def test_whoever_is_killed_in_the_middle_nobody_is_left_out_and_nobody_reads_twice(
    tmp_path: Path,
) -> None:
    async with a_town(tmp_path, 2, 100) as town:
        await town.app.intake.land(a_digest("A flow explained"))
        bot = Bot(town.peer, tmp_path)
        for posted in (10, 40, 80, len(town.readers)):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=bot.environment, stdout=-3, stderr=-3
            )
            end = time.monotonic() + 400
            while (await town.posts()).total() < posted and time.monotonic() < end:  # noqa: ASYNC110  # another's doings
                await asyncio.sleep(0.3)
            process.kill()
            await process.wait()
        assert set((await town.posts()).values()) == {1}
        print(f"{len(await town.sends())} sends for {len(town.readers)} posts")  # noqa: T201  # quoted
        assert await town.peer.get("problems") == []
