"""A thousand forged and foreign buttons pressed on either platform's stand-in: none is accepted, none has an effect.

`./dev test -m slow tests/e2e/test_forged_buttons.py` presses a thousand on each; the short run one of each kind.
"""

import hmac
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

from adapters.discord.replying import Replies
from bot import buttons
from bot.app import App
from bot.buttons import Buttons
from bot.dispatcher import Dispatcher
from bot.keys import Keys
from bot.models import Address, Invocation
from bot.workspaces import Limits, Workspace
from tests import discord_peer, slack_peer
from tests.discord_peer import DiscordPeer, needs_discord_peer, text_of, walked
from tests.e2e.forging import CLEAR, Forger, all_that_is_kept
from tests.e2e.running import SECRETS, TEAM, Ahead, on_discord, on_slack, until, values
from tests.e2e.test_roles import slack_people
from tests.fake_slack import texts
from tests.slack_peer import SlackPeer, needs_slack_peer

KEYS: Final = Buttons(Keys.read(SECRETS).derived("buttons"))
TOPIC: Final = "grokking OR " + " OR ".join(f"topic{number}" for number in range(20))
ONCE, THOUSAND = 0, 1_000  # of each kind one, or so many in all
some = pytest.mark.parametrize("presses", [ONCE, pytest.param(THOUSAND, marks=pytest.mark.slow)])

Press = Callable[[str], Awaitable[str]]
"""Presses a button, and says what is answered."""


@dataclass
class Door:
    """What comes through to the commands."""

    came: list[Invocation] = field(default_factory=list)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    found, run = Door(), Dispatcher.__call__

    async def counted(dispatcher: Dispatcher, invocation: Invocation) -> Any:
        found.came.append(invocation)
        return await run(dispatcher, invocation)

    monkeypatch.setattr(Dispatcher, "__call__", counted)
    return found


async def accepted(app: App, door: Door, forger: Forger, press: Press, presses: int, most: int) -> list[str]:
    """What went wrong with so many presses; nothing should have."""
    before, wrong = await all_that_is_kept(app.storage._database), list[str]()  # type: ignore[attr-defined]  # the rows
    for kind, text in itertools.islice(forger.forged(most), presses or len(forger.kinds())):
        door.came.clear()
        said = await press(text)
        if door.came:
            wrong.append(f"{kind} was accepted: {text!r} ran {door.came[0].command}")
        elif not any(clear in said for clear in CLEAR):
            wrong.append(f"{kind} was answered with {said!r}")
    if await all_that_is_kept(app.storage._database) != before:  # type: ignore[attr-defined]  # likewise
        wrong.append("something that is kept has changed")
    return wrong


@pytest.fixture
def slack() -> Iterator[SlackPeer]:
    with slack_peer.running() as running:
        yield running


@pytest.fixture
async def discord() -> AsyncIterator[DiscordPeer]:
    async with discord_peer.running() as peer:
        yield peer


def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the reader of buttons looks at no signature."""
    blind = SimpleNamespace(digest=hmac.digest, compare_digest=lambda *_: True)
    monkeypatch.setattr(buttons, "hmac", blind)


@needs_slack_peer[0]
@needs_slack_peer[1]
@needs_slack_peer[2]
@some
async def test_no_forged_button_is_accepted_on_slack(
    slack: SlackPeer, tmp_path: Path, door: Door, monkeypatch: pytest.MonkeyPatch, presses: int
) -> None:
    people, channel = await slack_people(slack), "C000000001"
    async with on_slack(slack, tmp_path, Ahead()) as (app, outside):
        await app.storage.workspaces.keep(Workspace("slack", TEAM, Limits(commands=600)))

        async def given(person: str, *lines: str) -> tuple[str, ...]:
            answers = [await outside.type(line, people[person], channel) for line in lines]
            return tuple(value for answer in answers for value in values(answer).values())

        hers = await given(
            "alice", "admin pause-all", "forget-me", f"follow {TOPIC}", f"admin announce {'a' * 1_400}"
        )
        his = await given("bob", "follow diffusion", "forget-me", "interests")
        bob = Address("slack", TEAM, people["bob"])
        forger = Forger(bob, his, hers, KEYS, random.Random(8))  # plays

        async def press(text: str) -> str:
            answer = await outside.press(text, people["bob"], channel)
            return " ".join(texts(answer.get("blocks") or answer["text"]))

        assert await accepted(app, door, forger, press, presses, 2_000) == []
        careless(monkeypatch)
        found = await accepted(app, door, forger, press, 12, 2_000)
        assert [one for one in found if "was accepted" in one], (
            "the trial catches a reader that looks at no signature"
        )


@needs_discord_peer[0]
@needs_discord_peer[1]
@needs_discord_peer[2]
@some
async def test_no_forged_button_is_accepted_on_discord(
    discord: DiscordPeer, tmp_path: Path, door: Door, monkeypatch: pytest.MonkeyPatch, presses: int
) -> None:
    answers, add = list[str](), Replies.add

    async def added(replies: Replies, act: Any, payload: Any, files: Any = ()) -> None:
        await add(replies, act, payload, files)
        answers.append(text_of(payload))

    monkeypatch.setattr(Replies, "add", added)
    async with on_discord(discord, tmp_path, Ahead()) as app:
        await app.storage.workspaces.keep(Workspace("discord", discord.guild(), Limits(commands=600)))
        shown: dict[str, Any] = {}

        async def given(person: str, *lines: tuple[str, dict[str, Any]]) -> tuple[str, ...]:
            for name, options in lines:
                shown[person] = await discord.give(name, person, **options)
                ids = [part["custom_id"][1:] for part in walked(shown[person]) if part.get("custom_id")]
                found.setdefault(person, []).extend(ids)
            return tuple(found[person])

        found: dict[str, list[str]] = {}
        hers = await given(
            "alice",
            ("papers-admin pause-all", {}),
            ("papers forget-me", {}),
            ("papers follow", {"term": TOPIC}),
            ("papers-admin announce", {"text": "a" * 1_400}),
        )
        his = await given(
            "bob", ("papers follow", {"term": "diffusion"}), ("papers forget-me", {}), ("papers help", {})
        )
        bob = Address("discord", "", discord.user("bob"))
        forger = Forger(bob, his, hers, KEYS, random.Random(8))  # plays

        async def press(text: str) -> str:
            before = len(answers)
            await discord.act(
                "button", custom_id=f"0{text}", message=shown["bob"]["id"], user=discord.user("bob")
            )
            await until(lambda: len(answers) > before or door.came)
            return answers[-1] if answers else ""

        assert await accepted(app, door, forger, press, presses, 99) == []
        careless(monkeypatch)
        wrong = await accepted(app, door, forger, press, 12, 99)
        assert [one for one in wrong if "was accepted" in one], (
            "the trial catches a reader that looks at no signature"
        )
