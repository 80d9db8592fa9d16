"""At the gateway: a budget of logins that outlives crashes, one process at a time, and all that is said is heard."""

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import discord as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import budget
from adapters.discord.budget import BURST, REFILL, spend
from adapters.discord.gateway import ITSELF, Gateway, Place
from adapters.discord.turn import LEASE, Turn
from bot.errors import BadSettings
from tests import discord_peer
from tests.discord_peer import DiscordPeer
from tests.fake_slack import FakeNotes
from tests.fakes import Clock, at

DAY = timedelta(days=1)


def crashed(times: int, between: timedelta, note: str = "", now: datetime | None = None) -> list[datetime]:
    """When a program logged in that crashes at once, and is started again so often."""
    now, logins = now or at("00:00"), list[datetime]()
    for _ in range(times):
        note, wait = spend(note, now)
        if not wait:
            logins.append(now)
        now += between  # whoever has to wait is started anew before it is over
    return logins


def most_in_a_day(logins: list[datetime]) -> int:
    return max(
        (sum(one < first + DAY for one in logins[at_:]) for at_, first in enumerate(logins)), default=0
    )


def test_two_thousand_crashes_in_a_day_are_at_most_five_hundred_logins() -> None:
    logins = crashed(2_000, DAY / 2_000)
    assert len(logins) <= 500
    assert logins[-1] - logins[0] > 0.9 * DAY  # and to the end there was a login now and then


def test_without_the_refills_measure_there_would_be_two_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "BURST", 10_000)
    assert len(crashed(2_000, DAY / 2_000)) > 500


@given(st.lists(st.floats(0, 86_400), min_size=1, max_size=300))
def test_however_crashes_are_spread_no_day_has_more_than_five_hundred(seconds: list[float]) -> None:
    note, logins = "", list[datetime]()
    for moment in sorted(seconds * 4):
        now = at("00:00") + timedelta(seconds=moment)
        note, wait = spend(note, now)
        assert wait >= timedelta()
        if wait:
            assert wait <= REFILL
        else:
            logins.append(now)
    assert most_in_a_day(logins) <= BURST + DAY / REFILL


async def test_the_budget_is_shared_by_all_processes_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, notes, slept = Clock(), FakeNotes(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.pass_by(seconds=seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    doors = [Gateway(Place("http://127.0.0.1:1"), "token", notes, clock) for _ in range(2)]
    for number in range(BURST + 10):
        await doors[number % 2].may_identify()
    assert len(slept) == 10
    assert all(seconds == pytest.approx(REFILL.total_seconds(), abs=1) for seconds in slept)


def turn(notes: FakeNotes, clock: Clock, who: str) -> Turn:
    made = Turn(notes, ITSELF, clock)
    made._me = who
    return made


async def test_one_process_at_a_time_has_the_turn_and_the_next_when_it_is_given_up_or_over() -> None:
    clock, notes = Clock(), FakeNotes()
    first, second = turn(notes, clock, "there:1:a"), turn(notes, clock, "elsewhere:2:b")
    assert (await first.taken(), await second.taken()) == (True, False)
    clock.pass_by(seconds=LEASE.total_seconds() - 1)
    assert (await first.taken(), await second.taken()) == (True, False)
    await second.given_up()  # what one does not have one cannot give up
    assert await second.taken() is False
    await first.given_up()
    assert (await second.taken(), await first.taken()) == (True, False)
    clock.pass_by(seconds=LEASE.total_seconds() + 1)
    assert await first.taken() is True


async def test_the_turn_of_a_process_of_this_machine_that_is_dead_is_free_at_once() -> None:
    clock, notes = Clock(), FakeNotes()
    host = socket.gethostname()
    assert await turn(notes, clock, f"{host}:{2**22 + 5}:dead").taken()
    assert await turn(notes, clock, f"{host}:{os.getpid()}:alive").taken()


async def test_of_many_that_ask_at_once_one_gets_it() -> None:
    clock, notes = Clock(), FakeNotes()
    taken = await asyncio.gather(
        *(turn(notes, clock, f"machine-{number}:1:x").taken() for number in range(20))
    )
    assert sum(taken) == 1


class Ears:
    """Hears what happens, and answers nothing."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.opened_ = asyncio.Event()

    async def opened(self, application: str) -> None:
        self.opened_.set()

    def told(self, interaction: Mapping[str, Any]) -> None:
        self.heard.append(str(interaction["data"]["custom_id"]))

    def wrote(self, message: Mapping[str, Any]) -> None:
        self.heard.append(str(message["content"]))

    async def left(self, guild: str) -> None:
        self.heard.append(f"left {guild}")


@pytest.mark.parametrize("worked", [0, 1])
async def test_a_refused_token_ends_the_start_and_later_on_is_waited_for(
    worked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_self: object, _token: str) -> None:
        raise library.LoginFailure

    waits = list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        raise asyncio.CancelledError

    monkeypatch.setattr(library.Client, "login", refused)
    gateway = Gateway(Place("http://127.0.0.1:1"), "token", FakeNotes(), Clock())
    gateway._worked = bool(worked)
    if worked:
        monkeypatch.setattr("adapters.discord.gateway.asyncio.sleep", sleep)
        with pytest.raises(asyncio.CancelledError):
            await gateway._connected(Ears())
        assert waits == [60.0]
    else:
        with pytest.raises(BadSettings, match="Discord refuses it"):
            await gateway._connected(Ears())


HOWS = ["cut", "reconnect", "cut", "4000", "cut", "reconnect", "4007", "cut", "invalid", "4009"]
"""Most of these may be resumed; 4007, 4009 and invalid may not."""

RESUMABLE = {"cut", "reconnect", "4000"}


async def until(peer: DiscordPeer, wanted: Any, patience: float = 90) -> dict[str, Any]:
    async with asyncio.timeout(patience):
        while not wanted(found := await peer.get("gateway")):  # noqa: ASYNC110  # another process's doings
            await asyncio.sleep(0.02)
    return dict(found)


async def heard_anew(peer: DiscordPeer, ears: Ears, post: str, what: str) -> None:
    async with asyncio.timeout(60):
        while what not in ears.heard:
            await peer.act("button", custom_id=what, message=post)
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("drops", [pytest.param(6, id="a few"), pytest.param(500, marks=pytest.mark.slow)])
@discord_peer.needs_discord_peer[0]
@discord_peer.needs_discord_peer[1]
@discord_peer.needs_discord_peer[2]
async def test_whatever_happens_to_the_connection_everything_said_is_heard_once(
    drops: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda _self: 0.01)
    monkeypatch.setattr("adapters.discord.gateway._FIRST_WAIT", 0.05)
    monkeypatch.setattr("adapters.discord.budget.BURST", 10_000)
    async with discord_peer.running() as peer:
        ears = Ears()
        gateway = Gateway(
            Place(peer.rest, peer.gateway), peer.token, FakeNotes(), lambda: datetime.now(at().tzinfo)
        )
        running = asyncio.create_task(gateway.run(ears))
        await asyncio.wait_for(ears.opened_.wait(), 60)
        await until(peer, lambda found: found["open"] == 1)
        post = await peer.post("act/say", channel=peer.channel(), user=peer.user(), content="x")
        spoken, resumed, allowed = list[str](), 0, 0
        for number in range(drops):
            how = HOWS[number % len(HOWS)]
            before = await peer.get("gateway")
            await peer.post("disturb", how=how)
            if how in RESUMABLE:  # said while nobody listens
                await peer.act("button", custom_id=f"during {number}", message=post["id"])
                spoken.append(f"during {number}")
            after = await until(
                peer,
                lambda found, before=before: (
                    found["open"] == 1
                    and found["identifies"] + found["resumes"] > before["identifies"] + before["resumes"]
                ),
            )
            allowed += how in RESUMABLE
            resumed += how in RESUMABLE and after["resumes"] > before["resumes"]
            if how not in RESUMABLE:  # the stand-in hears for a new session only after a moment
                await heard_anew(peer, ears, post["id"], f"probe {number}")
            await peer.act("button", custom_id=f"after {number}", message=post["id"])
            spoken.append(f"after {number}")
        async with asyncio.timeout(60):
            while not set(spoken) <= set(ears.heard):  # noqa: ASYNC110  # another process's doings
                await asyncio.sleep(0.05)
        print(f"{drops} drops: {resumed} of {allowed} resumed, {len(spoken)} said, {len(ears.heard)} heard")  # noqa: T201  # quoted
        assert {one for one in ears.heard if not one.startswith("probe")} == set(spoken)
        assert resumed >= 0.99 * allowed
        assert await peer.get("problems") == []
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
