"""A mailbox over IMAP: new mails of allowed senders, each once. Nothing there is changed or marked as read."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from email.message import Message as Mail
from typing import Final
from urllib.parse import unquote, urlsplit

from imap_tools import MailBox
from imap_tools.errors import ImapToolsError

from adapters.sources import read
from adapters.sources.places.web import Reach
from bot.errors import Refused, Unread
from bot.models import Digest
from bot.sources import Mark, Source

SENDERS: Final = "huggingface.co, arxiv.org, scholaralerts-noreply@google.com"
"""Who may send digests where the source's option `from` does not say otherwise."""

# One address, alone or behind a name without an @: a name that looks like an address is how senders are forged.
ADDRESS: Final = re.compile(r"(?:[^<>@]*<)?([^<>@\s,;:]+@[^<>@\s,;:]+)>?(?:\s*\([^()@]*\))?")
LONGEST: Final = 30.0  # seconds a server may take for one step
MOST_MAILS: Final = 200  # in one reading
MOST_BYTES: Final = 10_000_000  # of one mail


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: where it stands in the box, and what it is."""

    place: str
    sent: Mail
    content: bytes


class Mailbox:
    """A box at imaps://user@host/FOLDER; the password is the secret `mailbox`. The cursor is the last mail's number."""

    def __init__(self, source: Source, reach: Reach) -> None:
        self._source, self._reach = source, reach
        self._mark = Mark(source.cursor)
        self.refused: list[str] = []  # mails that were no digest, and why

    @property
    def name(self) -> str:
        """What `source:` finds its papers by."""
        return self._source.name

    @property
    def mark(self) -> Mark:
        """Where the reading got to."""
        return self._mark

    async def digests(self, since: str) -> AsyncIterator[Digest]:
        """A digest a mail, oldest first; mails that are none are left where they are. Raises Unread."""
        for letter in await asyncio.to_thread(lambda: list(self._new(since))):
            try:
                if allowed(letter.sent, self._source.options.get("from", SENDERS)):
                    digest = await asyncio.to_thread(
                        read, letter.content, today=self._reach.today, source=self._source.name
                    )
                    yield replace(digest, cursor=letter.place)
            except Refused as refusal:
                self.refused.append(str(refusal))
            self._mark = Mark(letter.place)

    def _new(self, since: str) -> Iterator[Letter]:
        """The mails after the one at *since*. A box that was made anew counts from its beginning."""
        where = urlsplit(self._source.address)
        folder = unquote(where.path.strip("/")) or "INBOX"
        context = ssl.create_default_context()
        try:
            box = MailBox(where.hostname or "", where.port or 993, timeout=LONGEST, ssl_context=context)
            with box.login(unquote(where.username or ""), self._reach.secrets.get("mailbox", ""), folder):
                age = str(box.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"])
                before, _, last = since.partition(":")
                start = int(last) + 1 if before == age and last.isdecimal() else 1
                for mail in box.fetch(f"UID {start}:*", limit=MOST_MAILS, mark_seen=False, bulk=20):
                    number = int(mail.uid or 0)
                    if number >= start and mail.size_rfc822 <= MOST_BYTES:
                        yield Letter(f"{age}:{number}", mail.obj, _bytes(mail.obj))
        except (ImapToolsError, OSError, ValueError) as error:
            raise Unread(
                "mailbox", f"{where.hostname} does not give its mails: {type(error).__name__}"
            ) from None


def _bytes(sent: Mail) -> bytes:
    """The mail as bytes; nothing, which is no digest, where the library cannot write down what it has read."""
    try:
        return sent.as_bytes()
    except Exception:  # noqa: BLE001  # broken headers and charsets raise many things; one mail must not stop the box
        return b""


def allowed(sent: Mail, senders: str) -> bool:
    """Whether one of *senders*, addresses or domains, sent the mail, and no server found that forged."""
    named = ADDRESS.fullmatch(str(sent.get("From", "")).strip())
    address = named[1].lower() if named else ""
    domain = address.rpartition("@")[2]
    known = {one.strip().lower() for one in senders.split(",") if one.strip()}
    found = address in known or any(
        domain == one or domain.endswith(f".{one}") for one in known if "@" not in one
    )
    judged = str(sent.get("Authentication-Results", "")).lower()  # the topmost: that of the box's own server
    forged = "dmarc=fail" in judged or ("dkim=fail" in judged and "dmarc=pass" not in judged)
    return found and len(sent.get_all("From", [])) == 1 and not forged
