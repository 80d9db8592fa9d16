"""Somebody who has never seen the bot, and follows only what its own messages say, reaches a daily digest.

At most five commands or presses, on either platform's stand-in.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import App
from tests import discord_peer, slack_peer
from tests.discord_peer import DiscordPeer, needs_discord_peer, text_of, walked
from tests.e2e.running import Ahead, on_discord, on_slack, until, values
from tests.fake_slack import texts
from tests.fakes import a_digest
from tests.slack_peer import SlackPeer, needs_slack_peer

MOST = 5
TODAY = [f"Flow matching number {number}" for number in range(1, 9)]


@pytest.fixture
def slack() -> Iterator[SlackPeer]:
    with slack_peer.running() as running:
        yield running


@pytest.fixture
async def discord() -> AsyncIterator[DiscordPeer]:
    async with discord_peer.running() as peer:
        yield peer
        assert await peer.get("problems") == []


async def tomorrow(app: App, now: Ahead, topic: str, zone: str = "UTC") -> None:
    """A digest lands tomorrow before nine there, and then it is nine."""
    there = now().astimezone(ZoneInfo(zone))
    now.by += (there + timedelta(days=1)).replace(hour=8, minute=50, second=0) - there
    await app.intake.land(a_digest(f"{topic} the day after", source="again"))
    now.by += timedelta(minutes=11)


@needs_slack_peer[0]
@needs_slack_peer[1]
@needs_slack_peer[2]
async def test_a_newcomer_on_slack_has_a_daily_digest_after_a_command_and_two_presses(
    slack: SlackPeer, tmp_path: Path
) -> None:
    now = Ahead()
    async with on_slack(slack, tmp_path, now) as (app, outside):
        await app.intake.land(a_digest(*TODAY))
        bob, channel = await someone(slack), "C000000001"
        steps = 1
        answer = await outside.type("", bob, channel)  # `/papers`, as Slack itself suggests
        said = " ".join(" ".join(texts(answer["blocks"])).split())
        assert "Begin with start" in said
        steps += 1
        answer = await outside.press(values(answer)["Start"], bob, channel)
        said = " ".join(" ".join(texts(answer["blocks"])).split())
        assert "Press a topic" in said
        steps += 1
        topic = next(iter(values(answer)))
        answer = await outside.press(values(answer)[topic], bob, channel)
        said = " ".join(" ".join(texts(answer["blocks"])).split())
        assert "You are set up" in said
        assert "Your digests come every day at 09:00" in said
        assert steps <= MOST
        reader = next(one for one in await app.storage.people.readers() if one.address.id == bob)
        await tomorrow(app, now, topic, reader.zone)
        await until(lambda: told(app, bob))


@needs_discord_peer[0]
@needs_discord_peer[1]
@needs_discord_peer[2]
async def test_a_newcomer_on_discord_has_a_daily_digest_after_a_command_and_two_presses(
    discord: DiscordPeer, tmp_path: Path
) -> None:
    now = Ahead()
    async with on_discord(discord, tmp_path, now) as app:
        await app.intake.land(a_digest(*TODAY))
        channel = discord.channel()
        steps = 1
        answer = await discord.give("papers help")  # the first that Discord lists under /papers
        assert "Begin with" in text_of(answer)
        steps += 1
        await discord.press(answer, "Start")
        answer = await seen(discord, channel, "Press a topic")
        steps += 1
        topic = next(part["label"] for part in walked(answer) if part.get("custom_id") and part.get("label"))
        await discord.press(answer, topic)
        answer = await seen(discord, channel, "You are set up")
        assert "Your digests come every day at 09:00" in text_of(answer)
        assert steps <= MOST
        await tomorrow(app, now, topic)
        await seen(discord, await discord.dm(), "the day after")


async def seen(discord: DiscordPeer, channel: str, words: str) -> dict[str, Any]:
    """The message with these words, as soon as there is one."""
    found = await discord.until(lambda all_: any(words in text_of(one) for one in all_), channel, 30)
    return next(one for one in found if words in text_of(one))


async def someone(slack: SlackPeer) -> str:
    """A member who is no admin."""
    import aiohttp  # noqa: PLC0415  # only here

    headers = {"Authorization": f"Bearer {slack.token}"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{slack.api}users.list", headers=headers) as answer,
    ):
        return next(str(one["id"]) for one in (await answer.json())["members"] if one["name"] == "bob")


async def told(app: App, person: str) -> bool:
    """Whether the person has had a digest."""
    reader = next(one for one in await app.storage.people.readers() if one.address.id == person)
    return any(fate.sent for fate in await app.storage.outbox.lately(reader.address, 3))
