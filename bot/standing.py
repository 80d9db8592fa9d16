"""How things stand, in the few numbers that are looked at again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Health:
    """How the digests of one workspace fare.

    *closed*: readers whom nothing reaches. *late*: deliveries due and not sent. *coming* are the next moments at
    which digests fall due, each with how many readers it is for; *instantly* is how many have theirs as they land.
    *failures* are reasons with how often each was the end of a delivery, most often first.
    """

    people: int
    channels: int
    closed: int
    instantly: int
    late: int
    sent: int
    coming: Sequence[tuple[datetime, int]]
    failures: Sequence[tuple[str, int]]
    database: str  # what it is, its version, and the version of its tables


class Standing(Protocol):
    """What the storage is asked for so often that it is one quick question."""

    async def owed(self, now: datetime) -> tuple[int, datetime | None]:
        """How many deliveries are due at *now* and not sent, and since when the oldest has been."""

    async def health(self, platform: str, workspace: str, *, now: datetime, since: datetime) -> Health:
        """How this workspace's digests fare at *now*; what was sent or failed counts from *since* on."""
