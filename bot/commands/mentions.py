"""Channels and people as platforms and hands write them (pure)."""

import re
from dataclasses import dataclass
from typing import Final

from bot.errors import BadArguments
from bot.messages import Span
from bot.models import Address
from bot.summary import shortened

LONGEST: Final = 100

_CHANNEL: Final = re.compile(r"<#(?P<id>\w+)(?:\|(?P<name>[^<>]*))?>")
_ID: Final = re.compile(r"[CDG][A-Z0-9]{6,20}|\d{15,20}")  # as Slack and Discord number them
_NAME: Final = re.compile(r"#?(?P<name>[\w.&'-]{1,100})")
_PERSON: Final = re.compile(r"<@[!&]?(?P<id>\w+)(?:\|[^<>]*)?>|@?(?P<bare>[\w.'-]{1,100})")
_IDS: Final = {"slack": re.compile(r"[UWS][A-Z0-9]{4,20}"), "discord": re.compile(r"\d{15,20}")}
"""How platforms number people and roles; elsewhere a name is as good."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel by its id, and its name where that was told."""

    id: str
    name: str = ""

    @property
    def span(self) -> Span:
        """How it is spoken of."""
        return Span(f"#{(self.name or self.id).lstrip('#')}", "bold", channel=self.id)

    @property
    def mention(self) -> str:
        """What `channel` reads as this one, its name included."""
        if self.id.startswith("#"):
            return self.id
        return f"<#{self.id}|{self.name}>" if self.name else f"<#{self.id}>"


def channel(typed: str) -> Channel:
    """The channel that *typed* means: `<#C123|papers>`, `<#123>`, `#papers`, `papers` or a bare id.

    A name that comes without an id stands for itself, as `#papers`; adapters that can look it up put the id there.
    Raises BadArguments.
    """
    text = typed.strip()
    if found := _CHANNEL.fullmatch(text):
        return Channel(found["id"], found["name"] or "")
    if _ID.fullmatch(text.lstrip("#")):
        return Channel(text.lstrip("#"))
    if found := _NAME.fullmatch(text):
        return Channel(f"#{found['name']}", found["name"])
    raise BadArguments(
        f"“{shortened(typed, LONGEST)}” is no channel. Write it as `#papers`, or pick it from the list."
    )


def person(typed: str) -> str:
    """The id of the person or role that *typed* means: `<@U123|ana>`, `<@123>`, `<@&123>`, `@ana` or a bare id.

    Raises BadArguments.
    """
    if found := _PERSON.fullmatch(typed.strip()):
        return found["id"] or found["bare"]
    raise BadArguments(f"“{shortened(typed, LONGEST)}” is nobody I can read. Write it as `@ana`.")


def known_to(platform: str, typed: str) -> str:
    """The id of the person or role that *typed* means, as *platform* has it. Raises BadArguments.

    A name that the platform did not put an id to would be nobody's, for ever.
    """
    id_ = person(typed)
    if platform in _IDS and not _IDS[platform].fullmatch(id_):
        raise BadArguments(f"I do not know @{id_} here. Pick them from the list that opens as you type `@`.")
    return id_


def address(where: Channel, beside: Address) -> Address:
    """The channel in the workspace of *beside*, and never in another. Raises BadArguments: it has no such channel."""
    if beside.platform in _IDS and where.id.startswith("#"):
        raise BadArguments(
            f"I see no channel {where.id} here. Pick it from the list that opens as you type `#`; "
            "a private one shows itself to me once I am invited to it."
        )
    return Address(beside.platform, beside.workspace, where.id, "channel")
