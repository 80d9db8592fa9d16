"""Whatever is said on Discord fits Discord's own description and limits, calls nobody and leads nowhere foreign."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.discord import markdown
from adapters.discord.declaring import declared
from adapters.discord.render import MOST_WRITTEN
from adapters.discord.threads import parted
from adapters.discord.writing import mark_of, nonce_of, post
from bot.buttons import Pen
from bot.commands import commands
from bot.messages import Message, Paragraph, said
from bot.models import Address
from tests import discord_peer
from tests.contract.test_renderers import anything, messages
from tests.fake_discord import walked
from tests.fake_slack import BUTTONS

pytestmark = discord_peer.needs_discord_peer

FOREIGN = st.sampled_from(
    [
        "@everyone",
        "@here",
        "<@123456789012345678>",
        "<@&123456789012345678>",
        "<#123456789012345678>",
        "https://evil.example/x",
        "[paper](https://evil.example)",
        "<https://evil.example>",
        "discord.gg/evil",
        "`",
        "```",
        "||",
        "\\",
        "\N{GRINNING FACE}" * 7,
        "Σ" * 40,
    ]
)
_QUIET = re.compile(r"\\.|(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)  # escaped or code, read from the left
_CALLS = re.compile(r"@|<[#@&/:!]")
_LINK = re.compile(r"https?://([^\s/)>]+)")


def bodies(message: Message, *, classic: bool) -> Iterator[dict[str, Any]]:
    """Every page of the message as it is posted."""
    owner = Address("discord", "", "123456789012345678")
    for number in range(40):
        written = post(
            message, Pen(BUTTONS, owner, MOST_WRITTEN), page=number, mark=mark_of("k"), classic=classic
        )
        yield {**written.payload, "nonce": nonce_of("k"), "enforce_nonce": True}
        if f"Show more ({number + 2} of" not in str(written.payload):
            return


def generated(count: int) -> list[dict[str, Any]]:
    """Bodies of so many messages that were made up, in both looks and threaded too."""
    found: list[dict[str, Any]] = []

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(messages(anything | FOREIGN))
    def made(message: Message) -> None:
        for one in (message, *parted(message)):
            found.extend(bodies(one, classic=False))
        found.extend(bodies(message, classic=True))

    made()
    return found


def calls(body: Mapping[str, Any]) -> list[str]:
    """What in it would call somebody, or lead elsewhere than we meant."""
    found = [] if body["allowed_mentions"] == {"parse": []} else ["somebody may be called"]
    texts = [part["content"] for part in walked(body) if part["type"] == 10]
    texts += [embed["description"] for embed in body.get("embeds") or ()]
    for text in texts:
        bare = _QUIET.sub("", text)
        found += [f"{sign[0]} in {text!r}" for sign in _CALLS.finditer(bare)]
        found += [f"{host} in {text!r}" for host in _LINK.findall(bare) if host != "example.org"]
    return found


def wrong(found: Sequence[dict[str, Any]]) -> list[str]:
    return [*discord_peer.judged("message", found), *(sign for body in found for sign in calls(body))]


@pytest.mark.parametrize("count", [60, pytest.param(10_000, marks=pytest.mark.slow)])
def test_made_up_messages_are_what_discord_takes_and_do_no_harm(count: int) -> None:
    found = generated(count)
    print(f"{count} messages, {len(found)} posts")  # noqa: T201  # quoted
    assert len(found) >= 2 * count
    assert wrong(found)[:3] == []


def test_the_judge_sees_what_is_too_long_and_who_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    [body] = bodies(Message("s", (Paragraph(said("@everyone https://evil.example")),)), classic=False)
    assert wrong([body]) == []
    long = {
        "flags": 1 << 15,
        "components": [{"type": 10, "content": "x" * 4_001}],
        "allowed_mentions": {"parse": []},
    }
    assert wrong([long]) != []
    monkeypatch.setattr(markdown, "_SIGNS", re.compile("(?!)"))
    [body] = bodies(Message("s", (Paragraph(said("@everyone https://evil.example")),)), classic=False)
    assert len(calls(body)) == 2


def test_the_commands_are_what_discord_takes() -> None:
    assert discord_peer.judged("commands", [declared(commands)]) == []
