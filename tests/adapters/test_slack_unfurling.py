"""Links of papers get a card where an admin wants it, of what has landed, and nowhere else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.slack.adapter import SlackAdapter
from bot.intake import Intake
from bot.interfaces import Storage
from bot.messages import Message, note
from bot.models import Address, Invocation
from bot.notes import UNFURL
from bot.registry import CommandRegistry
from storage import open_storage
from tests.fake_slack import FakeSlack, an_adapter, event, texts
from tests.fakes import Clock, a_digest, a_paper
from tests.lab import Lab, a_lab

T1 = Address("slack", "T1", "", "channel")
LINK = "https://arxiv.org/abs/2201.02177v1"


async def _never(_: Invocation) -> Message:
    return note("")


@asynccontextmanager
async def a_slack(wanted: str) -> AsyncIterator[tuple[FakeSlack, SlackAdapter, Storage]]:
    async with open_storage("sqlite://") as storage:
        await Intake(storage, Clock()).land(a_digest(a_paper("Grokking", "It groks.", arxiv_id="2201.02177")))
        await storage.notes.write(T1, {UNFURL: wanted})
        slack = FakeSlack()
        adapter = an_adapter(slack, storage)
        adapter.routes(CommandRegistry(), _never)
        yield slack, adapter, storage


def posted(*urls: str, **more: str) -> dict[str, Any]:
    links = [{"domain": "arxiv.org", "url": url} for url in urls]
    return event("link_shared", user="U1", channel="C1", message_ts="1.0", links=links, **more)


async def told(wanted: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    async with a_slack(wanted) as (slack, adapter, storage):
        adapter.take(body)
        await adapter._finish()
        assert await storage.people.readers() == []  # whoever posts a link has asked nothing of us
        return slack.called("chat.unfurl")


async def test_a_link_of_a_paper_that_has_landed_gets_its_card() -> None:
    [shown] = await told("on", posted(LINK, "https://arxiv.org/abs/9999.99999", "https://arxiv.org/list/cs"))
    assert set(shown["unfurls"]) == {LINK}
    assert "Grokking" in "".join(texts(shown["unfurls"][LINK]["blocks"]))
    assert (shown["channel"], shown["ts"]) == ("C1", "1.0")


async def test_a_link_that_is_still_being_written_gets_its_card() -> None:
    [shown] = await told("on", posted(LINK, unfurl_id="x.y", source="composer"))
    assert (shown["unfurl_id"], shown["source"], shown.get("ts")) == ("x.y", "composer", None)


@pytest.mark.parametrize("wanted", ["off", ""])
async def test_where_no_admin_wants_them_there_are_no_cards(wanted: str) -> None:
    assert await told(wanted, posted(LINK)) == []


async def test_a_link_that_only_looks_like_one_of_arxiv_gets_none() -> None:
    assert await told("on", posted("https://evil.example/arxiv.org/abs/2201.02177")) == []


async def test_an_admin_turns_the_cards_on_and_off_on_slack_alone() -> None:
    async with a_lab() as lab:
        boss = Address("slack", "T1", "U1")
        for wanted in ("on", "off"):
            answer = await lab.dispatch(Invocation("admin links", boss, boss, {"wanted": wanted}, admin=True))
            assert not answer.refusal
            assert await lab.storage.notes.read(T1, UNFURL) == wanted
        assert await _refused(lab)


async def _refused(lab: Lab) -> bool:
    elsewhere = Address("discord", "1", "2")
    asked = Invocation("admin links", elsewhere, elsewhere, {"wanted": "on"}, admin=True)
    return (await lab.dispatch(asked)).refusal
