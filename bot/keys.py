"""The secrets of this installation: one or more, and a key of its own for every purpose.

The first secret makes what is new; the others still read what was made with them, while they are rotated out.
Secrets in a file are read again when it has changed, so that a bot at work knows a new one at once.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, overload

from bot.errors import BadSettings

SHORTEST: Final = 32  # characters of a secret
KEY_FILE: Final = "digestbot.key"

Secrets = tuple[bytes, ...]


class Keys:
    """The secrets, newest first; never shown."""

    def __init__(self, known: Secrets | Callable[[], Secrets]) -> None:
        self._known = known

    @property
    def secrets(self) -> Secrets:
        """The secrets as they are now."""
        return self._known() if callable(self._known) else self._known

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keys) and self.secrets == other.secrets

    __hash__ = None  # type: ignore[assignment]  # secrets change while the bot runs

    @classmethod
    def read(cls, text: str) -> "Keys":
        """The secrets in *text*, newest first, with commas between. Raises BadSettings."""
        return cls(_read(text))

    @classmethod
    def beside(cls, folder: Path) -> "Keys":
        """The secrets kept in *folder*, made there for its owner alone when there are none yet."""
        file = folder / KEY_FILE
        if not file.exists():
            _write(file, [secrets.token_urlsafe(48)])
        _read(file.read_text(encoding="ascii"))
        return cls(_Watched(file))

    def derived(self, purpose: str) -> Sequence[bytes]:
        """A key of 32 bytes for *purpose* from each secret, newest first: at every look those there are then."""
        return _Derived(self, purpose)


def rotate(folder: Path) -> None:
    """Put a new secret before those kept in *folder*. Raises BadSettings."""
    old = [secret.decode() for secret in Keys.beside(folder).secrets]
    _write(folder / KEY_FILE, [secrets.token_urlsafe(48), *old])


def forget_old(folder: Path) -> None:
    """Keep only the newest secret in *folder*; what the others made is of no more use. Raises BadSettings."""
    _write(folder / KEY_FILE, [Keys.beside(folder).secrets[0].decode()])


@dataclass(slots=True)
class _Watched:
    """The secrets in a file, read again when it was changed."""

    file: Path
    _seen: tuple[int, int] = (0, 0)
    _secrets: Secrets = field(default=(), repr=False)

    def __call__(self) -> Secrets:
        try:
            now = self.file.stat()
            seen = now.st_mtime_ns, now.st_ino
            if seen != self._seen:
                self._secrets, self._seen = _read(self.file.read_text(encoding="ascii")), seen
        except (OSError, BadSettings):
            if not self._secrets:
                raise
        return self._secrets


@dataclass(frozen=True, slots=True)
class _Derived(Sequence[bytes]):
    keys: Keys = field(repr=False)
    purpose: str

    def __len__(self) -> int:
        return len(self.keys.secrets)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._all())

    @overload
    def __getitem__(self, at: int) -> bytes: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes]: ...

    def __getitem__(self, at: int | slice) -> bytes | Sequence[bytes]:
        return self._all()[at]

    def _all(self) -> Secrets:
        return tuple(_key(secret, self.purpose) for secret in self.keys.secrets)


def _key(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)


def _read(text: str) -> Secrets:
    found = tuple(secret.strip().encode() for secret in text.split(",") if secret.strip())
    if not found or min(map(len, found)) < SHORTEST:
        raise BadSettings(f"DIGESTBOT_SECRET_KEY: write at least {SHORTEST} characters nobody can guess")
    return found


def _write(file: Path, known: Sequence[str]) -> None:
    """Put *known* in the place of what the file holds, whole or not at all, for its owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(f".{secrets.token_hex(4)}")
    new.touch(0o600)
    new.write_text(",".join(known), encoding="ascii")
    new.rename(file)
