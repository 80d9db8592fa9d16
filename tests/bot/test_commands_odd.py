"""What an admin, or somebody who would like to be one, types into commands: odd, huge, empty, and of others."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import pytest

from adapters.discord.render import MOST_WRITTEN
from adapters.discord.writing import post
from adapters.slack.render import pages
from adapters.typed import read
from bot.buttons import Buttons, Pen
from bot.commands import commands
from bot.errors import UserError
from bot.interfaces import Storage
from bot.messages import Message
from bot.models import Address, Invocation, Value
from bot.registry import Command
from bot.workspaces import Limits, Workspace
from tests.fakes import KEY, text_of
from tests.lab import Lab

ODD: Final = (
    "| |\u200b|\u202e evil|" + "a" * 5_000 + "|" + "é" * 300 + "|" + "💥" * 200 + "|'; DROP TABLE reader;--|\"|\"\"|"
    '"unclosed|“|`|``x``|<|>|<@U000000001>|<@U000000001> <@U2>|<#C000000001>|<#C000000001> yes|#papers|#other|@all|'
    '<!channel>|-1|0|1|99999999999999999999|1e9|NaN|null|true|yes|no|{}|[]|{"channels": 5}|{"roles": ["\\u0000"]}|'
    "\x00|\ud800|\n\n|a\nb|a,b,c|../../etc/passwd|http://127.0.0.1/|https://me:pw@example.org/x|file:///etc/passwd|cs.LG|"
    "*|(|OR|NOT x|title:|%s%n|{{7*7}}|${jndi}|𝓟𝓪𝓹𝓮𝓻𝓼|２００|on|off|monday 25:99|Mars/Phobos|08:30 Europe/Paris|full"
).split("|")  # fmt: skip
USUAL: Final[dict[type, Value]] = {str: "<#C000000001>", int: 1, bool: True}
HERE: Final = Workspace("slack", "lab", Limits(commands=600))
ANA: Final = Address("slack", "lab", "U000000009")
ROOM: Final = Address("slack", "lab", "C000000001", "channel")
ON_DISCORD: Final = Address("discord", "", "111111111111111111")
BUTTONS: Final = Buttons((KEY,))


def given(command: Command) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """The command with each odd text in each option, and typed."""
    needed = {
        one.name: one.choices[0] if one.choices else USUAL[one.kind]
        for one in command.options
        if one.required
    }
    for odd in ODD if command.options else [""]:
        yield from ((command.name, {**needed, option.name: odd}) for option in command.options)
        try:
            yield read(f"{command.name} {odd}", commands)
        except UserError:
            continue


def drawn(message: Message) -> None:
    """Both platforms can show it, as it is sent."""
    for page in pages(message, lambda action: BUTTONS.written(action, ANA)):
        str(page.blocks).encode()
    str(post(message, Pen(BUTTONS, ANA, MOST_WRITTEN)).payload).encode()


@pytest.mark.parametrize("most", [50, pytest.param(100_000, marks=pytest.mark.slow)])
async def test_whatever_is_typed_has_an_answer_that_can_be_shown(lab: Lab, most: int) -> None:
    await lab.storage.workspaces.keep(HERE)
    tries = [one for command in commands if command.name not in {"trends", "add"} for one in given(command)]
    chance = random.Random(9)  # plays
    for number, (name, arguments) in enumerate(chance.sample(tries, min(most, len(tries)))):
        answer = await lab.dispatch(Invocation(name, ANA, ROOM, arguments, admin=True))
        assert "some-id" not in text_of(answer), (name, arguments)
        drawn(answer)
        if number % 500 == 499:
            lab.clock.pass_by(minutes=2)


@pytest.mark.parametrize(
    "huge", [2**31, *(pytest.param(one, marks=pytest.mark.slow) for one in (10**17, -(2**31) - 1))]
)
async def test_a_number_that_is_too_big_for_the_database_is_one_of_nothing(
    storage: Storage, huge: int
) -> None:
    lab = Lab(storage)
    await storage.workspaces.keep(HERE)
    for command in commands:
        numbers = {one.name: huge for one in command.options if one.kind is int}
        texts = {one.name: str(huge) for one in command.options if one.kind is str and not one.choices}
        if numbers or command.name in {"why", "save", "unfollow", "interests"}:
            choices = {one.name: one.choices[0] for one in command.options if one.choices and one.required}
            answer = await lab.dispatch(
                Invocation(command.name, ANA, ROOM, {**texts, **choices, **numbers}, admin=True)
            )
            assert "went wrong" not in text_of(answer), command.name


async def said(lab: Lab, line: str, user: Address = ANA, place: Address = ROOM) -> Message:
    """The answer to a line that an admin types."""
    name, arguments = read(line, commands)
    return await lab.dispatch(Invocation(name, user, place, arguments, admin=True))


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("admin roles add @nobody", "I do not know @nobody here. Pick them from the list"),
        ("admin roles add \u200b", "is nobody I can read"),
        ("admin channel add #nowhere", "I see no channel #nowhere here. Pick it from the list"),
        ("admin test #nowhere", "I see no channel #nowhere here"),
        ('admin channel add "', "is no channel. Write it as"),
        ("admin source add null", "I cannot tell what “null” is. Name the address of a feed"),
        ("admin source add #papers", "I cannot tell what “#papers” is"),
        ("admin retract 77", "Nobody waits to be told number 77"),
        ("admin announce \x00", "needs a text"),
        ("admin alias add PINN", "needs the other spelling"),
        ("admin alias add PINN pinn", "is one spelling: write the other one"),
        ("admin source pause hf", "There is no source called hf. admin source list shows"),
    ],
)
async def test_what_would_come_to_nothing_is_refused_with_its_cure(lab: Lab, line: str, cure: str) -> None:
    answer = await said(lab, line)
    assert answer.refusal
    assert cure in text_of(answer)
    assert (await lab.storage.workspaces.get("slack", "lab")).roles == ()
    assert await lab.storage.workspaces.readers("slack", "lab") == [
        reader
        for reader in await lab.storage.workspaces.readers("slack", "lab")
        if reader.address in {ANA, ROOM}
    ]


async def test_a_channel_that_follows_nothing_is_told_as_a_channel(lab: Lab) -> None:
    await said(lab, "admin channel add <#C000000001|papers>")
    assert "#papers follows nothing yet." in text_of(
        await said(lab, "admin channel unfollow <#C000000001|papers> 1")
    )


async def test_everybody_on_a_discord_server_is_no_role_that_may_administer(lab: Lab) -> None:
    server = "222222222222222222"
    room = Address("discord", server, "333333333333333333", "channel")
    refused = await said(lab, f"admin roles add <@&{server}>", ON_DISCORD, room)
    assert "Everybody is too many" in text_of(refused)
    role = await said(lab, "admin roles add <@&444444444444444444>", ON_DISCORD, room)
    assert not role.refusal
    assert (await lab.storage.workspaces.get("discord", server)).roles == ("444444444444444444",)


async def test_what_nobody_can_type_is_not_kept(lab: Lab) -> None:
    asked = Invocation("follow", ANA, ROOM, {"term": "grok\x00king\ud800"})
    await lab.dispatch(asked)
    await lab.dispatch(replace(asked, arguments={"term": "\ud800"}))
    assert [one.typed for one in await lab.storage.people.interests(ANA)] == ["grokking"]
