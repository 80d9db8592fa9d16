"""What every chat adapter promises. A platform joins with a stage: its adapter, and a stand-in for its other side."""

import asyncio
import io
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Protocol

import pytest
from rich.console import Console

from adapters.console import ConsoleAdapter, buttons
from adapters.slack.adapter import Entrance
from bot.interfaces import ChatAdapter
from bot.messages import MOST_CARDS, Action, Actions, Card, Message, note, said
from bot.models import Address, Invocation
from bot.registry import CommandRegistry
from tests.adapters.keyboard import Keyboard
from tests.fake_discord import ALICE, CHANNEL, GUILD, FakeDiscord, FakeGate, a_discord_adapter, further_pages
from tests.fake_discord import press as pressed
from tests.fake_discord import slash as chosen
from tests.fake_slack import BUTTONS, FakeSlack, FakeStorage, an_adapter, press, slash
from tests.fakes import at

commands = CommandRegistry()


@commands.command("follow")
async def follow(_: object, term: Annotated[str, "A word or phrase"]) -> Message:
    """Get papers about something."""
    return note(term)


@commands.command("today")
async def today(_: object) -> Message:
    """See the digest."""
    return note("today")


class Desk:
    """Takes every invocation down, and gives each the same answer."""

    def __init__(self, answer: Message | None = None) -> None:
        self.answer = answer or note("Certainly.")
        self.taken: list[Invocation] = []

    async def __call__(self, invocation: Invocation) -> Message:
        self.taken.append(invocation)
        return self.answer


class Stage(Protocol):
    """An adapter, and the people on the other side of it."""

    adapter: ChatAdapter
    user: Address
    channel: Address

    def type(self, line: str) -> None:
        """Let the user give a command."""

    def press(self, action: Action, message: Message) -> None:
        """Let the user press a button of a message that will have been shown by then."""

    def hang_up(self) -> None:
        """Let the other side leave for good."""

    def seen(self) -> str:
        """All that was shown so far."""


class ConsoleStage:
    """A terminal without a terminal."""

    def __init__(self) -> None:
        self._keyboard, self._paper = Keyboard(), io.StringIO()
        console = ConsoleAdapter(self._keyboard, Console(file=self._paper, width=100))
        self.adapter: ChatAdapter = console
        self.user = console.user
        self.channel = Address(console.name, "", "papers", "channel")

    def type(self, line: str) -> None:
        self._keyboard.type(line)

    def press(self, action: Action, message: Message) -> None:
        self.type(next(key for key, button in buttons(message).items() if button == action))

    def hang_up(self) -> None:
        self._keyboard.end()

    def seen(self) -> str:
        return self._paper.getvalue()


class SlackStage:
    """Slack in memory, heard over a connection that ends when everything was said."""

    def __init__(self) -> None:
        self._slack, self._said = FakeSlack(), asyncio.Queue[dict[str, Any] | None]()
        self.adapter: ChatAdapter = an_adapter(self._slack, entrance=Entrance(link=self._link))
        self.user = Address("slack", "T1", "U1")
        self.channel = Address("slack", "T1", "CPAPERS01", "channel")

    async def _link(self, take: Callable[[Mapping[str, Any]], None]) -> None:
        while body := await self._said.get():
            take(body)

    def type(self, line: str) -> None:
        self._said.put_nowait(slash(line))

    def press(self, action: Action, message: Message) -> None:
        self._said.put_nowait(press(BUTTONS.written(action, self.user)))

    def hang_up(self) -> None:
        self._said.put_nowait(None)

    def seen(self) -> str:
        return self._slack.read()


class DiscordStage:
    """Discord in memory, heard through a gateway that closes when everything was said."""

    def __init__(self) -> None:
        self._discord, self._gate, self._storage = FakeDiscord(), FakeGate(), FakeStorage()
        self.adapter: ChatAdapter = a_discord_adapter(self._discord, self._gate, self._storage)
        self.user = Address("discord", "", ALICE)
        self.channel = Address("discord", GUILD, CHANNEL, "channel")

    def type(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        self._gate.said.put_nowait(chosen(command, **({"term": rest} if rest else {})))

    def press(self, action: Action, message: Message) -> None:
        self._gate.said.put_nowait(pressed(f"A{BUTTONS.written(action, self.user)}"))

    def hang_up(self) -> None:
        self._gate.said.put_nowait(None)

    def seen(self) -> str:
        return "\n".join([self._discord.read(), *further_pages(self._storage.notes.kept.values())])


STAGES: dict[str, Callable[[], Stage]] = {
    "console": ConsoleStage,
    "slack": SlackStage,
    "discord": DiscordStage,
}

SAVE = Action("Save", "save", {"paper": "#7"})
MORE = Action("Show the other 23", "show", {"digest": 5, "start": 10})
DIGEST = Message(
    "One paper",
    (Card(said("Grokking"), 1, byline="Ada", body=said("It groks."), actions=(SAVE,)), Actions((MORE,))),
)


@pytest.fixture(params=list(STAGES.values()), ids=list(STAGES))
def stage(request: pytest.FixtureRequest) -> Stage:
    made: Stage = request.param()
    return made


async def talk(stage: Stage, desk: Desk) -> None:
    """Answer all that the people have said, until they leave."""
    stage.hang_up()
    async with asyncio.timeout(20):
        await stage.adapter.run(commands, desk)


def test_it_is_named_as_the_addresses_it_serves(stage: Stage) -> None:
    assert stage.adapter.name == stage.user.platform


async def test_a_command_is_dispatched_as_from_who_gave_it(stage: Stage) -> None:
    desk = Desk()
    stage.type('follow "flow matching", RLHF')
    stage.type("today")
    await talk(stage, desk)
    assert [(one.command, dict(one.arguments), one.user) for one in desk.taken] == [
        ("follow", {"term": '"flow matching", RLHF'}, stage.user),
        ("today", {}, stage.user),
    ]


async def test_the_answer_is_shown(stage: Stage) -> None:
    stage.type("today")
    await talk(stage, Desk(note("Nothing has landed yet.")))
    assert "Nothing has landed yet." in stage.seen()


async def test_a_mistyped_command_is_answered_and_the_next_one_works(stage: Stage) -> None:
    desk = Desk()
    stage.type("folow RLHF")
    stage.type("follow RLHF")
    await talk(stage, desk)
    assert [one.command for one in desk.taken] == ["follow"]
    assert "follow" in stage.seen().split("folow", 1)[1]


async def test_a_button_runs_its_command_with_its_arguments(stage: Stage) -> None:
    desk = Desk(DIGEST)
    stage.type("today")
    stage.press(SAVE, DIGEST)
    stage.press(MORE, DIGEST)
    await talk(stage, desk)
    taken = [
        (one.command, {name: str(value) for name, value in one.arguments.items()}, one.user)
        for one in desk.taken[1:]
    ]
    assert taken == [
        ("save", {"paper": "#7"}, stage.user),
        ("show", {"digest": "5", "start": "10"}, stage.user),
    ]


async def test_a_message_is_shown_to_whom_it_is_sent(stage: Stage) -> None:
    ref = await stage.adapter.send(stage.user, DIGEST, key="k1")
    assert ref.platform == stage.adapter.name
    assert "Grokking" in stage.seen()


async def test_the_same_key_never_appears_twice(stage: Stage) -> None:
    first = await stage.adapter.send(stage.user, DIGEST, key="k1")
    again = await asyncio.gather(*(stage.adapter.send(stage.user, DIGEST, key="k1") for _ in range(3)))
    assert stage.seen().count("Grokking") == 1
    assert set(again) == {first}


async def test_what_stands_there_once_stays(stage: Stage) -> None:
    await stage.adapter.send(stage.user, DIGEST, key="k1")
    assert await stage.adapter.take_back(stage.user, key="k1", since=at("00:00")) == 0
    assert stage.seen().count("Grokking") == 1


async def test_different_keys_and_different_readers_each_get_theirs(stage: Stage) -> None:
    refs = [
        await stage.adapter.send(stage.user, DIGEST, key="k1"),
        await stage.adapter.send(stage.user, DIGEST, key="k2"),
        await stage.adapter.send(stage.channel, DIGEST, key="k3"),
    ]
    assert stage.seen().count("Grokking") == len(set(refs))


async def test_the_largest_message_is_one_post(stage: Stage) -> None:
    body = "word " * 100
    cards = tuple(Card(said(f"Title {number}"), number, body=said(body)) for number in range(MOST_CARDS))
    await stage.adapter.send(stage.user, Message("Many", cards), key="k1")
    assert all(f"Title {number}" in stage.seen() for number in range(MOST_CARDS))


async def test_hostile_text_is_shown_as_text(stage: Stage) -> None:
    text = "<!channel> @everyone [bold]not[/bold] *b* `c` <https://example.org|here>"
    await stage.adapter.send(stage.user, note(text), key="k1")
    assert text in stage.seen()


async def test_it_ends_when_the_other_side_leaves(stage: Stage) -> None:
    desk = Desk()
    await talk(stage, desk)
    assert desk.taken == []


async def test_it_ends_when_cancelled(stage: Stage) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stage.adapter.run(commands, Desk()), timeout=0.05)
    stage.hang_up()
