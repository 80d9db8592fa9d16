"""What has landed, made into one reader's own digest."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.digest import Listing, compose
from bot.interfaces import Storage
from bot.messages import Message
from bot.models import Address, Landing, Paper
from bot.ranking import Collection as Rarities
from bot.ranking import Ranked, Taste, taste
from bot.shelf import LIKED

REMEMBERED: Final = 500  # landings that are told together, at most: those before them are long past


@dataclass(frozen=True, slots=True)
class Landed:
    """Landings told together, oldest first, with the papers that were new in them: the same for every reader."""

    landings: Sequence[Landing]
    papers: Sequence[Paper]
    collection: Rarities  # what is rare among them

    @classmethod
    async def at(cls, storage: Storage, *landings: Landing) -> "Landed":
        """What landed then."""
        papers = [paper for one in landings for paper in await storage.papers.in_digest(one.digest)]
        return cls(landings, papers, await asyncio.to_thread(Rarities, papers))

    @classmethod
    async def of(cls, storage: Storage, digest: int, since: int | None = None) -> "Landed | None":
        """The landings after *since* up to that one, or that one alone; those that are long past are left out."""
        since = digest - 1 if since is None else since
        found = await storage.papers.told(since, digest, REMEMBERED)
        return await cls.at(storage, *found) if found else None

    @property
    def landing(self) -> Landing:
        """All of it as one: the last landing, with what was new in any of them."""
        new = sum(landing.new for landing in self.landings)
        return replace(self.landings[-1], papers=sum(landing.papers for landing in self.landings), new=new)

    def ranked(self, met: Mapping[int, Sequence[str]], liking: Taste) -> list[Ranked]:
        """The papers that *met* names (ids to normal forms), best first for a reader of this taste."""
        return self.collection.ranked(met, liking)

    def related(
        self, met: Mapping[int, Sequence[str]], interests: Sequence[str], liking: Taste
    ) -> list[Ranked]:
        """A few papers that meet none of *interests* (normal forms) but are about one, best first."""
        return self.collection.beside(met, interests, liking)


async def digest_of(storage: Storage, landed: Landed, reader: Address, start: int = 0) -> Message:
    """*reader*'s own digest of what landed, from the paper at *start* on; its numbers count from now on."""
    listing = await _listing(storage, landed, reader)
    await storage.shelf.show(reader, _ids(listing))
    return await asyncio.to_thread(compose, listing, start)


async def first_of(
    storage: Storage, landed: Landed, reader: Address, told: Collection[int]
) -> tuple[Message, Sequence[int]] | None:
    """*reader*'s digest of what landed without the papers they were *told* before, and the papers in it.

    None where nothing is left. Nothing is kept: the reader may be forgotten meanwhile.
    """
    listing = await _listing(storage, landed, reader, told)
    return (await asyncio.to_thread(compose, listing), _ids(listing)) if listing.papers else None


def _ids(listing: Listing) -> list[int]:
    return [ranked.paper.id for ranked in listing.told]


async def _listing(storage: Storage, landed: Landed, reader: Address, told: Collection[int] = ()) -> Listing:
    whose = await storage.inboxes.owner(reader)
    met, days = dict[int, Sequence[str]](), Counter[date]()
    for landing in landed.landings:
        found = await storage.papers.met(whose, landing.digest)
        met |= found
        days[landing.day] += len(found.keys() - {*told})
    rated = await storage.shelf.rated(whose)
    liked = await storage.papers.get([paper for paper, feedback in rated.items() if feedback in LIKED])
    disliked = await storage.papers.get([paper for paper, feedback in rated.items() if feedback not in LIKED])
    follows = [interest.normal for interest in await storage.people.interests(whose) if not interest.muted]
    widely = await storage.shelf.wants_related(whose)
    hidden = {paper for paper, feedback in rated.items() if feedback == "hide"} | {*told}
    first = landed.landings[0]
    here = await storage.workspaces.get(reader.platform, reader.workspace)
    style = here.styles.get(reader.id, "full") if reader.kind == "channel" else "full"

    def listed() -> Listing:
        liking = taste(liked, disliked)
        matched = [one for one in landed.ranked(met, liking) if one.paper.id not in hidden]
        related = landed.related(met, follows, liking) if widely else []
        kept = [one for one in related if one.paper.id not in hidden]
        papers = [paper for paper in landed.papers if paper.id not in told] if told else landed.papers
        since, most = first.digest - 1, here.limits.papers
        return Listing(
            landed.landing, reader, follows, papers, matched, kept, since, first.day, days, style, most
        )

    return await asyncio.to_thread(listed)
