"""What storage keeps of spellings that are alike: those of a workspace, and those that papers define."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.models import Address


@dataclass(frozen=True, slots=True)
class Defined:
    """That so many *papers* say what *short* stands for: "Direct Preference Optimization (DPO)"."""

    short: str
    long: str
    papers: int


class Aliases(Protocol):
    """What a workspace calls things, and what papers themselves say that a short form stands for.

    A workspace is meant by any address in it.
    """

    async def pairs(self, place: Address) -> Sequence[tuple[str, str]]:
        """The pairs of spellings that are alike in the workspace, beside the table; oldest first."""

    async def add(self, place: Address, one: str, other: str) -> bool:
        """Let the two spellings be alike in the workspace. False when they were, in either order."""

    async def remove(self, place: Address, one: str, other: str) -> bool:
        """Let them be alike no longer. False when they were not."""

    async def learn(self, landing: int, defined: Sequence[Defined]) -> None:
        """Write what the new papers of a landing define. Learning from it twice changes nothing."""

    async def learnt(self) -> int:
        """The last landing that was learnt from; 0 before the first."""

    async def defined(self, spellings: Sequence[str]) -> Sequence[Defined]:
        """Definitions in which one of *spellings* is either side, counted over all landings; most papers first.

        Short forms are compared as they are, long ones in small letters.
        """
