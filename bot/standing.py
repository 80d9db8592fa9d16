"""How things stand, in the few numbers that are looked at again and again."""

from datetime import datetime
from typing import Protocol


class Standing(Protocol):
    """What the storage is asked for so often that it is one quick question."""

    async def owed(self, now: datetime) -> tuple[int, datetime | None]:
        """How many deliveries are due at *now* and not sent, and since when the oldest has been."""
