"""The whole program against the stand-in for Discord, from outside: people act, and see what is posted."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests import discord_peer
from tests.discord_peer import DiscordPeer, text_of, walked

pytestmark = discord_peer.needs_discord_peer

PATIENCE = 120  # seconds: machines may be busy

PAGE = [
    {
        "title": f"Flow Matching {number} for <@everyone> *Stars*",
        "abstract": "We present flow matching. It works well on all the data we tried, and on more besides.",
        "arxiv_id": f"2604.0000{number}",
        "url": f"https://arxiv.org/abs/2604.0000{number}",
    }
    for number in range(7)
]


RIS = b"TY  - JOUR\nTI  - A Widget of Great Use\nAB  - It is of use.\nER  - \n"


async def threads(peer: DiscordPeer) -> list[dict[str, Any]]:
    """The threads of the server, as Discord tells a bot."""
    headers = {"Authorization": f"Bot {peer.token}"}
    url = f"{peer.rest}/guilds/{peer.guild()}/threads/active"
    async with aiohttp.ClientSession(headers=headers) as http, http.get(url) as said:
        found: list[dict[str, Any]] = (await said.json())["threads"]
        return found


class Bot:
    """The program, as an operator starts it."""

    def __init__(self, peer: DiscordPeer, home: Path) -> None:
        self.peer, self.home = peer, home
        self.environment = os.environ | {
            "DIGESTBOT_DATABASE_URL": f"sqlite:///{home / 'papers.db'}",
            "DIGESTBOT_DISCORD_TOKEN": peer.token,
            "DIGESTBOT_DISCORD_API_URL": peer.rest,
            "DIGESTBOT_DISCORD_GATEWAY_URL": peer.gateway,
            "DIGESTBOT_WEB_PORT": "0",
        }

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        before = (await self.peer.get("gateway"))["identifies"]
        with (self.home / "log").open("a") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=self.environment, stdout=log, stderr=log
            )
            try:
                async with asyncio.timeout(PATIENCE):
                    while (await self.peer.get("gateway"))["identifies"] == before:
                        assert process.returncode is None, (self.home / "log").read_text()
                        await asyncio.sleep(0.1)
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                async with asyncio.timeout(PATIENCE):
                    assert await process.wait() == 0

    async def words(self, *words: str) -> tuple[int, str]:
        """Run the program with these words; its status, and what it says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, env=self.environment, stdout=-1, stderr=-2
        )
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    async def land(self) -> None:
        file = self.home / "digest.jsonl"
        file.write_text("\n".join(map(json.dumps, PAGE)))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "land", str(file), env=self.environment, stdout=-3
        )
        assert await process.wait() == 0


@pytest.fixture
async def peer() -> AsyncIterator[DiscordPeer]:
    async with discord_peer.running() as peer:
        yield peer
        assert await peer.get("problems") == []


@pytest.fixture
def bot(peer: DiscordPeer, tmp_path: Path) -> Bot:
    return Bot(peer, tmp_path)


async def test_from_nothing_to_digests_in_a_conversation_and_a_channel_and_buttons_after_a_restart(
    peer: DiscordPeer, bot: Bot
) -> None:
    async with bot.running():
        names = {command["name"] for command in await peer.act("commands")}
        assert {"papers", "papers-admin", "Find papers like this"} <= names
        answer = await peer.give("papers follow", term="flow matching")
        assert "You follow" in text_of(answer)
        assert answer["flags"] & 64
        direct = await peer.dm()
        assert "You follow 1 interest" in text_of(
            await peer.give("papers interests", channel=direct)
        )  # one person everywhere
        await peer.give("papers schedule", when="instantly")
        await bot.land()
        [*_, digest] = await peer.until(lambda found: any("7 of 7" in text_of(one) for one in found), direct)
        await peer.press(digest, "Save", channel=direct)
        [*_, digest] = await peer.until(lambda found: "Saved ✓" in str(found[-1]), direct)
    async with bot.running():
        await peer.press(digest, "Saved ✓", channel=direct)
        [*_, digest] = await peer.until(lambda found: "Saved ✓" not in str(found[-1]), direct)
        before = len(await peer.messages(direct))
        await peer.press(digest, "1 · Why?", channel=direct)
        assert "flow matching" in text_of(await peer.seen(direct, before))
    assert "<@everyone>" in text_of(digest)
    assert any(part["type"] == 2 for part in walked(digest))


@pytest.fixture
async def library() -> AsyncIterator[TestServer]:
    """Where a file of a paper is kept, on this machine."""

    async def file(_request: web.Request) -> web.Response:
        return web.Response(body=RIS)

    app = web.Application()
    app.router.add_get("/a.ris", file)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


async def test_links_and_files_are_dropped_and_commands_typed_in_the_conversation(
    peer: DiscordPeer, bot: Bot, library: TestServer
) -> None:
    async def answered(text: str) -> None:
        """The bot writes so back."""
        await peer.until(lambda found: any(text in text_of(one) for one in found), direct)

    direct, place = await peer.dm(), {"channel": await peer.dm(), "user": peer.user()}
    async with bot.running():
        await peer.post("act/say", content="follow grokking", **place)
        await answered("You follow")
        await peer.post("act/say", content="Have you seen http://127.0.0.1:1/paper yet?", **place)
        await answered("could not read that link")
        kept = {"id": "1300000000000000001", "filename": "a.ris", "size": len(RIS), "proxy_url": "http://x"}
        dropped = {**kept, "url": str(library.make_url("/a.ris"))}
        said = await peer.post("act/say", content="this one", **place)
        file = {**said, "id": str(int(said["id"]) + 1), "content": "", "attachments": [dropped]}
        await peer.post("act/emit", event="MESSAGE_CREATE", data=file)
        await answered("“A Widget of Great Use” is saved")


@pytest.mark.slow
async def test_a_digest_stands_in_a_thread_or_as_a_post_of_a_forum(peer: DiscordPeer, bot: Bot) -> None:
    """The stand-in has no forums: it refuses as one does, judges what is opened, and keeps no first message."""

    async def opened(channel: str) -> list[dict[str, Any]]:
        """What was asked for to open threads there."""
        asked = [one for one in await peer.get("ledger") if one["path"] == f"/channels/{channel}/threads"]
        return [one["body"] for one in asked if one["status"] in {200, 201}]

    papers, forum = peer.channel("papers"), peer.channel("general")
    refuse = {"match": f"POST /channels/{forum}/messages", "kind": "error", "status": 400, "code": 50008}
    async with bot.running():
        for channel in (papers, forum):
            await peer.give("papers-admin channel add", channel_=channel)
            await peer.give("papers-admin channel follow", channel_=channel, term="flow matching")
            await peer.give("papers-admin channel schedule", channel_=channel, when="instantly")
        await peer.give("papers-admin channel style", channel_=papers, style="thread")
        await peer.post("fail", **refuse, times=1)
        await bot.land()
        [*_, head] = await peer.until(lambda found: any("7 of 7" in text_of(one) for one in found), papers)
        [thread] = [one for one in await threads(peer) if one["parent_id"] == papers]
        [*_, below] = await peer.until(lambda found: any("Why?" in str(one) for one in found), thread["id"])
        assert "Why?" not in str(head)
        before = len(await peer.messages(thread["id"]))
        await peer.press(below, "1 · Why?", channel=thread["id"])
        answer = await peer.seen(thread["id"], before)
        assert answer["flags"] & 64
        assert "flow matching" in text_of(answer)
        async with asyncio.timeout(PATIENCE):
            while not (posts := await opened(forum)):  # noqa: ASYNC110  # another's doings
                await asyncio.sleep(0.1)
    [post] = posts
    assert "7 of 7 new papers match" in post["name"]
    assert "Flow Matching 6" in text_of(post["message"])


async def test_a_token_that_discord_refuses_ends_the_start_with_its_cure(peer: DiscordPeer, bot: Bot) -> None:
    bot.environment["DIGESTBOT_DISCORD_TOKEN"] = "not.a.token"  # noqa: S105  # that is the test
    status, said = await bot.words("run")
    assert status == 2
    assert "DIGESTBOT_DISCORD_TOKEN: Discord refuses it" in said
    told = [line for line in said.splitlines() if not line.startswith("{")]  # the others are the log
    assert "Traceback" not in "\n".join(told), said
    status, said = await bot.words("doctor", "discord")
    assert status == 1
    assert "Discord refuses the token" in said
    assert (await peer.get("gateway"))["identifies"] == 0


async def test_the_doctor_looks_at_token_application_intents_and_invite_link(bot: Bot) -> None:
    status, said = await bot.words("doctor", "discord")
    assert status == 0, said
    assert "works, as digest" in said
    assert f"client_id={bot.peer.world['bot']}&scope=bot+applications.commands" in said
