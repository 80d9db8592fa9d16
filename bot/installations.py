"""What a workspace gave us when it installed the app, and small notes with an end: values and their storage."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Installation:
    """A workspace, or a whole organisation, that installed the app. Its tokens are never shown."""

    platform: str
    workspace: str
    token: str = field(repr=False)
    refresh: str = field(
        default="", repr=False
    )  # what the next token is asked for with; "" where none expire
    expires: datetime | None = None  # when *token* does
    bot: str = ""  # who we are there
    scopes: str = ""  # what we may do, with commas


class Installations(Protocol):
    """Installations, their tokens sealed."""

    async def get(self, platform: str, workspace: str) -> Installation | None:
        """The installation, or None: it was never made, or was taken back, or no key opens its seal."""

    async def keep(self, installation: Installation, *, at: datetime) -> None:
        """Remember the installation, in the place of an earlier one; whoever was renewing its token is done."""

    async def all(self, platform: str) -> list[Installation]:
        """Every installation that can be opened."""

    async def claim(self, installation: Installation, *, now: datetime, until: datetime) -> bool:
        """Whether its token is ours to renew, and nobody else's *until* then: it is still this one, and free."""

    async def forget(self, platform: str, workspace: str) -> None:
        """Forget the tokens."""

    async def reseal(self) -> int:
        """Seal everything with the newest key, and say how many installations that were."""
