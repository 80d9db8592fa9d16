"""What people do on Discord, read from what it sends; and what they see of it."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.acts import Act
from adapters.discord.declaring import LIKE_THIS
from adapters.discord.render import MOST_WRITTEN
from adapters.discord.sending import DM
from adapters.discord.writing import post, reread
from bot.buttons import Pen
from bot.messages import Action, Actions, Card, File, Message, note, said
from bot.models import Address, Invocation
from bot.registry import CommandRegistry
from tests.fake_discord import (
    ALICE,
    APPLICATION,
    BOB,
    CHANNEL,
    GUILD,
    OPEN,
    SEND,
    FakeDiscord,
    FakeGate,
    a_discord_adapter,
    interaction,
    press,
    refusal,
    slash,
    text_of,
    walked,
)
from tests.fake_slack import BUTTONS, FakeStorage

alice = Address("discord", "", ALICE)
here = Address("discord", GUILD, CHANNEL, "channel")
commands = CommandRegistry()
SAVE = Action("Save", "save", {"paper": "#7"})
LIST = Message("Papers", (Card(said("Grokking"), 1, body=said("It groks."), actions=(SAVE,)),))


async def answers(
    _: object, channel: Annotated[str, "A channel"] = "", term: Annotated[str, "A term"] = ""
) -> Message:
    """Do something."""
    return note(f"{channel} {term}")


for name in ("follow", "try", "search", "admin channel add", "admin channel style"):
    commands.command(name)(answers)
commands.command("save", done="Saved ✓", undo="unsave")(answers)
commands.command("unsave", listed=False, done="Save", undo="save")(answers)
commands.command("show", listed=False, in_place=True)(answers)


class Desk:
    """Takes every invocation down, and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[Invocation] = []
        self.answer = note("Certainly.")

    async def __call__(self, invocation: Invocation) -> Message:
        self.taken.append(invocation)
        return self.answer


class Hall:
    """An adapter over Discord in memory, and what was kept."""

    def __init__(self) -> None:
        self.discord, self.desk, self.storage = FakeDiscord(), Desk(), FakeStorage()

    async def after(self, *acts: Mapping[str, Any]) -> list[str]:
        """Let people do this, one after the other; the texts of the answers to the last."""
        gate = FakeGate()
        for act in (*acts, None):
            gate.said.put_nowait(act)
        async with asyncio.timeout(20):
            await a_discord_adapter(self.discord, gate, self.storage).run(commands, self.desk)
        return [text_of(answer) for answer in self.discord.whispers[acts[-1]["token"]]]

    async def shown(self) -> dict[str, Any]:
        """A post with a button, as Discord hands it back."""
        adapter = a_discord_adapter(self.discord, FakeGate(), self.storage)
        await adapter.send(here, LIST, key="k1")
        return self.discord.channels[CHANNEL][-1]


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_a_command_with_its_options_is_one_of_the_person_in_the_channel_of_the_server() -> None:
    act = Act.of(slash("follow", term="flow matching"))
    assert act
    assert (act.kind, act.command, act.arguments) == ("command", "follow", {"term": "flow matching"})
    assert (act.user, act.place, act.admin, act.direct) == (alice, here, False, "")


def test_a_command_of_admins_has_its_groups_words_and_whoever_manages_the_server_is_one() -> None:
    told = slash("channel add", "papers-admin", channel=CHANNEL)
    told["member"]["permissions"] = str(1 << 5)
    act = Act.of(told)
    assert act
    assert (act.command, act.admin) == ("admin channel add", True)


def test_in_a_conversation_there_is_no_server_and_nobody_is_an_admin() -> None:
    told = slash("follow") | {"guild_id": None, "member": None, "user": {"id": ALICE}, "context": 1}
    act = Act.of(told)
    assert act
    assert (act.user, act.place, act.admin, act.direct) == (alice, alice, False, CHANNEL)


def test_what_is_done_in_a_thread_is_done_in_the_channel_it_belongs_to() -> None:
    told = slash("follow") | {"channel_id": "9", "channel": {"type": 11, "parent_id": CHANNEL}}
    act = Act.of(told)
    assert act
    assert act.place == here


def test_the_menu_of_a_message_looks_for_papers_like_all_that_it_says() -> None:
    message = {"content": "We love https://example.org/diffusion and rectified transformers", "embeds": []}
    data = {"name": LIKE_THIS, "type": 3, "target_id": "5", "resolved": {"messages": {"5": message}}}
    act = Act.of(interaction(2, data))
    assert act
    assert (act.kind, act.command) == ("menu", "like")
    assert act.arguments == {"text": message["content"]}


json_ = st.recursive(
    st.none() | st.booleans() | st.integers(0, 20) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "name", "options", "value", "components", "component", "custom_id", "id"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(
    st.integers(1, 6),
    st.dictionaries(st.sampled_from(["name", "type", "options", "values", "components"]), json_),
)
def test_whatever_else_is_sent_is_read_or_refused_and_never_takes_the_bot_down(
    kind: int, data: dict[str, Any]
) -> None:
    try:
        act = Act.of(interaction(kind, data))
    except (KeyError, TypeError, ValueError, AttributeError):
        return
    assert act is None or act.kind


async def test_an_act_that_cannot_be_read_keeps_no_other_from_being_answered(hall: Hall) -> None:
    assert await hall.after({"type": 2}, slash("follow", term="x")) == ["Certainly."]


async def test_an_act_told_twice_is_done_once(hall: Hall) -> None:
    act = slash("follow", term="x")
    await hall.after(act, act, act)
    assert len(hall.desk.taken) == 1


async def test_the_first_answer_is_on_its_way_before_anything_is_looked_up_and_for_their_eyes_alone(
    hall: Hall,
) -> None:
    await hall.after(act := slash("follow", term="x"))
    assert hall.discord.callbacks[act["token"]] == {"type": 5, "data": {"flags": 64}}
    lines = [line for _, line, _ in hall.discord.calls]
    assert lines.index(f"POST /interactions/{act['id']}/{act['token']}/callback") == 1  # after the commands


async def test_an_act_that_is_not_ours_to_answer_is_not_done(hall: Hall) -> None:
    hall.discord.fail("POST /interactions/*", refusal(400, 40060))
    await hall.after(slash("follow", term="x"))
    assert hall.desk.taken == []


async def test_an_answer_whose_acknowledgement_got_lost_is_given_all_the_same(hall: Hall) -> None:
    hall.discord.fail("POST /interactions/*", "lost")
    hall.discord.faults.append(type(hall.discord.faults[0])("POST /interactions/*", refusal(400, 40060)))
    assert await hall.after(slash("follow", term="x")) == ["Certainly."]
    assert len(hall.desk.taken) == 1


async def test_who_begins_to_follow_has_a_conversation_from_then_on(hall: Hall) -> None:
    await hall.after(slash("follow", term="x"))
    await hall.after(slash("follow", term="y"))
    assert len(hall.discord.called(OPEN)) == 1
    assert await hall.storage.notes.read(alice, DM) == hall.discord.direct[ALICE]


async def test_in_their_own_conversation_it_is_known_without_asking(hall: Hall) -> None:
    told = slash("follow", term="x") | {"guild_id": None, "member": None, "user": {"id": ALICE}, "context": 1}
    await hall.after(told)
    assert hall.discord.called(OPEN) == []
    assert await hall.storage.notes.read(alice, DM) == CHANNEL


async def test_commands_are_published_once_and_again_only_when_they_change(hall: Hall) -> None:
    await hall.after(slash("follow"))
    await hall.after(slash("follow"))
    assert len(hall.discord.commands) == 1
    other = CommandRegistry()
    other.command("follow")(answers)
    gate = FakeGate()
    gate.said.put_nowait(None)
    await a_discord_adapter(hall.discord, gate, hall.storage).run(other, hall.desk)
    assert len(hall.discord.commands) == 2


async def test_commands_that_discord_did_not_take_are_published_at_the_next_start(hall: Hall) -> None:
    hall.discord.fail("PUT /applications/*", refusal(500), times=1)
    await hall.after(slash("follow"))
    await hall.after(slash("follow"))
    assert len(hall.discord.called(f"PUT /applications/{APPLICATION}/commands")) == 2


async def test_a_button_of_a_channels_post_works_for_everybody_after_a_restart(hall: Hall) -> None:
    post = await hall.shown()
    [button] = [part for part in walked(post) if part["type"] == 2]
    told = press(button["custom_id"], post)
    told["member"]["user"]["id"] = BOB
    assert await hall.after(told) == ["Certainly."]
    [done] = hall.desk.taken
    assert (done.command, done.arguments, done.user.id) == ("save", {"paper": "#7"}, BOB)


async def test_a_button_that_is_anothers_or_forged_does_nothing(hall: Hall) -> None:
    theirs = BUTTONS.written(SAVE, Address("discord", "", BOB))
    for text in (theirs, theirs[:-1] + "8", "nonsense", "~ogone?abc"):
        [answer] = await hall.after(press(f"A{text}"))
        assert "not yours, or too old" in answer or "too old" in answer
    assert hall.desk.taken == []


async def test_a_button_that_can_be_taken_back_says_so_in_its_place(hall: Hall) -> None:
    custom = f"A{BUTTONS.written(SAVE, alice)}"
    post = {
        "flags": 1 << 15,
        "components": [{"type": 1, "components": [{"type": 2, "label": "Save", "custom_id": custom}]}],
    }
    act = press(custom, post)
    await hall.after(act)
    [shown] = hall.discord.whispers[act["token"]]
    [button] = [part for part in walked(shown) if part["type"] == 2]
    assert button["label"] == "Saved ✓"
    await hall.after(press(button["custom_id"], shown | {"flags": 1 << 15}))
    assert [one.command for one in hall.desk.taken] == ["save", "unsave"]


@pytest.mark.parametrize(("flags", "kind"), [(1 << 15, "components"), (0, "embeds")])
async def test_what_takes_the_place_of_a_post_is_of_its_kind_whatever_the_setting_says(
    hall: Hall, flags: int, kind: str
) -> None:
    act = press(f"A{BUTTONS.written(Action('Show', 'show'), alice)}", {"flags": flags, "components": []})
    await hall.after(act)
    [shown] = hall.discord.whispers[act["token"]]
    assert shown[kind]
    assert bool(shown.get("flags", 0) & 1 << 15) == (kind == "components")


async def test_files_follow_the_answer(hall: Hall) -> None:
    hall.desk.answer = Message("Yours", files=(File("interests.json", b"{}", "your interests"),))
    assert await hall.after(slash("follow")) == ["Yours", "your interests"]


async def test_a_form_is_answered_with_what_it_would_find_and_opens_again(hall: Hall) -> None:
    field = {"type": 4, "custom_id": "term", "value": "flow"}
    act = interaction(5, {"custom_id": "form", "components": [{"type": 18, "component": field}]})
    await hall.after(act)
    [done] = hall.desk.taken
    assert (done.command, done.arguments) == ("try", {"term": "flow"})
    [edit] = [part for part in walked(hall.discord.whispers[act["token"]][0]) if part.get("label") == "Edit"]
    again = press(edit["custom_id"])
    await hall.after(again)
    opened = hall.discord.callbacks[again["token"]]
    assert opened["type"] == 9
    assert opened["data"]["components"][0]["component"]["value"] == "flow"


async def test_a_channel_of_another_server_cannot_be_named(hall: Hall) -> None:
    hall.discord.guild_of["300000000000000077"] = "300000000000000078"
    for channel, said_ in (
        ("300000000000000077", "not on this server"),
        ("300000000000000079", "cannot see"),
    ):
        [answer] = await hall.after(slash("channel add", "papers-admin", channel=channel))
        assert said_ in answer
    assert hall.desk.taken == []
    assert await hall.after(slash("channel add", "papers-admin", channel=f"<#{CHANNEL}>")) == ["Certainly."]


async def test_a_channel_that_discord_itself_resolved_needs_no_question(hall: Hall) -> None:
    told = slash("channel style", "papers-admin", channel="300000000000000079")
    told["data"]["resolved"] = {"channels": {"300000000000000079": {}}}
    assert await hall.after(told) == ["Certainly."]


async def test_what_the_bot_is_missing_in_a_channel_is_said_when_it_is_added(hall: Hall) -> None:
    roles = [{"id": GUILD, "permissions": str(1 << 10 | 1 << 11)}]
    hall.discord.told = {
        f"/guilds/{GUILD}/members/{APPLICATION}": {"roles": []},
        f"/guilds/{GUILD}/roles": roles,
    }
    [answer] = await hall.after(slash("channel add", "papers-admin", channel=CHANNEL))
    assert "Allow me: Embed Links, Read Message History" in answer


async def test_when_the_bot_is_removed_from_a_server_what_was_kept_of_it_goes(hall: Hall) -> None:
    class Leaving(FakeGate):
        async def run(self, listener: Any) -> None:
            await listener.left(GUILD)

    await a_discord_adapter(hall.discord, Leaving(), hall.storage).run(commands, hall.desk)
    assert hall.storage.forgotten == [GUILD]


async def test_an_answer_is_put_in_place_however_often_discord_stumbles(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio, "sleep", _no_time)
    hall.discord.fail("PATCH /webhooks/*", refusal(503), times=2)
    hall.discord.fail("PATCH /webhooks/*", "lost", times=2)
    assert await hall.after(slash("follow", term="x")) == ["Certainly."]
    assert len(hall.discord.called("PATCH /webhooks/*")) == 5


_really = asyncio.sleep


async def _no_time(_seconds: float) -> None:
    await _really(0)


async def test_rows_of_buttons_are_answered_beside_the_post(hall: Hall) -> None:
    hall.desk.answer = Message("More", (Actions((Action("Go on", "follow", {"term": "x"}),)),))
    post = await hall.shown()
    [button] = [part for part in walked(post) if part["type"] == 2]
    await hall.after(act := press(button["custom_id"], post))
    [answer] = hall.discord.whispers[act["token"]]
    assert answer["flags"] & 64
    assert len(hall.discord.called(SEND)) == 1


def test_the_further_pages_of_a_post_are_kept_whatever_signs_a_title_holds() -> None:
    message = Message("s", tuple(Card(said("\ud800 " + "word " * 110), number) for number in range(9)))
    written = post(message, Pen(BUTTONS, alice, MOST_WRITTEN))
    [kept] = written.notes.values()
    assert kept.isascii()
    assert reread(kept) == message
    assert reread("{") is None
