"""Servers whose people belong to none, as on Discord: what one decides or shares, another does not see."""

import json
from dataclasses import replace

from bot.messages import Message
from bot.models import Address, Invocation, Value
from bot.workspaces import TeamList
from tests.fakes import at, text_of
from tests.lab import Lab

here, there = (Address("fake", server, "general", "channel") for server in ("here", "there"))
admin, guest = (Address("fake", "", name) for name in ("admin", "guest"))


async def told(lab: Lab, user: Address, place: Address, command: str, **arguments: Value) -> Message:
    return await lab.dispatch(Invocation(command, user, place, arguments, admin=True))


async def ask(lab: Lab, user: Address, place: Address, command: str, **arguments: Value) -> str:
    text = text_of(await told(lab, user, place, command, **arguments))
    assert "some-id" not in text
    return text


async def test_spellings_of_one_server_are_not_those_of_another(lab: Lab) -> None:
    await ask(lab, admin, here, "admin alias add", one="PINN", other="canary network")
    assert "canary network" in await ask(lab, admin, here, "admin alias list")
    assert "canary" not in await ask(lab, admin, there, "admin alias list")
    await ask(lab, guest, there, "follow", term="PINN")
    assert "canary" not in (await lab.storage.people.interests(guest))[0].normal
    await ask(lab, admin, here, "follow", term="PINN")
    assert "canary" in (await lab.storage.people.interests(admin))[0].normal


async def test_what_people_follow_elsewhere_is_not_told(lab: Lab) -> None:
    for name in ("one", "two", "three"):
        await ask(lab, Address("fake", "", name), here, "follow", term="canary topic")
    for place in (there, here, guest):
        assert "canary" not in await ask(lab, guest, place, "lists")
        assert "canary" not in str(await told(lab, guest, place, "start"))


async def test_what_channels_of_the_server_follow_is_told_there(lab: Lab) -> None:
    for name in ("#one", "#two"):
        await ask(lab, admin, here, "admin channel add", channel=name)
        await ask(lab, admin, here, "admin channel follow", channel=name, term="grokking")
    assert "grokking" in await ask(lab, guest, here, "lists")
    assert "grokking" not in await ask(lab, guest, there, "lists")


async def test_whoever_belongs_to_no_server_is_forgotten_and_exported_in_all_of_them(lab: Lab) -> None:
    for place in (here, there):
        await ask(lab, guest, place, "share", name="my canary", term="grokking")
        await ask(lab, admin, place, "admin roles add", who="guest")
        await ask(lab, guest, place, "admin limits")
    [*_, file] = [one for one in (await told(lab, guest, here, "export")).files if "json" in one.name]
    kept = json.loads(file.content)
    assert [(one["workspace"], one["name"]) for one in kept["lists"]] == [
        ("here", "my canary"),
        ("there", "my canary"),
    ]
    await ask(lab, guest, here, "forget-me", sure=True)
    for server in ("here", "there"):
        assert await lab.storage.lists.lists("fake", server) == []
        assert (await lab.storage.workspaces.get("fake", server)).roles == ()
        acts = await lab.storage.audit.acts("fake", server, 99)
        assert len(acts) == 2
        assert "guest" not in str(acts)


async def test_forgetting_somebody_of_a_workspace_leaves_their_namesake_elsewhere_alone(lab: Lab) -> None:
    ana = Address("fake", "lab", "ana")
    for one in (ana, replace(ana, workspace="other")):
        await lab.storage.lists.share(TeamList("fake", one.workspace, "hers", ("x",), "ana"), at=at())
    await lab.ask("forget-me", ana, sure=True)
    assert await lab.storage.lists.lists("fake", "lab") == []
    assert len(await lab.storage.lists.lists("fake", "other")) == 1
