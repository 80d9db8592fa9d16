"""One process at a time holds the gateway: a second one waits for its turn, and steps in when the first is gone."""

from datetime import datetime, timedelta
from typing import Final

from adapters.discord.processes import is_dead, myself
from bot.models import Address, Now
from bot.notes import Notes

LEASE: Final = timedelta(seconds=20)
RENEWED: Final = 5.0  # seconds between renewals
ASKED: Final = 1.0  # seconds between looks of those who wait
_NAME: Final = "gateway"


class Turn:
    """The right to hold the gateway, written down in *notes*."""

    def __init__(self, notes: Notes, about: Address, now: Now) -> None:
        self._notes, self._about, self._now = notes, about, now
        self._me = myself()

    async def taken(self) -> bool:
        """Take the turn, or keep it for another while. False when another process has it."""
        note = await self._notes.change(self._about, _NAME, self._asked)
        return note.startswith(f"{self._me} ")

    async def given_up(self) -> None:
        """Let others have it."""
        await self._notes.change(
            self._about, _NAME, lambda note: "" if note.startswith(f"{self._me} ") else note
        )

    def _asked(self, note: str) -> str:
        who, _, until = note.partition(" ")
        free = not note or who == self._me or self._now() > datetime.fromisoformat(until) or is_dead(who)
        return f"{self._me} {(self._now() + LEASE).isoformat()}" if free else note
