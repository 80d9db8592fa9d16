"""What has landed lately, and what an interest finds in it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.interfaces import Storage
from bot.matching import Index
from bot.models import Landing, Paper

ENOUGH: Final = 1_000  # papers to look back over: earlier landings are left out, the last one never is
MOST_LANDINGS: Final = 30


@dataclass(frozen=True, slots=True)
class Lately:
    """The last landings with the papers that were new in them, newest landing first."""

    landings: Sequence[tuple[Landing, Sequence[Paper]]]

    @property
    def papers(self) -> list[Paper]:
        """The papers of all of them."""
        return [paper for _, papers in self.landings for paper in papers]

    async def found(self, normals: Sequence[str]) -> Mapping[str, Sequence[Paper]]:
        """The papers that each term meets."""
        papers = self.papers
        positions = await asyncio.to_thread(met, normals, papers)
        return {normal: [papers[at] for at in met] for normal, met in positions.items()}

    def by_landing(self, met: Sequence[Paper]) -> dict[int, list[int]]:
        """The ids of these papers, by the landing that brought them."""
        wanted = {paper.id for paper in met}
        found = {
            landing.digest: [paper.id for paper in papers if paper.id in wanted]
            for landing, papers in self.landings
        }
        return {digest: papers for digest, papers in found.items() if papers}


async def lately(storage: Storage) -> Lately:
    """The landings that are looked back over."""
    found: list[tuple[Landing, Sequence[Paper]]] = []
    room = ENOUGH
    for landing in await storage.papers.landings(MOST_LANDINGS):
        if landing.new and (not found or landing.new <= room):
            found.append((landing, await storage.papers.in_digest(landing.digest)))
            room -= landing.new
    return Lately(found)


async def latest(storage: Storage) -> Landing | None:
    """The last landing that brought something new, when there was one."""
    landings = await storage.papers.landings(MOST_LANDINGS)
    return next((landing for landing in landings if landing.new), None)


def met(normals: Sequence[str], papers: Sequence[Paper]) -> Mapping[str, Sequence[int]]:
    """At which positions of *papers* each term is met."""
    index = Index()
    for id_, normal in enumerate(normals):
        index.add(id_, normal)
    positions = index.match(papers)
    return {normal: positions.get(id_, ()) for id_, normal in enumerate(normals)}
