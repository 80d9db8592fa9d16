"""E-mail: what a mail looks like, what the server's answers mean, and that links cannot be forged."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given

from adapters.email import EmailAdapter, Links, mail_settings, render
from adapters.email.letters import Envelope
from bot.errors import (
    BadSettings,
    Disconnected,
    NotPosted,
    SendError,
    Unavailable,
    Unreachable,
    Unsayable,
    Unseen,
)
from bot.inboxes import inbox
from bot.messages import Action, Actions, Card, Divider, Heading, Message, Paragraph, Span, bold, note, said
from bot.models import Address, Invocation
from bot.registry import CommandRegistry
from tests.contract.test_renderers import anything, messages
from tests.fakes import KEY, Clock, at
from tests.mail_server import MailServer, a_mail_server

ADA = Address("email", "", "ada@example.org")
LINKS = Links("https://papers.example.org/", (KEY, b"o" * 32))
AROUND = Envelope("Papers <papers@example.org>", "ada@example.org", "key7", at("09:00"))
CONFIRM = Action("Yes", "email confirm", {"owner": "x"})
CARD = Card(
    said("Grokking & <friends>"),
    3,
    "https://example.org/p?a=1&b=2",
    "Ada Quill",
    said("We ", bold("grok"), " it.\nWholly."),
    (
        said("Why: grok · ", Span("Code", url="https://example.org/code")),
        said(Span("bad", url="javascript:x()")),
    ),
    (Action("Save", "save", {"paper": "#3"}),),
)
DIGEST = Message(
    "One paper for you:\r\nBcc: eve@example.org",
    (
        Heading("Tuesday 24 November"),
        CARD,
        Divider(),
        Paragraph(said("That is all.")),
        Actions((Action("Show the other 4", "show", {"digest": 1}), CONFIRM)),
    ),
)


def mail_of(message: Message) -> EmailMessage:
    return render(message, AROUND, lambda action: LINKS.to(action, ADA))


def parts(mail: EmailMessage) -> tuple[str, str]:
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert page
    return text.get_content(), page.get_content()


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with a_mail_server() as server:
        yield server


@pytest.fixture
def adapter(server: MailServer) -> EmailAdapter:
    return an_adapter(server)


def an_adapter(server: MailServer, url: str = "") -> EmailAdapter:
    told = mail_settings(url or server.url, "Papers <papers@example.org>", LINKS.base)
    return EmailAdapter(told, LINKS, Clock())


def test_a_mail_has_a_text_and_a_page_that_say_the_same() -> None:
    text, page = parts(mail_of(DIGEST))
    assert "3. Grokking & <friends>\n   Ada Quill\n   We grok it.\n   Wholly.\n" in text
    assert "Code (https://example.org/code)" in text
    assert "Show the other 4 with `today` in your chat." in text
    assert '<a href="https://example.org/p?a=1&amp;b=2">3. Grokking &amp; &lt;friends&gt;</a>' in page
    assert "<strong>grok</strong> it.<br>Wholly." in page
    assert "javascript" not in page + text
    assert "Save" not in page + text
    for part in (text, page):
        assert part.count("https://papers.example.org/email/") == 2


def test_its_headers_are_those_of_a_list_that_one_click_leaves() -> None:
    mail = mail_of(DIGEST)
    assert mail["Subject"] == "One paper for you: Bcc: eve@example.org"
    assert "Bcc" not in mail
    assert mail["Message-ID"] == "<key7@example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = LINKS.read(mail["List-Unsubscribe"].strip("<>").rpartition("/")[2])
    assert stop == Invocation("email stop", ADA, ADA, {})
    assert mail.get_content_type() == "multipart/alternative"
    longest = render(
        DIGEST, AROUND, lambda action: LINKS.to(action, replace(ADA, id=f"{'a' * 64}@{'b.' * 90}org"))
    )
    assert b"\r\nList-Unsubscribe: <https://papers.example.org/email/" in longest.as_bytes()
    assert b">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in longest.as_bytes()


@given(messages(anything))
def test_any_message_is_a_mail(message: Message) -> None:
    text, page = parts(mail_of(message))
    assert text.strip()
    assert page.startswith("<!doctype html>")
    assert max(map(len, mail_of(message).as_bytes().split(b"\r\n"))) < 998


def test_links_are_read_with_each_key_and_cannot_be_forged() -> None:
    url = LINKS.to(CONFIRM, ADA)
    token = url.rpartition("/")[2]
    older = replace(LINKS, keys=(b"n" * 32, KEY))
    assert older.read(token) == Invocation("email confirm", ADA, ADA, {"owner": "x"})
    assert replace(LINKS, keys=(b"n" * 32,)).read(token) is None
    other = LINKS.to(CONFIRM, Address("email", "", "eve@example.org")).rpartition("/")[2]
    for forged in (
        "",
        ".",
        "x",
        token[:-2],
        token[1:],
        f"{other.partition('.')[0]}.{token.partition('.')[2]}",
        "é.é",
    ):
        assert LINKS.read(forged) is None


async def test_a_mail_is_handed_over_once_for_a_key(adapter: EmailAdapter, server: MailServer) -> None:
    refs = await asyncio.gather(*(adapter.send(ADA, DIGEST, key="k1") for _ in range(3)))
    assert len(set(refs)) == len(server.taken) == 1
    assert (refs[0].platform, refs[0].id) == ("email", "<k1@example.org>")
    await adapter.send(ADA, note("Other"), key="k2")
    assert [mail["Subject"] for mail in server.to("ada@example.org")][1:] == ["Other"]
    assert "3. Grokking & <friends>" in parts(server.taken[0])[0]


async def test_nobody_can_look_into_an_inbox(adapter: EmailAdapter, server: MailServer) -> None:
    with pytest.raises(Unseen):
        await adapter.send(ADA, DIGEST, key="k1", tried=at("08:00"))
    with pytest.raises(Unseen):
        await adapter.take_back(ADA, key="k1", since=at("08:00"))
    assert server.taken == []


@pytest.mark.parametrize(
    ("step", "answer", "meant"),
    [
        ("rcpt", "550 No such user", Unreachable),
        ("rcpt", "450 Greylisted", NotPosted),
        ("rcpt", "552 Full", NotPosted),
        ("mail", "550 Not you", Disconnected),
        ("mail", "451 Later", NotPosted),
        ("data", "554 Spam", Unsayable),
        ("data", "451 Later", NotPosted),
    ],
)
async def test_what_the_server_answers_has_its_meaning(
    adapter: EmailAdapter, server: MailServer, step: str, answer: str, meant: type[SendError]
) -> None:
    server.answers[step] = answer
    with pytest.raises(SendError) as error:
        await adapter.send(ADA, DIGEST, key="k1")
    assert type(error.value) is meant
    server.answers.clear()
    await adapter.send(ADA, DIGEST, key="k1")
    assert len(server.taken) == 1


async def test_where_the_answer_is_lost_it_may_have_been_posted(
    adapter: EmailAdapter, server: MailServer
) -> None:
    server.silent = True
    with pytest.raises(Unavailable):
        await adapter.send(ADA, DIGEST, key="k1")
    assert len(server.taken) == 1


async def test_a_server_that_is_away_has_posted_nothing(server: MailServer) -> None:
    with pytest.raises(NotPosted):
        await an_adapter(server, "smtp://127.0.0.1:1").send(ADA, DIGEST, key="k1")


async def test_a_password_is_never_sent_over_a_bare_line(server: MailServer) -> None:
    with pytest.raises(NotPosted):
        await an_adapter(server, f"smtp://ada:right@127.0.0.1:{server.port}").send(ADA, DIGEST, key="k1")
    assert (server.logins, server.taken) == ([], [])


async def test_it_runs_until_it_is_cancelled(adapter: EmailAdapter) -> None:
    async def dispatch(_: Invocation) -> Message:
        return note("never")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(adapter.run(CommandRegistry(), dispatch), timeout=0.05)


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        (("http://mail", "", ""), ["SMTP_URL", "MAIL_FROM", "PUBLIC_URL"]),
        (("smtp://mail:x", "a@b.org", "https://x.org"), ["SMTP_URL"]),
        (("smtp://mail", "nobody", "https://x.org"), ["MAIL_FROM"]),
    ],
)
def test_everything_that_is_missing_is_told_at_once(told: tuple[str, str, str], missing: list[str]) -> None:
    with pytest.raises(BadSettings) as error:
        mail_settings(*told)
    assert [
        line.partition(":")[0].removeprefix("DIGESTBOT_") for line in str(error.value).split("\n")
    ] == missing


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, "", "", False)),
        ("smtps://a%40b:p%3Aw@mail.example.org", ("mail.example.org", 465, "a@b", "p:w", True)),
        ("smtp://mail:25", ("mail", 25, "", "", False)),
    ],
)
def test_a_server_is_named_by_its_address(url: str, found: tuple[Any, ...]) -> None:
    server = mail_settings(url, "a@b.org", "https://x.org")
    assert (server.host, server.port, server.user, server.password, server.tls) == found


@pytest.mark.parametrize(
    "written", ["ada", "ada@", "@b.org", "a b@c.org", "a@b", "a@b.org\nBcc: x@y.org", "<a@b.org>", "a@-b.org"]
)
def test_what_is_no_address_is_no_inbox(written: str) -> None:
    assert inbox(written) is None


def test_an_address_is_an_inbox() -> None:
    assert inbox(" Ada.Q+papers@Example.ORG ") == Address("email", "", "Ada.Q+papers@example.org")
