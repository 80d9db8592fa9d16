"""What admins decided, taken along and brought back."""

import json
from dataclasses import replace

import pytest

from bot.messages import Message
from bot.models import Address, Invocation, Value
from tests.bot.test_commands_admin import ask, here, press, told
from tests.fakes import ada, ben, channel, text_of
from tests.lab import Lab

papers = replace(channel, id="#papers")
elsewhere = Address("fake", "other", "eve")


async def furnished(lab: Lab) -> None:
    """A workspace in which much is decided, and a member with an interest of their own."""
    await ask(lab, "admin channel add", channel="#papers")
    await ask(lab, "admin channel follow", channel="#papers", term='"flow matching", RLHF')
    await ask(lab, "admin channel schedule", channel="#papers", when="weekdays 08:30 Europe/Paris")
    await ask(lab, "admin channel style", channel="#papers", style="titles")
    await ask(lab, "admin source add", address="cs.LG+cs.CL", name="ml")
    await ask(lab, "admin alias add", one="PINN", other="physics network")
    await ask(lab, "admin limits", limit="papers", most=7)
    await ask(lab, "admin schedule", when="monday 10:00")
    await ask(lab, "admin roles add", who="ben")
    await lab.ask("follow", term="my private canary")


async def exported(lab: Lab, user: Address = ada) -> tuple[str, Message]:
    message = await told(lab, "admin export", user)
    return next(file.content.decode() for file in message.files if file.name.endswith(".json")), message


async def test_an_export_holds_what_admins_decided_and_nothing_of_members(lab: Lab) -> None:
    await furnished(lab)
    text, message = await exported(lab)
    kept = json.loads(text)
    assert kept["channels"] == [
        {
            "channel": "#papers",
            "follows": ['"flow matching"', "RLHF"],
            "schedule": "weekdays 08:30",
            "zone": "Europe/Paris",
            "style": "titles",
        }
    ]
    assert kept["limits"]["papers"] == 7
    assert kept["schedule"] == "monday 10:00"
    assert "canary" not in str([file.content for file in message.files])
    tables = {file.name: file.content.decode() for file in message.files}
    assert '"ml","arxiv","cs.LG+cs.CL","False"' in tables["digestbot-sources.csv"]
    assert "1 channel and 1 source are in these files" in text_of(message)


async def test_an_import_makes_another_workspace_alike_and_can_be_undone(lab: Lab) -> None:
    await furnished(lab)
    text, _ = await exported(lab)
    empty, _ = await exported(lab, elsewhere)
    asked = await told(lab, "admin import", elsewhere, settings=text)
    assert "1 channel would be added, 0 channels removed, 0 channels set anew, 1 source added" in text_of(
        asked
    )
    assert (await exported(lab, elsewhere))[0] == empty
    done = await told(lab, "admin import", elsewhere, settings=text, sure=True)
    assert "It is as the file says now." in text_of(done)
    assert (await exported(lab, elsewhere))[0] == text
    act = (await lab.storage.audit.acts("fake", "other", 9))[1]
    await ask(lab, "admin undo", elsewhere, act=act.id)
    assert (await exported(lab, elsewhere))[0] == empty
    act = (await lab.storage.audit.acts("fake", "other", 9))[1]
    await ask(lab, "admin undo", elsewhere, act=act.id)
    assert (await exported(lab, elsewhere))[0] == text


async def test_an_import_removes_what_the_file_does_not_hold_and_undo_brings_it_back(lab: Lab) -> None:
    await furnished(lab)
    text, _ = await exported(lab)
    done = await told(lab, "admin import", settings="{}", sure=True)
    kept = json.loads((await exported(lab))[0])
    assert (kept["channels"], kept["spellings"], kept["roles"]) == ([], [], [])
    assert [one["name"] for one in kept["sources"]] == ["ml"]
    await press(lab, done, "Undo")
    assert (await exported(lab))[0] == text


async def test_whoever_was_let_in_cannot_import_others(lab: Lab) -> None:
    await ask(lab, "admin roles add", who="ben")
    answer = await lab.ask("admin import", ben, settings='{"roles": ["ben", "cleo"]}', sure=True)
    assert "decided by the admins" in answer
    assert (await here(lab)).roles == ("ben",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "Invalid JSON"),
        ('{"form": 99}', "form"),
        ('{"channels": [{"channel": "#x", "colour": "red"}]}', "channels.0.colour"),
        (
            '{"limits": {"interests": 1000000, "length": 1, "commands": 1, "sources": 1, "papers": 1}}',
            "limits",
        ),
        ('{"schedule": "full moon"}', "schedule"),
        ('{"channels": [{"channel": "#x", "zone": "Mars/Base"}]}', "no time zone"),
        ('{"channels": [{"channel": "#x", "schedule": "at dawn"}]}', "schedule"),
    ],
)
async def test_what_cannot_be_imported_changes_nothing_and_says_where(lab: Lab, text: str, said: str) -> None:
    await furnished(lab)
    before, _ = await exported(lab)
    answer = await ask(lab, "admin import", settings=text, sure=True)
    assert "I cannot read that" in answer
    assert said in answer
    assert (await exported(lab))[0] == before


async def test_what_may_not_be_is_left_out_and_said(lab: Lab) -> None:
    wanted = {
        "channels": [{"channel": "#x", "follows": ["di*", "grokking"]}],
        "sources": [
            {"name": "etc", "kind": "folder", "address": "/etc"},
            {"name": "odd", "kind": "odd"},
            {"name": "ml", "kind": "arxiv", "address": "cs.LG", "paused": True},
        ],
    }
    answer = await ask(lab, "admin import", settings=json.dumps(wanted), sure=True)
    assert "The source etc was left out" in answer
    assert "The source odd was left out" in answer
    assert "#x: " in answer
    kept = json.loads((await exported(lab))[0])
    assert [one["name"] for one in kept["sources"]] == ["ml"]
    assert kept["sources"][0]["paused"]
    assert kept["channels"][0]["follows"] == ["grokking"]


async def test_no_import_reaches_a_channel_of_another_server(lab: Lab) -> None:
    """On Discord a channel's id is everybody's to know: the server it is of is only sure where it was picked."""
    admin, server = Address("fake", "", "admin"), Address("fake", "here", "general", "channel")

    async def give(command: str, **arguments: Value) -> str:
        return text_of(await lab.dispatch(Invocation(command, admin, server, arguments, admin=True)))

    await give("admin channel add", channel="123456789012345678")
    text = json.dumps(
        {
            "channels": [
                {"channel": one, "follows": ["x"]} for one in ("123456789012345678", "999999999999999999")
            ]
        }
    )
    assert "The channel 999999999999999999 was left out" in await give(
        "admin import", settings=text, sure=True
    )
    readers = await lab.storage.workspaces.readers("fake", "here")
    assert [one.address.id for one in readers] == ["123456789012345678"]
    await give("admin import", settings="{}", sure=True)
    assert await lab.storage.workspaces.readers("fake", "here") == []
    act = (await lab.storage.audit.acts("fake", "here", 1))[0]
    await give("admin undo", act=act.id)
    assert len(await lab.storage.workspaces.readers("fake", "here")) == 1
