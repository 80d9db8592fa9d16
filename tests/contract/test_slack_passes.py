"""Organisations on Slack: one installation for many workspaces, and what falls with it."""

from datetime import timedelta

from adapters.slack.passes import ManyWorkspaces, OAuthApp
from bot.installations import Installation
from bot.interfaces import Storage
from tests.fake_slack import FakeSlack
from tests.fakes import KEY, Clock, at


async def passes(storage: Storage) -> ManyWorkspaces:
    kept = storage.installations((KEY,))
    for name in ("E1", "T9"):
        await kept.keep(Installation("slack", name, f"xoxb-{name}"), at=at())
    found = ManyWorkspaces(FakeSlack(), kept, storage.notes, OAuthApp("1", "s"), Clock())
    for team in ("T1", "T2", "T1"):
        await found.belongs(team, "E1")
    return found


async def test_the_workspaces_of_an_organisation_have_its_pass(storage: Storage) -> None:
    found = await passes(storage)
    tokens = [one and one.token for one in [await found(name) for name in ("T1", "T2", "T3", "T9")]]
    assert tokens == ["xoxb-E1", "xoxb-E1", None, "xoxb-T9"]


async def test_all_of_an_organisation_falls_with_its_installation(storage: Storage) -> None:
    found = await passes(storage)
    assert set(await found.covered("T1", "E1")) == {"E1", "T1", "T2"}
    assert set(await found.covered("T2", "")) == {"E1", "T1", "T2"}
    assert set(await found.covered("E1", "E1")) == {"E1", "T1", "T2"}


async def test_a_workspace_with_an_installation_of_its_own_falls_alone(storage: Storage) -> None:
    found = await passes(storage)
    assert await found.covered("T9", "E1") == ("T9",)
    assert set(await found.covered("T4", "")) == {"T4"}


async def test_a_membership_outlives_many_years(storage: Storage) -> None:
    found = await passes(storage)
    clock = found._now
    assert isinstance(clock, Clock)
    clock.moment += timedelta(days=3_000)
    assert await found("T1")
