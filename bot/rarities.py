"""In how many of the papers that have landed each word stands: what makes a word rare."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of so many *papers* each word stands; none of those that are not named."""

    papers: int = 0
    having: Mapping[str, int] = field(default_factory=dict)


class Rarities(Protocol):
    """What is counted of the words of all that has landed, landing by landing and in their order."""

    async def weighed(self) -> int:
        """The last landing whose words were counted; 0 before the first."""

    async def weigh(self, landing: int, said: Frequencies) -> None:
        """Count the words of a landing's new papers. One that is not later than the last counted changes nothing."""

    async def having(self, words: Collection[str]) -> Frequencies:
        """How often each of these words was counted, and how many papers were."""
