"""What adapters remember between their processes. The rules of `bot.interfaces` hold for every method here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from bot.models import Address

UNFURL: Final = "unfurl"
"""Under this name stands "on" for a workspace where links of papers are to get a card."""


class Notes(Protocol):
    """What an adapter has to remember between its processes, about somebody, a workspace or itself.

    About a person, or about the workspace of a channel; it goes when they are forgotten.
    """

    async def read(self, about: Address, name: str, *, now: datetime | None = None) -> str:
        """What was written about them under this name; "" when nothing was, or its time was over at *now*."""

    async def each(self, people: Sequence[Address], name: str) -> Sequence[str]:
        """What was written about each of these people under this name, in their order."""

    async def write(self, about: Address, notes: Mapping[str, str], *, until: datetime | None = None) -> None:
        """Remember texts by name, in the place of those that stood there. From *until* they may be forgotten."""

    async def change(self, about: Address, name: str, change: Callable[[str], str]) -> str:
        """Put what *change* makes of the text in its place, and say what that is. Nobody else comes in between."""

    async def about(self, about: Address) -> Sequence[tuple[str, str]]:
        """All that was written about them: name and text."""

    async def take(self, about: Address, name: str, *, now: datetime) -> str | None:
        """The text of this name, for the first who asks; it is gone then."""

    async def first(
        self, about: Address, name: str, *, now: datetime, until: datetime, who: str = ""
    ) -> bool:
        """Whether nobody said so before; from now on somebody has, until *until*.

        Whoever gives a name, *who*, may ask again where the answer was lost.
        """
