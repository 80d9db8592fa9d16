"""What people do on Slack, and what comes of it: on a Slack in memory."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any

import aiohttp
import pytest
from aiohttp import web

from adapters.slack.adapter import SlackAdapter
from bot.errors import BadArguments
from bot.messages import Action, Actions, Card, File, Message, Paragraph, note, said
from bot.models import Address, Invocation
from bot.registry import CommandRegistry
from tests.fake_slack import BUTTONS, FakeSlack, FakeStorage, an_adapter, event, press, slash, texts

ADA = Address("slack", "T1", "U1")
commands = CommandRegistry()


@commands.command("digest")
async def digest(_: object, term: Annotated[str, "A word"] = "") -> Message:
    """See it."""
    return note(term)


@commands.command("save", done="Saved ✓", undo="digest")
async def save(_: object, paper: Annotated[str, "A paper"]) -> Message:
    """Keep it."""
    return note(paper)


@commands.command("add")
async def add(_: object, link: Annotated[str, "A link"]) -> Message:
    """Take it in."""
    return note(link)


@commands.command("admin channel")
async def channel(_: object, channel: Annotated[str, "A channel"]) -> Message:
    """Look after a channel."""
    return note(channel)


class Lab:
    """A Slack in memory with an adapter, and an address for answers."""

    def __init__(self, slack: FakeSlack, adapter: SlackAdapter, storage: FakeStorage, sink: str) -> None:
        self.slack, self.adapter, self.storage, self.sink = slack, adapter, storage, sink
        self.answer = note("Certainly.")
        self.taken: list[Invocation] = []
        self.answers: list[dict[str, Any]] = []
        self.uploads: list[bytes] = []

    async def dispatch(self, invocation: Invocation) -> Message:
        self.taken.append(invocation)
        return self.answer

    async def tell(self, *bodies: Mapping[str, Any]) -> None:
        """Let Slack tell all this, and see it through."""
        self.adapter.routes(commands, self.dispatch)
        for body in bodies:
            self.adapter.take(body)
        await self.adapter._finish()

    def read(self) -> str:
        return "\n".join(text for one in self.answers for text in texts(one["blocks"]))


@asynccontextmanager
async def a_lab() -> AsyncIterator[Lab]:
    lab: Lab

    async def take(request: web.Request) -> web.Response:
        lab.answers.append(await request.json())
        return web.Response()

    async def upload(request: web.Request) -> web.Response:
        lab.uploads.append(await request.read())
        return web.Response()

    async def give(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer xoxb-test"
        return web.Response(body=b"TY  - JOUR\n")

    routed = web.Application()
    routed.router.add_post("/answer", take)
    routed.router.add_post("/upload", upload)
    routed.router.add_get("/file", give)
    runner = web.AppRunner(routed)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    slack, storage = FakeSlack(), FakeStorage()
    slack.base_url = f"{base}/api/"
    async with aiohttp.ClientSession() as slack.session:
        lab = Lab(slack, an_adapter(slack, storage), storage, f"{base}/answer")
        yield lab
    await runner.cleanup()


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with a_lab() as lab:
        yield lab


SAVE = Action("Save", "save", {"paper": "#7"})
LONG = Action("Undo", "digest", {"term": "x" * 3_000})
DIGEST = Message("One paper", (Card(said("Grokking"), 1, actions=(SAVE,)), Actions((LONG,))))


def fleeting(lab: Lab, value: str, block: str) -> dict[str, Any]:
    """What Slack tells of a press on a post that only one person sees: nothing of the post."""
    told = press(value, response_url=lab.sink, container={"type": "message", "is_ephemeral": True})
    del told["message"]
    told["actions"][0]["block_id"] = block
    return told


async def test_a_button_of_a_post_that_only_one_person_sees_becomes_what_it_did(lab: Lab) -> None:
    lab.answer = DIGEST
    await lab.tell(slash("digest", response_url=lab.sink))
    row = next(block for block in lab.answers[0]["blocks"] if block["type"] == "actions")
    lab.answer = note("Kept.")
    await lab.tell(fleeting(lab, row["elements"][0]["value"], row["block_id"]))
    assert lab.answers[1]["replace_original"] is True
    assert "Saved ✓" in lab.read()
    assert "Grokking" in "\n".join(texts(lab.answers[1]["blocks"]))
    again = next(block for block in lab.answers[1]["blocks"] if block["type"] == "actions")
    assert (again["block_id"], again["elements"][0]["value"]) == (
        row["block_id"],
        BUTTONS.written(Action("", "digest", {"paper": "#7"}), ADA),
    )


async def test_a_button_whose_arguments_are_too_long_for_slack_works(lab: Lab) -> None:
    lab.answer = DIGEST
    await lab.tell(slash("digest", response_url=lab.sink))
    *_, row = (block for block in lab.answers[0]["blocks"] if block["type"] == "actions")
    await lab.tell(fleeting(lab, row["elements"][0]["value"], row["block_id"]))
    assert dict(lab.taken[-1].arguments) == {"term": "x" * 3_000}


async def test_a_long_button_of_somebody_else_is_refused(lab: Lab) -> None:
    lab.answer = DIGEST
    await lab.tell(slash("digest", response_url=lab.sink))
    *_, row = (block for block in lab.answers[0]["blocks"] if block["type"] == "actions")
    await lab.tell({**fleeting(lab, row["elements"][0]["value"], row["block_id"]), "user": {"id": "U2"}})
    assert len(lab.taken) == 1
    assert "not yours" in lab.read()


async def test_a_long_button_of_a_channels_post_works_for_everybody(lab: Lab) -> None:
    papers = Address("slack", "T1", "CPAPERS01", "channel")
    await lab.adapter.send(papers, DIGEST, key="k1")
    [post] = lab.slack.posts["CPAPERS01"]
    value = post["blocks"][-1]["elements"][0]["value"]
    await lab.tell(press(value, "U2", "CPAPERS01", post), press(value, "U3", "CPAPERS01", post))
    assert [(one.user.id, one.arguments["term"]) for one in lab.taken] == [
        ("U2", "x" * 3_000),
        ("U3", "x" * 3_000),
    ]


async def test_what_does_not_fit_comes_at_a_press_and_is_the_readers_own(lab: Lab) -> None:
    lab.answer = Message("Much", tuple(Paragraph(said("&" * 500)) for _ in range(11)))
    await lab.tell(slash("digest", response_url=lab.sink))
    seen = 0
    for number in range(4):
        seen += sum(text.count("&") for text in texts(lab.answers[number]["blocks"]))
        more = [block for block in lab.answers[number]["blocks"] if block["type"] == "actions"]
        if not more:
            break
        await lab.tell(fleeting(lab, more[0]["elements"][0]["value"], more[0]["block_id"]))
    assert seen == 5_500
    kept = [key for key in lab.storage.notes.kept if key[-1].startswith("rest:")]
    assert {person for _, person, _ in kept} == {"U1"}


async def test_a_channel_typed_by_its_name_is_found(lab: Lab) -> None:
    await lab.tell(
        slash("admin channel #papers"), slash("admin channel papers"), slash("admin channel #nowhere")
    )
    assert sorted(str(one.arguments["channel"]) for one in lab.taken) == [
        "#nowhere",
        "<#CPAPERS01|papers>",
        "<#CPAPERS01|papers>",
    ]


async def test_channels_are_found_without_the_right_to_see_private_ones(lab: Lab) -> None:
    lab.slack.fail("conversations.list", "missing_scope")
    await lab.tell(slash("admin channel #papers"))
    assert lab.taken[0].arguments["channel"] == "<#CPAPERS01|papers>"


async def test_that_slack_lists_no_channels_now_is_not_remembered(lab: Lab) -> None:
    lab.slack.fail("conversations.list", "internal_error", "internal_error")
    await lab.tell(slash("admin channel #papers"))
    await lab.tell(slash("admin channel #papers"))
    assert [one.arguments["channel"] for one in lab.taken] == ["#papers", "<#CPAPERS01|papers>"]


EXPORT = replace(note("Here it is."), files=(File("all.json", b"{}", "everything"), File("a.csv", b"a,b")))


async def test_the_files_of_a_private_answer_go_to_the_direct_message(lab: Lab) -> None:
    lab.answer = EXPORT
    await lab.tell(slash("digest", response_url=lab.sink))
    assert lab.uploads == [b"{}", b"a,b"]
    [shared] = lab.slack.called("files.completeUploadExternal")
    assert shared["channel_id"] == "DU1"
    assert [one["title"] for one in json.loads(shared["files"])] == ["all.json", "a.csv"]
    assert "in your direct messages" in lab.read()
    assert [one.get("alt_txt") for one in lab.slack.called("files.getUploadURLExternal")] == [
        "everything",
        None,
    ]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_reader_is_told_of_files_that_slack_does_not_take(lab: Lab, method: str) -> None:
    lab.answer = EXPORT
    lab.slack.fail(method, "missing_scope")
    await lab.tell(slash("digest", response_url=lab.sink))
    assert "Slack did not take the files (all.json: everything; a.csv)" in lab.read()


async def test_a_file_is_never_sent_to_an_address_that_is_not_slacks(lab: Lab) -> None:
    lab.answer = EXPORT
    lab.slack.upload_to = "https://evil.example/upload"
    await lab.tell(slash("digest", response_url=lab.sink))
    assert "did not take" in lab.read()


def written(text: str = "", **more: Any) -> dict[str, Any]:
    return event("message", user="U1", channel="DU1", channel_type="im", text=text, **more)


async def test_a_line_in_the_direct_message_is_a_command(lab: Lab) -> None:
    await lab.tell(written("Digest  flow matching"))
    assert (lab.taken[0].command, dict(lab.taken[0].arguments)) == ("digest", {"term": "flow matching"})
    assert "Certainly." in lab.slack.read()


@pytest.mark.parametrize(
    "text", ["<https://arxiv.org/abs/1706.03762>", "Look: <https://arxiv.org/abs/1706.03762|this one>!"]
)
async def test_a_link_in_the_direct_message_is_taken_in(lab: Lab, text: str) -> None:
    await lab.tell(written(text))
    assert lab.taken[0].command == "add"
    assert "https://arxiv.org/abs/1706.03762" in str(lab.taken[0].arguments["link"])


async def test_a_file_in_the_direct_message_is_taken_in(lab: Lab) -> None:
    told = {"id": "F1", "url_private_download": lab.sink.replace("/answer", "/file"), "url_private": "x"}
    await lab.tell(written(subtype="file_share", files=[told]))
    assert "11 bytes were handed over" in lab.slack.read()


@pytest.mark.parametrize(
    "told",
    [
        {"id": "F1", "url_private": "https://evil.example/file"},
        {"id": "F1", "url_private": "https://slack.com.evil.example/file"},
        {"id": "F1", "url_private": "http://files.slack.com/file"},
        {"id": "F1"},
    ],
)
async def test_the_token_is_never_shown_to_an_address_that_is_not_slacks(
    lab: Lab, told: dict[str, Any]
) -> None:
    await lab.tell(written(subtype="file_share", files=[told]))
    assert "I could not read that file" in lab.slack.read()


async def test_a_file_that_holds_no_papers_is_answered(lab: Lab) -> None:
    async def refuse(*_: object) -> Message:
        raise BadArguments("I could not read that file: it holds no paper.")

    lab.adapter._parts = replace(lab.adapter._parts, take=refuse)
    told = {"id": "F1", "url_private": lab.sink.replace("/answer", "/file")}
    await lab.tell(written(subtype="file_share", files=[told]))
    assert "it holds no paper" in lab.slack.read()


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"user": None},
        {"user": "USLACKBOT"},
        {"channel": "C1", "channel_type": "channel"},
    ],
)
async def test_what_asks_nothing_of_us_costs_nothing(lab: Lab, more: dict[str, Any]) -> None:
    told = written("digest")
    told["event"].update(more)
    await lab.tell(told)
    assert not lab.taken
    assert not [key for key in lab.storage.notes.kept if not key[-1].startswith("heard:")]


async def test_what_it_says_itself_is_no_command_to_it(lab: Lab) -> None:
    await lab.tell(
        written("digest", id_="Ev-own") | {"event": {**written("digest")["event"], "user": "UBOT"}}
    )
    assert not lab.taken
    assert not lab.slack.read()


async def test_a_database_that_fails_for_a_moment_loses_no_act(lab: Lab) -> None:
    lab.storage.notes.failures = 2
    body = slash("digest", response_url=lab.sink)
    await lab.tell(body, body)
    assert len(lab.taken) == 1


async def test_a_database_that_stays_away_is_answered_for(lab: Lab) -> None:
    lab.storage.notes.failures = 100
    await lab.tell(slash("digest", response_url=lab.sink))
    assert not lab.taken
    assert "Sorry, that went wrong on my side" in lab.read()


async def test_a_fault_that_no_command_answers_for_is_answered_for(lab: Lab) -> None:
    async def fail(_: object) -> Message:
        raise RuntimeError

    lab.adapter.routes(commands, fail)
    lab.adapter.take(slash("digest", response_url=lab.sink))
    await lab.adapter._finish()
    assert "Sorry, that went wrong on my side" in lab.read()


async def test_whoever_removes_the_app_is_forgotten(lab: Lab) -> None:
    await lab.tell(event("app_uninstalled"), event("tokens_revoked", tokens={"oauth": ["U1"]}))
    assert lab.storage.forgotten == ["T1"]
    await lab.tell(event("tokens_revoked", tokens={"bot": ["UBOT"]}))
    assert lab.storage.forgotten == ["T1", "T1"]


async def test_a_workspace_that_an_organisation_takes_the_app_from_is_forgotten(lab: Lab) -> None:
    await lab.tell({**event("team_access_revoked", team_ids=["T7", "T8"]), "enterprise_id": "E1"})
    assert lab.storage.forgotten == ["T7", "T8"]


async def test_two_of_the_same_act_have_one_effect_while_the_database_stalls(lab: Lab) -> None:
    lab.storage.notes.stalled = asyncio.Event()
    body = slash("digest", response_url=lab.sink)
    telling = asyncio.create_task(lab.tell(body, body, body))
    for _ in range(5):
        await asyncio.sleep(0)
    assert lab.storage.notes.stalled._waiters
    lab.storage.notes.stalled.set()
    await telling
    assert len(lab.taken) == 1
