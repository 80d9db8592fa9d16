"""A community on Discord, from outside: a real day lands, and everything that can be pressed is pressed."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import discord_peer, shared
from tests.discord_peer import DiscordPeer, text_of, walked
from tests.e2e.test_discord import Bot

pytestmark = [*discord_peer.needs_discord_peer, *shared.needs_shared, pytest.mark.slow]

TERM = "diffusion OR agents"


@pytest.fixture
async def peer() -> AsyncIterator[DiscordPeer]:
    async with discord_peer.running() as peer:
        yield peer
        assert await peer.get("problems") == []


def pressable(message: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Everything that can be pressed or chosen: its label, the component's id, the value that is chosen."""
    found = []
    for part in walked(message):
        if part["type"] == 2 and part.get("custom_id"):
            found.append((part["label"], part["custom_id"], ""))
        found += [(one["label"], part["custom_id"], one["value"]) for one in part.get("options", ())]
    return found


async def pressed_all(peer: DiscordPeer, message: Mapping[str, Any], where: Mapping[str, str]) -> None:
    """Press everything, one after the other as it stands there then; all of it is answered without an apology."""
    before = {label: (id_, value) for label, id_, value in pressable(message)}
    assert len(before) >= 3
    for label in before:
        [now] = [one for one in await peer.messages(where["channel"]) if one["id"] == message["id"]]
        there = {name: (id_, value) for name, id_, value in pressable(now)}
        if label not in there:
            continue  # what was pressed before has changed it
        id_, value = there[label]
        acted = await peer.act(
            "select" if value else "button",
            custom_id=id_,
            message=message["id"],
            **({"values": [value]} if value else {}),
            **where,
        )
        shown = await peer.shown(acted, where["channel"])
        assert "went wrong" not in text_of(shown), label


async def _suggested(peer: DiscordPeer) -> None:
    """While a term is typed, phrases of the day are suggested."""
    typing = {"name": "term", "type": 3, "value": "large lan", "focused": True}
    told = [{"name": "follow", "type": 1, "options": [typing]}]
    row = await peer.answered(await peer.act("autocomplete", name="papers", options=told))
    choices = [one["value"] for one in json.loads(row["data"])["choices"]]
    assert choices[0] == "large lan"
    assert "large language" in choices


async def _found_by_menu_and_form(peer: DiscordPeer, post: Mapping[str, Any]) -> None:
    papers = peer.channel("papers")
    found = await peer.act("slash", name="Find papers like this", kind=3, target=post["id"])
    assert (await peer.shown(found, papers))["flags"] & 64
    write = [{"name": "write", "type": 1, "options": []}]
    row = await peer.answered(await peer.act("slash", name="papers", options=write))
    assert row["type"] == 9
    field = {"type": 4, "custom_id": "term", "value": "diffusion"}
    filled = await peer.act("modal", custom_id="form", components=[{"type": 18, "component": field}])
    tried = await peer.shown(filled, papers)
    assert "diffusion" in text_of(tried)
    assert "Edit" in {label for label, _, _ in pressable(tried)}


async def test_a_real_day_in_a_channel_and_a_conversation_with_every_button_before_and_after_a_restart(
    peer: DiscordPeer, tmp_path: Path
) -> None:
    bot = Bot(peer, tmp_path)
    papers, direct = peer.channel("papers"), await peer.dm()
    theirs = {"channel": direct, "user": peer.user(), "guild": peer.guild()}
    ours = {"channel": papers, "user": peer.user("bob"), "guild": peer.guild()}
    async with bot.running():
        assert "You follow" in text_of(await peer.give("papers follow", channel=direct, term=TERM))
        await peer.give("papers schedule", channel=direct, when="instantly")
        assert "gets digests" in text_of(await peer.give("papers-admin channel add", channel_=papers))
        assert "follows" in text_of(
            await peer.give("papers-admin channel follow", channel_=papers, term=TERM)
        )
        await peer.give("papers-admin channel schedule", channel_=papers, when="instantly")
        status, said = await bot.words("land", str(shared.DAY))
        assert (status, "274 papers landed" in said) == (0, True), said
        [*_, digest] = await peer.until(
            lambda found: any("new papers match" in text_of(one) for one in found), direct
        )
        [*_, post] = await peer.until(
            lambda found: any("new papers match" in text_of(one) for one in found), papers
        )
        await pressed_all(peer, digest, theirs)
        await pressed_all(peer, post, ours)
        await _suggested(peer)
        await _found_by_menu_and_form(peer, post)
    async with bot.running():
        [*_, again] = [one for one in await peer.messages(direct) if one["id"] == digest["id"]]
        await pressed_all(peer, again, theirs)
        [*_, again] = [one for one in await peer.messages(papers) if one["id"] == post["id"]]
        await pressed_all(peer, again, ours)
    assert "Traceback" not in (tmp_path / "log").read_text()
