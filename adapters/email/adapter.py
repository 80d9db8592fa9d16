"""Mail over SMTP: one connection a mail, one attempt, and what each answer of the server means."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from html import escape
from typing import Final
from urllib.parse import unquote, urlsplit
from weakref import WeakValueDictionary

from aiohttp import web
from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from adapters.email.letters import Envelope, render, summary
from adapters.email.links import Links
from bot.errors import BadSettings, Disconnected, NotPosted, Unavailable, Unreachable, Unsayable, Unseen
from bot.inboxes import EMAIL, WRITTEN
from bot.interfaces import Dispatch, Pace
from bot.messages import Message
from bot.models import Address, MessageRef, Now
from bot.registry import CommandRegistry

PACE: Final = Pace(bot=10.0)
PATIENCE: Final = 10.0  # seconds for one answer of the server
REMEMBERED: Final = 10_000  # mails of this process that are known to be handed over
_PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark"><title>digestbot</title>'
    '<body style="font:18px/1.5 system-ui,sans-serif;max-width:36em;margin:3em auto;padding:0 1em">{}</body>'
)
_FORM: Final = '<form method="post"><p>{}</p><button style="font:inherit;padding:.4em 1em">{}</button></form>'
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_ASKED: Final = {
    "email confirm": ("Shall your digest of new papers come to this inbox?", "Yes, bring it"),
    "email stop": ("Shall nothing come to this inbox any more?", "Unsubscribe"),
}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and who it comes from."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = (
        False  # from the first byte; else STARTTLS where the server offers it, and always with a password
    )


def mail_settings(url: str, sender: str, public_url: str) -> MailServer:
    """The server that DIGESTBOT_SMTP_URL names. Raises BadSettings: everything that is missing or wrong."""
    mistakes = []
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in {"smtp", "smtps"} or not host:
        mistakes.append(
            "DIGESTBOT_SMTP_URL: write smtp://user:password@host:587 or smtps://user:password@host"
        )
    local, _, domain = parseaddr(sender)[1].rpartition("@")
    if not WRITTEN.fullmatch(f"{local}@{domain.lower()}") or not sender.isprintable():
        mistakes.append("DIGESTBOT_MAIL_FROM: write who mail comes from, such as Papers <papers@example.org>")
    if not public_url:
        mistakes.append("DIGESTBOT_PUBLIC_URL: mails need it, so that their links lead back here")
    if mistakes:
        raise BadSettings("\n".join(mistakes))
    tls = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(host, port or (465 if tls else 587), sender, user, password, tls)


class EmailAdapter:
    """Sends mail, and answers the links in it. Nobody can give commands by mail."""

    name: Final = EMAIL
    pace: Final = PACE

    def __init__(self, server: MailServer, links: Links, now: Now) -> None:
        self._server, self._links, self._now = server, links, now
        self._handed: OrderedDict[tuple[Address, str], MessageRef] = OrderedDict()
        self._turns: WeakValueDictionary[tuple[Address, str], asyncio.Lock] = WeakValueDictionary()

    async def run(self, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """There is nobody to listen to: the links in mails come over our web server."""
        await asyncio.Event().wait()

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Hand the mail over, under a Message-ID made of *key*. Nobody can look into the inbox: Unseen when *tried*."""
        async with self._turns.setdefault((to, key), asyncio.Lock()):
            if (to, key) not in self._handed:
                if tried:
                    raise Unseen("nobody can see whether an earlier mail has arrived")
                self._handed[to, key] = await self._hand_over(to, message, key)
                while len(self._handed) > REMEMBERED:
                    self._handed.popitem(last=False)
            return self._handed[to, key]

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """A mail cannot be taken back. Raises Unseen."""
        raise Unseen("nobody can look into an inbox")

    def routes(self, _commands: CommandRegistry, dispatch: Dispatch) -> Sequence[web.AbstractRouteDef]:
        """What the links in mails lead to: a page that asks, and what happens when it is answered."""

        async def ask(request: web.Request) -> web.Response:
            asked = self._links.read(request.match_info["token"])
            if asked is None or asked.command not in _ASKED:
                return _page("This link is not one of mine, or has been cut. Copy it whole.", status=404)
            told, button = _ASKED[asked.command]
            return _page(_FORM.format(escape(f"{told} ({asked.user.id})"), button), raw=True)

        async def do(request: web.Request) -> web.Response:
            asked = self._links.read(request.match_info["token"])
            if asked is None or asked.command not in _ASKED:
                return _page("This link is not one of mine, or has been cut. Copy it whole.", status=404)
            answer = await dispatch(asked)
            return _page(summary(answer), status=400 if answer.refusal else 200)

        return (web.get("/email/{token}", ask), web.post("/email/{token}", do))

    async def _hand_over(self, to: Address, message: Message, key: str) -> MessageRef:
        around = Envelope(self._server.sender, to.id, key, self._now())
        mail = render(message, around, lambda action: self._links.to(action, to))
        async with connected(self._server) as client:
            await said(lambda: client.mail(parseaddr(self._server.sender)[1]))
            await said(lambda: client.rcpt(to.id))
            try:
                await client.data(mail.as_bytes())
            except SMTPDataError as refused:
                if refused.code >= 500:
                    raise Unsayable(f"the mail server refuses the mail: {refused.code}") from refused
                raise NotPosted(f"the mail server takes no mail now: {refused.code}") from refused
            except (SMTPException, OSError, TimeoutError) as lost:
                raise Unavailable(f"the mail server did not answer: {type(lost).__name__}") from lost
        return MessageRef(EMAIL, to.id, str(mail["Message-ID"]))


@asynccontextmanager
async def connected(server: MailServer) -> AsyncIterator[SMTP]:
    """A connection that is logged in. Raises NotPosted and Disconnected."""
    client = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls,
        start_tls=None if not server.password or server.tls else True,
        timeout=PATIENCE,
    )
    try:
        await _let_in(client, server)
        yield client
        with suppress(SMTPException, OSError, TimeoutError):  # all is said: how we part is no matter
            await client.quit()
    finally:
        client.close()


async def _let_in(client: SMTP, server: MailServer) -> None:
    try:
        await client.connect()
        if server.password:
            await client.login(server.user, server.password)
    except SMTPAuthenticationError as refused:
        raise Disconnected(f"the mail server does not let us in: {refused.code}") from refused
    except (SMTPException, OSError, TimeoutError) as error:
        raise NotPosted(f"the mail server cannot be reached: {type(error).__name__}") from error


async def said(step: Callable[[], Awaitable[object]]) -> None:
    """One step before the mail itself: nothing is posted when it fails. Raises a SendError."""
    try:
        await step()
    except SMTPRecipientRefused as refused:
        if refused.code in {550, 551, 553, 521, 556}:
            raise Unreachable(f"there is no such inbox: {refused.code}") from refused
        raise NotPosted(f"the mail server takes nothing for this inbox now: {refused.code}") from refused
    except SMTPSenderRefused as refused:
        if refused.code >= 500:
            raise Disconnected(f"the mail server takes nothing from us: {refused.code}") from refused
        raise NotPosted(f"the mail server takes nothing from us now: {refused.code}") from refused
    except SMTPResponseException as refused:
        raise NotPosted(f"the mail server answers {refused.code}") from refused
    except (SMTPException, OSError, TimeoutError) as error:
        raise NotPosted(f"the mail server broke off: {type(error).__name__}") from error


def _page(text: str, *, status: int = 200, raw: bool = False) -> web.Response:
    told = text if raw else f"<p>{escape(text)}</p>"
    return web.Response(text=_PAGE.format(told), status=status, content_type="text/html", headers=_HEADERS)
