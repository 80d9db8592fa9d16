"""The secrets of this installation: one or more, and a key of its own for every purpose.

The first secret makes what is new; the others still read what was made with them, while they are rotated out.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.errors import BadSettings

SHORTEST: Final = 32  # characters of a secret
KEY_FILE: Final = "digestbot.key"


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets, newest first; never shown."""

    secrets: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def read(cls, text: str) -> "Keys":
        """The secrets in *text*, newest first, with commas between. Raises BadSettings."""
        found = tuple(secret.strip().encode() for secret in text.split(",") if secret.strip())
        if not found or min(map(len, found)) < SHORTEST:
            raise BadSettings(f"DIGESTBOT_SECRET_KEY: write at least {SHORTEST} characters nobody can guess")
        return cls(found)

    @classmethod
    def beside(cls, folder: Path) -> "Keys":
        """The secrets kept in *folder*, made there for its owner alone when there are none yet."""
        file = folder / KEY_FILE
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            new = file.with_suffix(f".{secrets.token_hex(4)}")
            new.touch(0o600)
            new.write_text(secrets.token_urlsafe(48), encoding="ascii")
            new.rename(file)
        return cls.read(file.read_text(encoding="ascii"))

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """A key of 32 bytes for *purpose* from each secret, newest first."""
        return tuple(hmac.digest(secret, purpose.encode(), hashlib.sha256) for secret in self.secrets)
