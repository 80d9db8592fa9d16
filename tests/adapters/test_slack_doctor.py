"""The check-up of Slack names what is missing, and the cure."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from adapters.slack import doctor
from adapters.slack.asking import HEARD
from bot import settings
from bot.doctor import examine
from storage import open_storage
from tests.fake_slack import FakeNotes, FakeSlack, FakeStorage, an_adapter, event, press, slash

ALL = ",".join(doctor.NEEDED)

Told = Mapping[str, str]


@asynccontextmanager
async def a_slack(scopes: str = ALL, **errors: str) -> AsyncIterator[str]:
    """The address of an API where tokens have these scopes; *errors*: what a method says instead of yes."""

    async def answer(request: web.Request) -> web.Response:
        error = errors.get(request.match_info["method"].replace(".", "_"))
        told = {"ok": False, "error": error} if error else {"ok": True, "team": "Lab", "user": "digest"}
        return web.json_response(told, headers={"x-oauth-scopes": scopes})

    routed = web.Application()
    routed.router.add_route("*", "/api/{method}", answer)
    runner = web.AppRunner(routed)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    await runner.cleanup()


async def findings(address: str, folder: Path, **given: str) -> dict[str, tuple[str, str]]:
    known = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"} | given
    url = f"sqlite:///{folder / 'papers.db'}"
    asked = settings.read(None, slack_api_url=address, database_url=url, **known)
    found = sorted(await examine(asked, "slack"), key=lambda one: bool(one.cure))
    return {one.subject: (one.says, one.cure) for one in found}  # of two about the same, the worse


async def test_all_is_well_where_all_is_there(tmp_path: Path) -> None:
    async with a_slack() as address:
        found = await findings(address, tmp_path)
    assert [name for name, (_, cure) in found.items() if cure] == []
    assert found["slack bot token"][0] == "works, in Lab as digest"


@pytest.mark.parametrize("scope", sorted(doctor.NEEDED))
async def test_each_missing_scope_is_named(tmp_path: Path, scope: str) -> None:
    have = ",".join(one for one in doctor.NEEDED if one != scope)
    async with a_slack(have) as address:
        found = await findings(address, tmp_path)
    assert [name for name, (_, cure) in found.items() if cure] == [f"slack scope {scope}"]


@pytest.mark.parametrize(
    ("errors", "given", "name"),
    [
        ({"auth_test": "invalid_auth"}, {}, "slack bot token"),
        ({"apps_connections_open": "not_allowed_token_type"}, {}, "slack app token"),
        ({}, {"slack_app_token": "xoxb-2"}, "slack app token"),
        ({}, {"slack_bot_token": "xapp-2"}, "slack bot token"),
    ],
)
async def test_a_token_that_is_none_is_named(tmp_path: Path, errors: Told, given: Told, name: str) -> None:
    async with a_slack(**errors) as address:
        found = await findings(address, tmp_path, **given)
    assert found[name][1]


async def test_a_way_by_which_nothing_has_ever_come_is_named(tmp_path: Path) -> None:
    async with open_storage(f"sqlite:///{tmp_path / 'papers.db'}") as storage:
        await storage.notes.write(HEARD, {"heard:command": "2026-11-24", "heard:press": "2026-11-24"})
    async with a_slack() as address:
        found = await findings(address, tmp_path)
    assert "Event Subscriptions" in found["slack events"][1]
    assert "slack commands" not in found


SAYS: list[tuple[Callable[[], dict[str, object]], str]] = [
    (lambda: slash("today"), "command"),
    (lambda: press("x"), "press"),
    (lambda: event("app_home_opened", user="U1"), "event"),
    (lambda: event("message", bot_id="B1", channel="D1"), "event"),
]


@pytest.mark.parametrize(("told", "way"), SAYS)
async def test_each_way_that_leads_to_us_is_noted_once(
    told: Callable[[], dict[str, object]], way: str
) -> None:
    storage = FakeStorage()
    adapter = an_adapter(FakeSlack(), storage)
    adapter.take(told())
    await adapter._finish()
    assert _noted(storage.notes) == {f"heard:{way}"}


def _noted(notes: FakeNotes) -> set[str]:
    return {name for *_, name in notes.kept if name.startswith("heard:")}
