"""What Slack tells of somebody who typed or pressed something (pure)."""

import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.models import Address

Json = Mapping[str, Any]

HEARD: Final = Address.whole("slack")
"""About this stand notes of which ways have ever led to us."""

_LINK: Final = re.compile(r"<(?P<address>(?:https?://|mailto:)[^<>|]*)(?:\|[^<>]*)?>")
_SPACE: Final = re.compile(r"[\s\u200b\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who did something, where, and how they can be answered."""

    user: Address
    place: Address
    channel: str = ""  # "" on the App Home and in forms
    answer_to: str = ""  # an address that takes answers for half an hour
    trigger: str = ""  # lets one form be opened within three seconds
    post: Json | None = None  # what the button stands on, where Slack tells
    fleeting: bool = False  # the post is seen by the user alone, and is not in the history
    view: Json | None = None
    thread: str = ""  # in which the post stands

    @classmethod
    def of(cls, body: Json) -> "Asker":
        """Whoever caused *body*: a slash command, a button, a shortcut, a form or an event."""
        team = _team(body)
        if event := body.get("event"):
            body = {"user": event.get("user"), "channel": event.get("channel")}
        user = Address("slack", team, str(body.get("user_id") or _id(body.get("user"))))
        channel = str(body.get("channel_id") or _id(body.get("channel")))
        elsewhere = channel and not channel.startswith("D")
        return cls(
            user,
            Address("slack", team, channel, "channel") if elsewhere else user,
            channel,
            str(body.get("response_url") or ""),
            str(body.get("trigger_id") or ""),
            body.get("message"),
            bool((body.get("container") or {}).get("is_ephemeral")),
            body.get("view"),
            str({**(body.get("container") or {}), **(body.get("message") or {})}.get("thread_ts") or ""),
        )

    @property
    def private(self) -> bool:
        """Whether the post they pressed a button of is theirs alone."""
        return self.fleeting or self.place.kind == "person"


def spoken(text: str) -> str:
    """What was typed, as it was meant: Slack's escapes undone, links as addresses, one space between words.

    Channels and people stay as Slack writes them, `<#C1|papers>` and `<@U1>`.
    """
    flat = _SPACE.sub(" ", _LINK.sub(lambda found: found["address"].removeprefix("mailto:"), text))
    return html.unescape(flat).strip(" `")


def written(post: Json) -> Iterator[str]:
    """What a message says, and what is attached to it: a link's title often says more than the message."""
    yield str(post.get("text") or "")
    for attached in post.get("attachments") or ():
        yield from (str(attached.get(part) or "") for part in ("title", "title_link", "text"))


def idle(body: Json) -> bool:
    """Whether *body* tells of a message that asks nothing of us: not written by a person, or not to us."""
    event = body.get("event") or {}
    if event.get("type") != "message":
        return False
    to_us = event.get("channel_type") == "im" or str(event.get("channel") or "").startswith("D")
    said = event.get("user") not in (None, "", "USLACKBOT") and not event.get("bot_id")
    written = said and event.get("subtype") in (None, "file_share")
    return not (to_us and written)


def way(body: Json) -> str:
    """By which of Slack's ways *body* came: each is turned on by itself."""
    if "command" in body:
        return "command"
    return "event" if body.get("type") == "event_callback" else "press"


def act(body: Json) -> str:
    """A name for what *body* tells, the same when Slack tells it again."""
    if body.get("event_id"):
        return str(body["event_id"])
    text = json.dumps(body, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def workspace(body: Json) -> Address:
    """The workspace that *body* is about."""
    return Address.whole("slack", _team(body))


def _team(body: Json) -> str:
    given = body.get("team_id") or _id(body.get("team")) or (body.get("user") or {}).get("team_id")
    return str(given or body.get("enterprise_id") or _id(body.get("enterprise")))


def _id(given: object) -> str:
    return str(given.get("id") or "") if isinstance(given, Mapping) else str(given or "")
