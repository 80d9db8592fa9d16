"""What people write to the bot alone on Discord: links, files and commands, each answered once."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from adapters import handed
from adapters.discord.gateway import INTENTS
from adapters.discord.heard import Heard
from bot.commands import commands
from bot.messages import File, Message, note
from bot.models import Address
from tests.adapters.test_discord_acts import Desk
from tests.fake_discord import (
    ALICE,
    DIRECT,
    SEND,
    FakeDiscord,
    FakeGate,
    a_discord_adapter,
    refusal,
    text_of,
    wrote,
)
from tests.fake_slack import FakeStorage

alice = Address("discord", "", ALICE)
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15  # members, presences, what is written on servers


class Conversation:
    """Alice writes to a bot whose Discord is in memory."""

    def __init__(self) -> None:
        self.discord, self.desk, self.storage = FakeDiscord(), Desk(), FakeStorage()

    async def after(self, *messages: Mapping[str, Any]) -> list[str]:
        """What the bot has written back after these."""
        gate = FakeGate()
        for one in (*messages, None):
            gate.said.put_nowait(one)
        await a_discord_adapter(self.discord, gate, self.storage).run(commands, self.desk)
        return [text_of(post) for post in self.discord.channels[DIRECT]]


@pytest.fixture
def conversation() -> Conversation:
    return Conversation()


@pytest.fixture
async def files() -> AsyncIterator[TestServer]:
    """Where files are kept, by their size."""

    async def file(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * int(request.match_info["size"]))

    app = web.Application()
    app.router.add_get("/{size}", file)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


def test_no_privileged_intent_is_asked_for() -> None:
    assert INTENTS.value & PRIVILEGED == 0
    assert {name for name, on in INTENTS if on} == {"guilds", "dm_messages"}


async def test_a_link_is_handed_over_whatever_stands_around_it(conversation: Conversation) -> None:
    said = ["https://arxiv.org/abs/2604.00001", "Look at <https://arxiv.org/abs/2604.00001>, please"]
    assert await conversation.after(*map(wrote, said)) == ["Certainly."] * 2
    assert [one.command for one in conversation.desk.taken] == ["add", "add"]
    assert [one.arguments["link"] for one in conversation.desk.taken] == said
    assert {one.user for one in conversation.desk.taken} == {alice}


async def test_a_command_goes_without_its_slash_and_nobody_administers_there(
    conversation: Conversation,
) -> None:
    await conversation.after(wrote("follow flow matching"), wrote("/papers admin status"))
    follow, status = conversation.desk.taken
    assert (follow.command, follow.arguments) == ("follow", {"term": "flow matching"})
    assert (status.command, status.admin) == ("admin status", False)


async def test_what_cannot_be_read_is_said(conversation: Conversation) -> None:
    [said] = await conversation.after(wrote("folow flow matching"))
    assert "Did you mean `follow`?" in said
    assert conversation.desk.taken == []


async def test_a_file_is_taken_in(conversation: Conversation, files: TestServer) -> None:
    dropped = [{"id": str(size), "url": str(files.make_url(f"/{size}"))} for size in (3, 4)]
    assert await conversation.after(wrote("for you", dropped)) == [f"taken from {ALICE}"] * 2
    assert conversation.discord.handed == [b"xxx", b"xxxx"]
    assert len(conversation.discord.called("POST /channels/*/typing")) == 1


@pytest.mark.parametrize("size", [0, 101])
async def test_a_file_that_cannot_be_read_is_said_to_be_so(
    size: int, conversation: Conversation, files: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handed, "MOST_BYTES", 100)
    [said] = await conversation.after(wrote("", [{"id": "1", "url": str(files.make_url(f"/{size}"))}]))
    assert ("too large" if size else "could not read that file") in said
    assert conversation.discord.handed == []


@pytest.mark.parametrize("url", ["http://10.0.0.1/a", "https://cdn.discordapp.com.evil.example/a", "", "/a"])
async def test_files_are_fetched_from_discord_alone(url: str, conversation: Conversation) -> None:
    [said] = await conversation.after(wrote("", [{"id": "1", "url": url}]))
    assert "could not read that file" in said


async def test_people_refused_by_the_core_are_told_why(conversation: Conversation, files: TestServer) -> None:
    conversation.discord.unwanted = "I could not read that file: it has no papers."
    dropped = wrote("", [{"id": "1", "url": str(files.make_url("/3"))}])
    assert await conversation.after(dropped) == ["I could not read that file: it has no papers."]


async def test_what_is_told_twice_is_answered_once(conversation: Conversation) -> None:
    once = wrote("help")
    assert len(await conversation.after(once, once)) == 1


async def test_an_answer_whose_own_answer_gets_lost_stands_there_once(conversation: Conversation) -> None:
    conversation.discord.fail(SEND, "lost")
    assert len(await conversation.after(wrote("help"))) == 1
    assert len(conversation.discord.called(SEND)) == 2


async def test_whoever_cannot_be_written_to_disturbs_nobody(conversation: Conversation) -> None:
    conversation.discord.fail(SEND, refusal(403, 50007))
    assert await conversation.after(wrote("help"), wrote("today")) == ["Certainly."]


async def test_the_files_of_an_answer_come_with_it(conversation: Conversation) -> None:
    conversation.desk.answer = Message(
        "Here it is.", note("Here it is.").blocks, files=(File("a.csv", b"a,b", "all"),)
    )
    assert await conversation.after(wrote("export")) == ["Here it is.", "all"]


async def test_nobody_else_is_listened_to(conversation: Conversation) -> None:
    bot = {"id": ALICE, "bot": True}
    others = [wrote("help", guild_id="1"), wrote("help", author=bot), wrote("help", type=7), wrote("  ")]
    assert await conversation.after(*others) == []


@given(st.dictionaries(st.sampled_from(sorted(wrote())), st.none() | st.text(max_size=9) | st.integers()))
def test_any_message_is_read_or_refused(odd: dict[str, Any]) -> None:
    try:
        heard = Heard.of(wrote("help") | odd)
    except (AttributeError, KeyError, TypeError, ValueError):
        return
    assert heard is None or heard.text or heard.files
