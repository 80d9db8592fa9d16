"""The chart of a week comes as a file, in the one post, on either platform's stand-in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import App
from bot.messages import Bars, Card, Heading, Message, said
from bot.models import Address
from bot.owed import saying
from tests import discord_peer, slack_peer
from tests.discord_peer import DiscordPeer, needs_discord_peer
from tests.e2e.running import TEAM, Ahead, on_discord, on_slack, until
from tests.slack_peer import SlackPeer, judged, needs_slack_peer

WEEK = Bars("Papers a day", (("Mon 16", 3), ("Tue 17", 8), ("Wed 18", 0)))
DIGEST = Message("Eleven papers", (Heading("A week of grokking"), WEEK, Card(said("Grokking"), 1)))


async def owe(app: App, to: Address) -> None:
    await app.storage.outbox.owe([saying(DIGEST, to, "a week", app.now())])


@pytest.fixture
def slack() -> Iterator[SlackPeer]:
    with slack_peer.running() as running:
        yield running


@needs_slack_peer[0]
@needs_slack_peer[1]
@needs_slack_peer[2]
async def test_a_weekly_digest_on_slack_shows_its_chart_as_an_image(slack: SlackPeer, tmp_path: Path) -> None:
    channel, now = "C000000001", Ahead()

    async def posts() -> list[dict[str, Any]]:
        asked, who = {"channel": channel}, {"Authorization": f"Bearer {slack.token}"}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{slack.api}conversations.history", data=asked, headers=who) as answer,
        ):
            found = (await answer.json())["messages"]
        return [post for post in found if "grokking" in str(post).lower()]

    async with on_slack(slack, tmp_path, now) as (app, _):
        await owe(app, Address("slack", TEAM, channel, "channel"))
        await until(posts)
        [post] = await posts()
    [image] = [block for block in post["blocks"] if block["type"] == "image"]
    assert image["slack_file"]["id"]
    assert image["alt_text"].startswith("Papers a day: ")
    [wrong] = judged([{"text": post["text"], "blocks": post["blocks"]}])
    assert [one for one in wrong if "slack_file" not in one] == []  # one judge does not know files at Slack


@pytest.fixture
async def discord() -> AsyncIterator[DiscordPeer]:
    async with discord_peer.running() as peer:
        yield peer
        assert await peer.get("problems") == []


@needs_discord_peer[0]
@needs_discord_peer[1]
@needs_discord_peer[2]
async def test_a_weekly_digest_on_discord_shows_its_chart_as_an_attachment(
    discord: DiscordPeer, tmp_path: Path
) -> None:
    now = Ahead()

    async def posts() -> list[dict[str, Any]]:  # the stand-in attaches a file once the message is there
        return [one for one in await discord.messages(discord.channel()) if one["attachments"]]

    async with on_discord(discord, tmp_path, now) as app:
        await owe(app, Address("discord", discord.guild(), discord.channel(), "channel"))
        await until(posts)
        [post] = await posts()
    assert [one["filename"] for one in post["attachments"]] == ["week.png"]
    [gallery] = [one for one in post["components"][0]["components"] if one["type"] == 12]
    assert gallery["items"][0]["description"].startswith("Papers a day: ")
