"""Workspaces install the app, their tokens are renewed in time, and whoever leaves is forgotten: over HTTP."""

import itertools
import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import slack_peer
from tests.fake_slack import event, slash
from tests.fakes import a_digest
from tests.slack_front import Front, Given, a_front
from tests.slack_peer import SlackPeer, needs_slack_peer
from tests.slack_visitor import Visitor, a_bot, shown, until

pytestmark = needs_slack_peer

BACK: Final = "http://127.0.0.1:4110"  # where the stand-in sends people back to
SOON: Final = 3_600  # seconds: less than we renew early


@pytest.fixture(scope="module")
def peer() -> Iterator[SlackPeer]:
    with slack_peer.running() as running:
        yield running


@pytest.fixture
async def visitor(peer: SlackPeer, tmp_path: Path) -> AsyncIterator[Visitor]:
    app = {
        "slack_bot_token": "",
        "slack_client_id": peer.client_id,
        "slack_client_secret": peer.client_secret,
        "public_url": BACK,
    }
    async with a_front(peer) as front, a_bot(front, peer, "http", tmp_path, **app) as visitor:
        yield visitor


class Renewals:
    """Slack's side of tokens that end: each refresh token is good once."""

    def __init__(self, front: Front) -> None:
        self.current, self.refused, self._numbers = "", 0, itertools.count(1)
        front.own["oauth.v2.access"] = self.answer

    def answer(self, given: Given) -> Given | None:
        if given.get("grant_type") == "refresh_token" and given["refresh_token"] != self.current:
            self.refused += 1
            return {"ok": False, "error": "invalid_refresh_token"}
        number = next(self._numbers)
        self.current = f"xoxe-1-refresh-{number}"
        return {
            "access_token": f"xoxe.xoxb-1-access-{number}",
            "refresh_token": self.current,
            "expires_in": SOON,
            "team": {"id": "T000000001"},
            "bot_user_id": "U0DIGEST01",
        }


async def walked(visitor: Visitor) -> tuple[str, str]:
    """The way through Slack's pages: the address it sends people back to, and the cookie of the browser."""
    async with visitor.session.get(f"{visitor.bot}/slack/install", allow_redirects=False) as answer:
        target, cookie = answer.headers["Location"], answer.headers["Set-Cookie"].split(";")[0]
    query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    async with visitor.session.get(target) as answer:
        found = re.search(r'name="user_id" value="([^"]+)"', await answer.text())
    assert found
    callback = f"{visitor.front.base}/oauth/v2/authorize/callback"
    form = {**query, "user_id": found[1]}
    async with visitor.session.post(callback, data=form, allow_redirects=False) as answer:
        return answer.headers["Location"].replace(BACK, visitor.bot), cookie


async def brought(visitor: Visitor, back: str, cookie: str) -> int:
    async with visitor.session.get(back, headers={"Cookie": cookie}) as answer:
        return answer.status


def on_disk(folder: Path) -> bytes:
    """Whatever the files of the database hold."""
    return b"".join(file.read_bytes() for file in folder.glob("papers.db*"))


async def install(visitor: Visitor) -> None:
    assert await brought(visitor, *await walked(visitor)) == 200


async def test_a_state_is_good_once_and_for_one_browser(visitor: Visitor) -> None:
    back, cookie = await walked(visitor)
    assert await brought(visitor, back, "digestbot-slack-state=other") == 401
    assert await brought(visitor, back, cookie) == 200
    assert await brought(visitor, back, cookie) == 401


async def test_whoever_installs_is_served_and_may_install_again(visitor: Visitor, tmp_path: Path) -> None:
    bob = (await visitor.people())["bob"]
    for _ in range(2):
        await install(visitor)
        assert "flow matching" in shown(await visitor.type("follow flow matching", bob))
    await visitor.type("schedule instantly", bob)
    await visitor.app.intake.land(a_digest("Flow matching for all"))

    async def has() -> bool:
        return any("Flow matching for all" in shown(post) for post in await visitor.direct(bob))

    await until(has)
    kept = on_disk(tmp_path)
    assert b"U0DIGEST01" in kept
    assert b"xoxb-" not in kept


async def test_the_sender_renews_a_token_that_ends_soon(visitor: Visitor) -> None:
    bob = (await visitor.people())["bob"]
    renewals = Renewals(visitor.front)
    await install(visitor)
    await visitor.type("follow flow matching", bob)
    await visitor.type("schedule instantly", bob)
    before = len(visitor.front.called("oauth.v2.access"))
    await visitor.app.intake.land(a_digest("Flow matching once more"))
    await until(lambda: visitor.front.called("chat.postMessage"))
    asked = visitor.front.called("oauth.v2.access")
    assert len(asked) > before
    assert all(one["grant_type"] == "refresh_token" for one in asked[1:])
    assert renewals.refused == 0
    assert visitor.front.called("chat.postMessage")[0]["token"].startswith("xoxe.xoxb-1-access-")


async def test_whoever_leaves_is_forgotten_with_their_tokens(visitor: Visitor, tmp_path: Path) -> None:
    bob = (await visitor.people())["bob"]
    await install(visitor)
    await visitor.type("follow zebrafish embryos", bob)
    await visitor.tell(event("tokens_revoked", tokens={"bot": ["U0DIGEST01"]}))

    async def forgotten() -> bool:
        kept = on_disk(tmp_path)
        return b"zebrafish" not in kept and b"U0DIGEST01" not in kept

    await until(forgotten)
    await install(visitor)
    late = {**event("app_uninstalled"), "event_time": int(time.time()) - 10}
    await visitor.tell(late)  # Slack tells of a leaving twice, in any order
    assert "You follow" in shown(await visitor.type("follow zebrafish embryos", bob))
    assert "zebrafish embryos" in shown(await visitor.type("interests", bob))


async def test_an_organisation_installs_for_all_its_workspaces_and_leaves_with_them(
    visitor: Visitor,
) -> None:
    visitor.front.own["oauth.v2.access"] = lambda _: {
        "access_token": "xoxe.xoxb-organisation",
        "is_enterprise_install": True,
        "enterprise": {"id": "E0LAB"},
        "team": None,
        "bot_user_id": "U0DIGEST01",
    }
    bob = (await visitor.people())["bob"]
    await install(visitor)
    asked = slash("follow zebrafish", bob, enterprise_id="E0LAB", is_enterprise_install="true")
    answer = await visitor.answered({**asked, "response_url": visitor.front.answer_to()})
    assert "You follow" in shown(answer)
    await visitor.tell({**event("app_uninstalled"), "enterprise_id": "E0LAB"})

    async def forgotten() -> bool:
        return not await visitor.app.storage.people.readers()

    await until(forgotten)
