"""Secrets sealed for the database: AES-256-GCM, bound to the row and column they stand in.

A sealed text that is moved to another row or column does not open there. Each says which key made it, so that
keys can be changed while the old ones still open what they sealed. The library is loaded with the first secret: it
weighs six megabytes, and one workspace alone has none.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE: Final = 12  # bytes, as GCM wants them
_MARK: Final = "s1"


@dataclass(frozen=True, slots=True)
class Seals:
    """Seals with the first of *keys* (32 bytes each), and opens with any of them."""

    keys: Sequence[bytes] = field(repr=False)

    def sealed(self, text: str, *place: str) -> str:
        """*text*, to be opened only at *place*: the names of its table, row and column."""
        nonce = secrets.token_bytes(_NONCE)
        shut = _cipher(self.keys[0]).encrypt(nonce, text.encode(), _bound(place))
        return f"{_MARK}.{_name(self.keys[0])}.{base64.urlsafe_b64encode(nonce + shut).decode()}"

    def opened(self, sealed: str, *place: str) -> str | None:
        """What was sealed for *place*, or None when no key opens it there."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # see the module's docstring

        try:
            mark, name, text = sealed.split(".")
            raw = base64.urlsafe_b64decode(text)
            key = next(key for key in self.keys if mark == _MARK and _name(key) == name)
            return _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], _bound(place)).decode()
        except (ValueError, StopIteration, InvalidTag):
            return None


def _cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # see the module's docstring

    return AESGCM(key)


def _name(key: bytes) -> str:
    """What a key is called beside what it sealed: enough to find it again, too little to guess it."""
    return hashlib.blake2b(key, digest_size=4, person=b"digestbot-seal").hexdigest()


def _bound(place: Sequence[str]) -> bytes:
    return "\0".join(place).encode()
