"""A mail as it was sent: who says so, and the digest inside. Google Scholar's alerts, Hugging Face's and arXiv's mails.

What stands in attachments is not looked at.
"""

import re
from collections.abc import Callable
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final

from adapters.sources import alerts, days, listing
from adapters.sources.content import LINE_END
from adapters.sources.limits import MOST_BYTES
from adapters.sources.reading import Format, Reading
from bot.errors import Refused

HEADER: Final = re.compile(
    r"(?:From |(?:return-path|received|delivered-to|message-id|date|from|to|subject|mime-version|x-[\w-]+|reply-to"
    r"|list-[\w-]+|dkim-signature|arc-[\w-]+|authentication-results|content-type):)",
    re.IGNORECASE,
)
NEEDED: Final = re.compile(r"^from:", re.IGNORECASE | re.MULTILINE)
MESSAGE_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>")
MOST_HEADERS: Final = 200_000  # characters
MOST_PARTS: Final = 100


def recognises(text: str) -> bool:
    """Whether *text* begins with the headers of a mail."""
    headers = text[:MOST_HEADERS].partition("\n\n")[0]
    return bool(HEADER.match(text)) and bool(NEEDED.search(headers))


def read(text: str, today: date) -> Reading:
    """The papers of the mail, on the day it was sent.

    Raises:
        Refused: a mail without papers that anybody could find, or broken.
    """
    sent = _parsed(text)
    body, markup = _part(sent, "plain"), _part(sent, "html")
    day = days.mailed(str(sent.get("date", "")))
    if listing.recognises(body):
        found = listing.read(body, today)
    elif markup:
        found = alerts.read(markup, today)
    else:
        raise Refused(
            "a mail without a list of papers that is known here: arXiv's, Hugging Face's, Scholar's"
        )
    return Reading(found.papers, found.day or day, found.source, found.updates, _letter(sent))


FORMAT: Final = Format(recognises, read)


def _letter(sent: EmailMessage) -> str:
    """Its Message-ID, where it is one: no name that cannot be kept."""
    named = MESSAGE_ID.search(_guarded(lambda: str(sent.get("message-id", ""))))
    return named[0] if named else ""


def _parsed(text: str) -> EmailMessage:
    content = text.encode("utf-8", "surrogateescape")
    if len(content) > MOST_BYTES:
        raise Refused("the mail is too large")
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)  # noqa: S101  # the policy's promise, which its types do not tell
    return found


def _part(sent: EmailMessage, kind: str) -> str:
    """The first text of this *kind*; broken mails raise many things while they are walked."""
    return _guarded(lambda: _walked(sent, kind))


def _walked(sent: EmailMessage, kind: str) -> str:
    for number, part in enumerate(sent.walk()):
        if number > MOST_PARTS:
            raise Refused(f"more than {MOST_PARTS} parts; no digest needs so many")
        if part.get_content_type() == f"text/{kind}" and part.get_content_disposition() != "attachment":
            payload = part.get_payload(decode=True)
            content = payload if isinstance(payload, bytes) else b""
            return LINE_END.sub("\n", _decoded(content, part.get_content_charset() or "utf-8"))
    return ""


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _guarded(look: Callable[[], str]) -> str:
    try:
        return look()
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001  # the library's parser of headers raises whatever it trips over
        raise Refused(f"the mail is broken: {type(error).__name__}") from None
