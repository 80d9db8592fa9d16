"""What storage keeps of a reader's own papers: what was shown, what they keep, what they think."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, Protocol

from bot.models import Address, Reader

Feedback = Literal["more", "save", "less", "hide"]
"""More like this, kept and so liked, less like this, or less and never this one again."""

LIKED: Final = frozenset[Feedback](("more", "save"))


class Shelf(Protocol):
    """What a reader was shown, keeps, and thinks of it."""

    async def show(self, reader: Address, papers: Sequence[int]) -> None:
        """Remember the list that was shown last, in its order: `why 3` speaks of its third paper."""

    async def shown(self, reader: Address) -> Sequence[int]:
        """The list that was shown last."""

    async def save(self, reader: Address, paper: int, *, at: datetime) -> bool:
        """Keep the paper. False when it was kept before."""

    async def unsave(self, reader: Address, paper: int) -> bool:
        """Give the paper up. False when it was not kept."""

    async def saved(self, reader: Address) -> Sequence[int]:
        """The kept papers, newest first."""

    async def rate(self, reader: Address, paper: int, feedback: Feedback | None, *, at: datetime) -> None:
        """Remember what the reader thinks of the paper; None forgets it."""

    async def rated(self, reader: Address) -> Mapping[int, Feedback]:
        """What the reader thinks, by paper id, newest last."""

    async def unrate(self, reader: Address) -> int:
        """Forget all of what the reader thinks of papers; says of how many."""

    async def keepers(self, papers: Sequence[int]) -> Sequence[tuple[Reader, Sequence[int]]]:
        """Who keeps some of *papers* and wants to hear of their new versions, and which ones."""

    async def wants_versions(self, reader: Address) -> bool:
        """Whether the reader hears of new versions of the papers they keep: no, until they say so."""

    async def want_versions(self, reader: Address, *, wanted: bool) -> None:
        """Hear of new versions from now on, or no longer."""

    async def wants_related(self, reader: Address) -> bool:
        """Whether the reader's digests show related papers: yes, until they say no."""

    async def want_related(self, reader: Address, *, wanted: bool) -> None:
        """Show related papers from now on, or no longer."""
