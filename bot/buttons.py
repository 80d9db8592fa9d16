"""A button as a short text that only this bot can have written, for platforms to keep and hand back.

A button of a person's own message works for that person alone; one of a channel's message works for whoever
presses it, in their own name. What it says is signed, so neither its command nor its arguments can be changed.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, quote

from bot.errors import NotAllowed
from bot.messages import Action
from bot.models import Address, Value

LONG: Final = "~"
"""How the short name of a button begins whose text does not fit into a platform's field."""

_SIGNATURE: Final = 8  # characters, six bits each
_PLAIN: Final = " #:;,*()<>|\"'@/!?"  # what needs no escape between the signs that part names and values
_FOREIGN: Final = "That button is not yours, or too old. `help` lists what you can do instead."


@dataclass(frozen=True, slots=True)
class Buttons:
    """Writes and reads buttons with *keys*, the newest of which comes first."""

    keys: Sequence[bytes] = field(repr=False)

    def written(self, action: Action, owner: Address | None) -> str:
        """*action* for *owner* alone or, with None, for everybody."""
        given = "&".join(
            f"{name}={quote(str(value), safe=_PLAIN)}" for name, value in action.arguments.items()
        )
        said = f"{'o' if owner else 'e'}{action.command}?{given}"
        return _signature(self.keys[0], said, owner) + said

    def read(self, text: str, presser: Address) -> tuple[str, Mapping[str, Value]]:
        """The command and its arguments. Raises NotAllowed when it was not written for *presser*, or not by us."""
        signature, said = text[:_SIGNATURE], text[_SIGNATURE:]
        owner = presser if said.startswith("o") else None
        if not any(
            hmac.compare_digest(signature.encode(), _signature(key, said, owner).encode())
            for key in self.keys
        ):
            raise NotAllowed(_FOREIGN)
        command, _, given = said[1:].partition("?")
        return command, dict(parse_qsl(given, keep_blank_values=True))


@dataclass(slots=True)
class Pen:
    """Writes buttons for *owner*, or for everybody, and remembers those that only fit as a short name.

    *most*: the characters that a platform keeps of a button.
    """

    buttons: Buttons
    owner: Address | None
    most: int
    long: dict[str, str] = field(default_factory=dict)

    def __call__(self, action: Action) -> str:
        """*action* in at most *most* characters."""
        text = self.buttons.written(action, self.owner)
        name = short(text, self.most)
        if name != text:
            self.long[name] = text
        return name


def short(text: str, most: int) -> str:
    """*text* of a button as it fits into *most* characters: itself, or a name to keep it under.

    The name tells as much as a platform has to know before it looks the text up: see `command_of` and `personal`.
    """
    if len(text) <= most:
        return text
    name = base64.urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:15]).decode()
    return f"{LONG}{text[_SIGNATURE]}{command_of(text)}?{name}"


def command_of(text: str) -> str:
    """The command that a button runs, told from its text or its short name, not yet believed."""
    return text[_start(text) + 1 :].partition("?")[0]


def personal(text: str) -> bool:
    """Whether a button, told from its text or its short name, is one person's alone."""
    return text[_start(text) :][:1] == "o"


def _start(text: str) -> int:
    return 1 if text.startswith(LONG) else _SIGNATURE


def _signature(key: bytes, said: str, owner: Address | None) -> str:
    whose = f"{owner.platform}\0{owner.workspace}\0{owner.id}" if owner else ""
    mac = hmac.digest(key, f"{whose}\0{said}".encode("utf-8", "replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(mac)[:_SIGNATURE].decode()
