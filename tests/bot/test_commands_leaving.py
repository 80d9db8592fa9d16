import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.records import as_csv, as_json
from bot.workspaces import TeamList
from tests.fakes import a_paper, ada, at, ben, buttons, text_of
from tests.lab import Lab


async def everything(lab: Lab) -> None:
    await lab.ask("status")
    await lab.land(a_paper("=HYPERLINK(1)", authors=("Ana", "@Ben")), "A flow")
    await lab.ask("follow", term="grokking, -medical +flow")
    await lab.ask("follow", ben, term="agents")
    await lab.tick()
    await lab.ask("save", paper="HYPERLINK")
    await lab.ask("more", paper="flow")
    await lab.storage.lists.share(TeamList("fake", "lab", "ours", ("flow",), "ada"), at=at())
    await lab.storage.notes.write(ada, {"dm": "D123"})
    await lab.storage.notes.write(ben, {"dm": "ben's"})


async def test_an_export_holds_all_that_is_kept_and_nothing_of_others(lab: Lab) -> None:
    await everything(lab)
    reply = await lab.reply("export")
    files = {file.name: file for file in reply.files}
    kept = json.loads(files["digestbot.json"].content)
    assert [interest["typed"] for interest in kept["interests"]] == ["grokking", "-medical +flow"]
    assert kept["reader"]["address"]["id"] == "ada"
    assert kept["saved"][0]["title"] == "=HYPERLINK(1)"
    assert [thought["feedback"] for thought in kept["feedback"]] == ["save", "more"]
    assert kept["lists"][0]["name"] == "ours"
    assert kept["notes"] == {"dm": "D123"}
    assert [one["title"] for one in kept["shown"]] == ["A flow"]
    assert [one["state"] for one in kept["deliveries"]] == ["sent"]
    assert not any(b"agents" in file.content or b"ben" in file.content for file in files.values())
    assert all(file.alt for file in files.values())


async def test_tables_cannot_be_taken_for_programs(lab: Lab) -> None:
    await everything(lab)
    files = {file.name: file.content.decode() for file in (await lab.reply("export")).files}
    assert files["digestbot-saved.csv"].splitlines()[1].startswith('"\'=HYPERLINK(1)","",')
    assert '"\'-medical +flow"' in files["digestbot-interests.csv"]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_no_cell_begins_a_formula_and_none_is_lost(cells: list[str]) -> None:
    made = as_csv(["a"], [{"a": cell} for cell in cells]).decode()
    read = [row[0] for row in csv.reader(io.StringIO(made, newline=""))][1:]
    for cell, back in zip(cells, read, strict=True):
        assert back.lstrip(" ")[:1] not in set("=+-@\t\r\n")
        expected = cell.replace("\0", "").encode("utf-8", "replace").decode()
        assert back.removeprefix("'") == expected.removeprefix("'")


def test_json_holds_whatever_there_is() -> None:
    assert json.loads(as_json({"at": at(), "odd": "\ud800"}))["at"] == "2026-11-24 12:00:00+00:00"


async def test_forgetting_asks_once_and_then_leaves_nothing(lab: Lab) -> None:
    await everything(lab)
    asked = await lab.reply("forget-me")
    assert "deletes your 2 interests, 1 saved paper" in text_of(asked)
    assert set(buttons(asked)) == {"Forget me", "Export first"}
    assert len(await lab.storage.people.interests(ada)) == 2
    assert "You are forgotten" in await lab.press(asked, "Forget me")
    assert await lab.storage.people.interests(ada) == []
    assert await lab.storage.shelf.saved(ada) == []
    assert await lab.storage.lists.lists("fake", "lab") == []
    assert [reader.address for reader in await lab.storage.people.readers()] == [ben]


async def test_the_forgotten_are_sent_nothing_any_more(lab: Lab) -> None:
    await everything(lab)
    lab.platform.posts.clear()
    await lab.ask("forget-me", sure="yes")
    await lab.land("Grokking and flow")
    await lab.courier.deliver()
    assert lab.platform.said_to(ada) == []
    assert lab.platform.said_to(ben) != []


@pytest.mark.parametrize("command", ["export", "forget-me"])
async def test_somebody_new_can_ask_as_well(lab: Lab, command: str) -> None:
    assert "0 interests" in await lab.ask(command)
