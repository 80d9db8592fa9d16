"""A digest by e-mail as well: asked for in a chat, confirmed in a mail, brought, and left with one click."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from adapters.email import EmailAdapter, Links, mail_settings
from adapters.web import WebServer
from bot.commands import commands
from bot.delivery import Courier
from bot.models import Address
from bot.workspaces import Retention
from tests.fakes import KEY, ada, ben, given
from tests.lab import Lab
from tests.mail_server import MailServer, a_mail_server

INBOX = Address("email", "", "ada@example.org")


async def ready() -> list[str]:
    return []


class Post(Lab):
    """A lab whose bot sends mail too, and whose web server answers the links in it."""

    mails: MailServer
    web: WebServer

    async def open(self, mails: MailServer) -> "asyncio.Task[None]":
        self.mails = mails
        links = Links("http://papers.example.org", (KEY,))
        told = mail_settings(mails.url, "papers@example.org", links.base)
        adapter = EmailAdapter(told, links, self.clock)
        self.dispatch.mails = True
        self.courier = Courier(self.storage, [self.platform, adapter], self.clock, chance=lambda: 1.0)
        routes = adapter.routes(commands, self.dispatch)
        self.web = WebServer("127.0.0.1", 0, ready, CollectorRegistry(), routes)
        serving = asyncio.create_task(self.web.run())
        await self.web.listening.wait()
        return serving

    async def follow_link(self, url: str, body: str | None = None) -> tuple[int, str]:
        """Open the page at a link of ours, or with a *body* send that there."""
        here = url.replace("http://papers.example.org", "http://{}:{}".format(*self.web.address))
        async with (
            aiohttp.ClientSession() as session,
            session.request("GET" if body is None else "POST", here, data=body or None) as answer,
        ):
            return answer.status, await answer.text()

    async def confirmed(self) -> None:
        """Ada has asked for it and pressed the button in the mail."""
        await self.ask("email", address="ada@example.org")
        await self.tick()
        await self.follow_link(link(self.mails.taken[-1]), "")
        self.mails.taken.clear()


def link(mail: EmailMessage) -> str:
    text = mail.get_body(("plain",))
    assert text
    found = re.search(r"Yes, bring it here: (\S+)", text.get_content())
    assert found
    return found[1]


def text_of(mail: EmailMessage) -> str:
    text = mail.get_body(("plain",))
    assert text
    content: str = text.get_content()
    return content


@pytest.fixture
async def lab(lab: Lab) -> AsyncIterator[Post]:
    post = Post(lab.storage)
    async with a_mail_server() as mails:
        serving = await post.open(mails)
        await post.ask("follow", term="grokking")
        yield post
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def test_nothing_comes_before_the_address_is_confirmed(lab: Post) -> None:
    assert "the button in it confirms" in await lab.ask("email", address="ada@Example.org")
    await lab.tick()
    await lab.land("Grokking")
    lab.clock.pass_by(days=1)
    await lab.tick()
    assert [mail["Subject"] for mail in lab.mails.taken] == ["Shall your digest of new papers come here?"]
    status, page = await lab.follow_link(link(lab.mails.taken[0]))
    assert (status, "<form" in page) == (
        200,
        True,
    )  # whoever only looks, such as a scanner of mails, confirms nothing
    assert await lab.storage.inboxes.of(ada) is None


async def test_a_confirmed_inbox_gets_the_digest_of_its_owner(lab: Post) -> None:
    await lab.ask("email", address="ada@example.org")
    await lab.tick()
    assert (await lab.follow_link(link(lab.mails.taken[0]), ""))[0] == 200
    await lab.land("Grokking", "On soup")
    lab.clock.pass_by(days=1)
    await lab.tick()
    digest = lab.mails.taken[-1]
    assert digest["Subject"] == "1 paper for you from 2: Grokking"
    assert "Why: grokking" in text_of(digest)
    assert "soup" not in text_of(digest)
    assert len(lab.mails.taken) == 2
    assert "every day at 09:00" in await lab.ask("email")
    await lab.ask("follow", term="soup")
    await lab.land("Soup again")
    lab.clock.pass_by(days=1)
    await lab.tick()
    assert "Soup again" in text_of(lab.mails.taken[-1])


async def test_one_click_ends_it_and_forgets_the_address(lab: Post) -> None:
    await lab.confirmed()
    await lab.land("Grokking")
    lab.clock.pass_by(days=1)
    await lab.tick()
    stop = lab.mails.taken[-1]["List-Unsubscribe"].strip("<>")
    assert (await lab.follow_link(stop, "List-Unsubscribe=One-Click"))[0] == 200
    assert await lab.storage.people.known([INBOX]) == []
    assert await lab.storage.inboxes.of(ada) is None
    await lab.land("Grokking again")
    lab.clock.pass_by(days=1)
    await lab.tick()
    assert len(lab.mails.taken) == 1
    assert (await lab.follow_link(stop, "List-Unsubscribe=One-Click"))[0] == 200  # twice is once


async def test_the_owner_can_end_it_in_the_chat_and_forgetting_them_forgets_it(lab: Post) -> None:
    await lab.confirmed()
    assert "forgotten" in await lab.ask("email", address="off")
    assert await lab.storage.people.known([INBOX]) == []
    lab.clock.pass_by(days=1)
    await lab.confirmed()
    await lab.ask("forget-me", sure=True)
    assert await lab.storage.people.known([INBOX, ada]) == []


async def test_a_link_holds_two_days_and_only_its_own_inbox(lab: Post) -> None:
    await lab.ask("email", address="ada@example.org")
    await lab.tick()
    lab.clock.pass_by(days=3)
    status, page = await lab.follow_link(link(lab.mails.taken[0]), "")
    assert (status, "two days only" in page) == (400, True)
    assert (await lab.follow_link("http://papers.example.org/email/x.y"))[0] == 404
    assert (await lab.follow_link("http://papers.example.org/email/x.y", ""))[0] == 404
    for command in ("email confirm", "email stop"):
        arguments = {"owner": "[]", "until": "2030-01-01"} if command == "email confirm" else {}
        assert "links in mails" in await lab.ask(command, **arguments)


async def test_one_person_can_ask_for_few_mails_a_day_each_of_which_is_sent(lab: Post) -> None:
    for number in (1, 1, 2):
        await lab.ask("email", address=f"a{number}@example.org")
    assert "at most 3 such mails a day" in await lab.ask("email", address="a4@example.org")
    assert "at most 3" not in await lab.ask("email", ben, address="a4@example.org")
    await lab.tick()
    assert sorted(mail["To"] for mail in lab.mails.taken) == [
        "a1@example.org",
        "a1@example.org",
        "a2@example.org",
        "a4@example.org",
    ]


async def test_an_address_that_nobody_confirms_is_forgotten(lab: Post) -> None:
    await lab.ask("email", address="ada@example.org")
    lab.clock.pass_by(days=6)
    await lab.storage.workspaces.clean(Retention(), lab.clock())
    assert len(await lab.storage.people.known([INBOX])) == 1
    lab.clock.pass_by(days=2)
    await lab.storage.workspaces.clean(Retention(), lab.clock())
    assert await lab.storage.people.known([INBOX]) == []


async def test_where_no_mail_is_sent_it_is_said_so(lab: Post) -> None:
    lab.dispatch.mails = False
    assert "No mail is sent from here" in await lab.ask("email", address="ada@example.org")
    lab.dispatch.mails = True
    assert "no e-mail address" in await lab.ask("email", address="ada")
    inside = replace(given("email", INBOX), user=INBOX)
    assert "has no inbox" in (await lab.dispatch(inside)).summary
