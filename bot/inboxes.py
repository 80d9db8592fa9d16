"""Inboxes: a person's digest by e-mail as well, at an address they have confirmed."""

import re
from typing import Final, Protocol

from bot.models import Address

EMAIL: Final = "email"
"""The platform of inboxes."""

WRITTEN: Final = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}", re.ASCII
)


def inbox(written: str) -> Address | None:
    """The inbox at an address as people write it; None where it is none. Domains are the same in any case."""
    local, _, domain = written.strip().removeprefix("mailto:").rpartition("@")
    address = f"{local}@{domain.lower()}"
    return Address(EMAIL, "", address) if WRITTEN.fullmatch(address) and len(address) <= 254 else None


class Inboxes(Protocol):
    """Who has an inbox. The rules of `bot.interfaces` hold for every method here."""

    async def of(self, owner: Address) -> Address | None:
        """Where *owner*'s digest comes as well."""

    async def open(self, inbox: Address, owner: Address) -> None:
        """From now on *owner*'s digest comes there as well, and to no other inbox; nor does anybody else's."""
