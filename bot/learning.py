"""What papers define, and which words they say, is counted, landing by landing."""

import asyncio
from collections.abc import Sequence
from typing import Final

from bot.definitions import counted
from bot.interfaces import Storage
from bot.models import Paper
from bot.ranking import said
from bot.spellings import Defined

MOST_LANDINGS: Final = 50  # to look back over, after a time without learning


async def learn(storage: Storage) -> None:
    """Count what the papers of the landings since last time define and say. Any number of programs may at once."""
    defined, weighed = await storage.aliases.learnt(), await storage.papers.weighed()
    for landing in reversed(await storage.papers.landings(MOST_LANDINGS)):
        if landing.digest > min(defined, weighed) and landing.new:
            papers = await storage.papers.in_digest(landing.digest)
            if landing.digest > defined:
                await storage.aliases.learn(landing.digest, await asyncio.to_thread(_defined, papers))
            if landing.digest > weighed:
                await storage.papers.weigh(landing.digest, await asyncio.to_thread(said, papers))


def _defined(papers: Sequence[Paper]) -> list[Defined]:
    return [Defined(short, long, count) for (short, long), count in sorted(counted(papers).items())]
