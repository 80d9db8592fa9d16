"""Replies of Slack get lost in ten ways: each message still stands there once."""

import asyncio
from collections import Counter

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.adapter import SlackAdapter
from adapters.slack.api import SlackApi, web_client
from adapters.slack.sending import Sender
from bot.errors import NotPosted, RateLimited, Unavailable
from bot.messages import note
from bot.models import Address
from tests.fake_slack import FakeSlack, Passes, an_adapter
from tests.fakes import Clock
from tests.slack.lossy import KINDS, LossySlack, a_lossy_slack

AT_ONCE = 64
ATTEMPTS = 6


async def posted(each: int, *, retries: bool = False) -> LossySlack:
    """Post so many messages for each kind of lost reply, each until Slack says that it is there."""
    async with a_lossy_slack() as (slack, address), web_client(address) as client:
        client.timeout = 1
        if retries:
            client.retry_handlers = AsyncWebClient().retry_handlers
        workers = [an_adapter(FakeSlack(), api=SlackApi(client, Passes())) for _ in range(2)]
        at_once = asyncio.Semaphore(AT_ONCE)

        async def post(name: str) -> None:
            async with at_once:
                await _until_there(workers, name)

        async with asyncio.TaskGroup() as tasks:
            for number in range(each):
                for kind in range(len(KINDS)):
                    tasks.create_task(post(f"C{number}K{kind}"))
    return slack


async def _until_there(workers: list[SlackAdapter], name: str) -> None:
    """As a courier does; whoever tries next knows nothing of the try before but when it was."""
    to, tried = Address("slack", "T1", name, "channel"), None
    for attempt in range(ATTEMPTS):
        try:
            await workers[attempt % 2].send(to, note("A digest"), key=name, tried=tried)
        except Unavailable:
            tried = tried or Clock()()
        except (NotPosted, RateLimited):
            continue
        else:
            return
    raise AssertionError(f"{name} was never posted")


def copies(slack: LossySlack, each: int) -> Counter[int]:
    """How many messages stand there how often."""
    return Counter(slack.copies(f"C{number}K{kind}") for number in range(each) for kind in range(len(KINDS)))


async def once(each: int) -> None:
    slack = await posted(each)
    assert slack.met == dict.fromkeys(KINDS, each)
    assert copies(slack, each) == {1: each * len(KINDS)}


async def test_five_posts_of_each_kind_stand_there_once() -> None:
    await once(5)


@pytest.mark.slow
async def test_a_thousand_posts_of_each_kind_stand_there_once() -> None:
    await once(1_000)


async def test_a_sender_that_does_not_look_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    async def blind(*_: object) -> None:
        return None

    monkeypatch.setattr(Sender, "_stands", blind)
    assert copies(await posted(2), 2)[2] == 2 * 8


async def test_a_client_that_tries_again_by_itself_is_caught() -> None:
    assert copies(await posted(2, retries=True), 2)[2]
