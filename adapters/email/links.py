"""Links in mails that do something, signed so that nobody else can make one (pure)."""

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from bot.inboxes import EMAIL
from bot.messages import Action
from bot.models import Address, Invocation

MOST: Final = 4_000  # characters of a link's secret part


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads links below *base*, signed with the first of *keys*; the others are still read."""

    base: str
    keys: Sequence[bytes] = field(repr=False)

    def to(self, action: Action, inbox: Address) -> str:
        """The address at which *inbox* does what *action* says."""
        told = json.dumps([action.command, inbox.id, dict(action.arguments)], separators=(",", ":")).encode()
        return f"{self.base.rstrip('/')}/email/{_text(told)}.{_text(_seal(self.keys[0], told))}"

    def read(self, token: str) -> Invocation | None:
        """What the last part of such an address does; None where it is not one of ours."""
        told, _, seal = token[:MOST].partition(".")
        try:
            content, sealed = _bytes(told), _bytes(seal)
        except (binascii.Error, ValueError):
            return None
        if not any(hmac.compare_digest(_seal(key, content), sealed) for key in self.keys):
            return None
        command, address, arguments = json.loads(content)
        inbox = Address(EMAIL, "", address)
        return Invocation(command, inbox, inbox, arguments)


def _seal(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, sha256)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
