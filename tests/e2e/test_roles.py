"""Who may administer: every role with every admin command in every context, on either platform's stand-in.

`./dev test -m slow tests/e2e/test_roles.py` tries all commands; the short run tries a few.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from adapters.discord.gateway import _Client
from bot.app import App
from bot.commands import commands
from bot.registry import Command
from bot.workspaces import Limits, Workspace
from tests import discord_peer, slack_peer
from tests.discord_peer import DiscordPeer, needs_discord_peer, text_of
from tests.e2e.running import TEAM, Ahead, on_discord, on_slack, proxied, values
from tests.fake_slack import texts
from tests.slack_peer import SlackPeer, needs_slack_peer

ALL: Final = [one for one in commands if one.admin]
FEW: Final = [one for one in ALL if one.name in ("admin limits", "admin channel add", "admin pause-all")]
DENIED: Final = "for those who look after this workspace"
MINUTE: Final = timedelta(seconds=61)

some = pytest.mark.parametrize("tried", [FEW, pytest.param(ALL, marks=pytest.mark.slow)], ids=["few", "all"])


def given(command: Command) -> dict[str, Any]:
    """Something for every option that the command needs; nothing that is destroyed without being asked."""
    kinds: dict[type, Any] = {str: "#papers", int: 1, bool: False}
    needed = [one for one in command.options if one.required]
    return {one.name: one.choices[0] if one.choices else kinds[one.kind] for one in needed}


@pytest.fixture
def slack() -> Iterator[SlackPeer]:
    with slack_peer.running() as running:
        yield running


class Office:
    """What Slack says of people, as the test wants it: `admin` of their ids, and whether it answers at all."""

    def __init__(self) -> None:
        self.admin: dict[str, bool] = {}
        self.answers = True

    def __call__(self, method: str, told: Any) -> Any:
        """What Slack's stand-in *told* of *method*, changed."""
        if method == "users.info" and not self.answers:
            return {"ok": False, "error": "internal_error"}
        if method == "users.info" and told.get("ok") and told["user"]["id"] in self.admin:
            told["user"] |= {"is_admin": self.admin[told["user"]["id"]], "is_owner": False}
        return told


async def slack_people(peer: SlackPeer) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {peer.token}"}
    async with aiohttp.ClientSession() as http, http.post(f"{peer.api}users.list", headers=headers) as answer:
        return {one["name"]: one["id"] for one in (await answer.json())["members"]}


@needs_slack_peer[0]
@needs_slack_peer[1]
@needs_slack_peer[2]
@some
async def test_every_admin_command_on_slack_is_for_those_who_may(
    slack: SlackPeer, tmp_path: Path, tried: list[Command]
) -> None:
    now, office = Ahead(), Office()
    people = await slack_people(slack)
    alice, bob = people["alice"], people["bob"]
    async with (
        proxied(slack.api, office) as api,
        on_slack(slack, tmp_path, now, api) as (app, outside),
    ):
        await open_hands(app, "slack", TEAM)
        places = {"a channel": "C000000001", "a private one": "C000000002", "a direct message": "D000000009"}

        async def may(who: str, person: str, *, allowed: bool) -> None:
            for command in tried:
                for where, channel in places.items():
                    typed = " ".join([command.name, *map(str, given(command).values())])
                    said = " ".join(texts((await outside.type(typed, person, channel))["blocks"]))
                    assert (DENIED not in said) == allowed, f"{who}, {where}: {typed}: {said}"

        office.admin = {alice: True, bob: False}
        await may("an admin", alice, allowed=True)
        await may("a member", bob, allowed=False)
        await outside.type(f"admin roles add <@{bob}>", alice, "C000000001")
        await may("somebody named", bob, allowed=True)
        asked = await outside.type(f"admin roles remove <@{bob}>", alice, "C000000001")
        await outside.press(values(asked)["Remove"], alice, "C000000001")
        await may("somebody named no longer", bob, allowed=False)
        office.admin = {alice: False}
        now.by += MINUTE
        await may("an admin who was demoted a minute ago", alice, allowed=False)
        office.admin = {alice: True}
        now.by += MINUTE
        await may("an admin again", alice, allowed=True)
        office.answers = False
        now.by += MINUTE
        await may("an admin of whom Slack does not say so", alice, allowed=False)


@pytest.fixture
async def discord() -> AsyncIterator[DiscordPeer]:
    async with discord_peer.running() as peer:
        yield peer
        assert await peer.get("problems") == []


class Server:
    """What Discord says of members, as the test wants it: the stand-in makes everybody an admin."""

    def __init__(self) -> None:
        self.members: dict[str, tuple[str, list[str]]] = {}

    def told(self, text: str) -> str:
        """An event with the permissions and roles of the member in it as they are."""
        event = json.loads(text)
        member = (event.get("d") or {}).get("member") if isinstance(event.get("d"), dict) else None
        if member and (known := self.members.get(member["user"]["id"])):
            member["permissions"], member["roles"] = known
        return json.dumps(event)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server()
    receive = _Client.on_socket_raw_receive

    async def changed(client: _Client, text: str) -> None:
        await receive(client, found.told(text))

    monkeypatch.setattr(_Client, "on_socket_raw_receive", changed)
    return found


@needs_discord_peer[0]
@needs_discord_peer[1]
@needs_discord_peer[2]
@some
async def test_every_admin_command_on_discord_is_for_those_who_may(
    discord: DiscordPeer, tmp_path: Path, server: Server, tried: list[Command]
) -> None:
    alice, bob = discord.user("alice"), discord.user("bob")
    manage, administrator, role = str(1 << 5), str(1 << 3), "777777777777777777"
    async with on_discord(discord, tmp_path, Ahead()) as app:
        await open_hands(app, "discord", discord.guild())
        await open_hands(app, "discord", "")

        async def may(who: str, person: str, *, channel: str = "", allowed: bool) -> None:
            for command in tried:
                if not command.listed or (channel and command.name == "admin undo"):
                    continue
                name = command.name.replace("admin ", "papers-admin ", 1)
                answer = await give(discord, name, person, channel or discord.channel(), command)
                assert (DENIED not in text_of(answer)) == allowed, f"{who}: {name}: {text_of(answer)}"

        server.members = {alice: (manage, []), bob: ("0", [])}
        await may("who manages the server", "alice", allowed=True)
        await may("a member", "bob", allowed=False)
        await may(
            "who manages the server, in a direct message", "alice", channel=await discord.dm(), allowed=False
        )
        await discord.give("papers-admin roles add", "alice", who=bob)
        await may("somebody named", "bob", allowed=True)
        direct = await discord.dm("bob")
        await may("somebody named, in a direct message", "bob", channel=direct, allowed=False)
        await discord.give("papers-admin roles remove", "alice", who=bob, sure=True)
        await may("somebody named no longer", "bob", allowed=False)
        await discord.give("papers-admin roles add", "alice", who=role)
        server.members = {alice: (administrator, []), bob: ("0", [role])}
        await may("somebody with a role", "bob", allowed=True)
        await may("an administrator", "alice", allowed=True)
        server.members = {alice: ("0", []), bob: ("0", ["7"])}
        await may("somebody who was demoted", "alice", allowed=False)
        await may("somebody with another role", "bob", allowed=False)


async def give(discord: DiscordPeer, name: str, person: str, place: str, command: Command) -> dict[str, Any]:
    """Give the command there with whatever it needs, and see the answer; a channel is picked from the list."""
    before = len(await discord.messages(place))
    group, *words = name.split()
    told: list[dict[str, Any]] = [
        {"name": one, "type": 7, "value": discord.channel()}
        if one == "channel"
        else {"name": one, "type": {bool: 5, int: 4}.get(type(value), 3), "value": value}
        for one, value in given(command).items()
    ]
    for depth, word in enumerate(reversed(words)):
        told = [{"name": word, "type": 2 if depth else 1, "options": told}]
    for _ in range(3):  # a machine that is busy may acknowledge too late, and people try again
        await discord.act("slash", user=discord.user(person), channel=place, name=group, options=told)
        with contextlib.suppress(AssertionError):
            return await discord.seen(place, before)
    raise AssertionError(f"{name} was not answered")


async def open_hands(app: App, platform: str, name: str) -> None:
    """Let everybody ask as often as the trial does."""
    await app.storage.workspaces.keep(Workspace(platform, name, Limits(commands=600)))


def test_the_trial_would_see_a_command_that_lets_everybody_in() -> None:
    """That the words looked for are those of the answer, and stand in no other."""
    from bot import permission  # noqa: PLC0415  # only here
    from bot.errors import NotAllowed  # noqa: PLC0415  # likewise
    from bot.models import Address, Invocation  # noqa: PLC0415  # likewise

    ada = Address("fake", "lab", "ada")
    for command in ALL:
        with pytest.raises(NotAllowed, match=DENIED):
            permission.check(command, Invocation(command.name, ada, ada), Workspace("fake", "lab"))
