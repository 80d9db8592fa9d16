"""What has landed, made into one reader's own digest."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

from bot.digest import Listing, compose
from bot.interfaces import Storage
from bot.messages import Message
from bot.models import Address, Landing, Paper
from bot.ranking import Collection as Rarities
from bot.ranking import Ranked, Taste, taste
from bot.together import Together
from bot.wishes import Wishes

REMEMBERED: Final = 500  # landings that are told together, at most: those before them are long past


@dataclass(frozen=True, slots=True)
class Landed:
    """Landings told together, oldest first, with the papers that were new in them: the same for every reader."""

    landings: Sequence[Landing]
    papers: Sequence[Paper]
    collection: Rarities  # what is rare among them
    wishes: Callable[[Address], Awaitable[Wishes]]
    """What a reader wants of it; several who ask at once are looked up together."""

    @classmethod
    async def at(cls, storage: Storage, *landings: Landing) -> "Landed":
        """What landed then."""
        papers = [paper for one in landings for paper in await storage.papers.in_digest(one.digest)]
        wishes = Together(partial(storage.people.wishes, landings=[one.digest for one in landings]))
        return cls(landings, papers, await asyncio.to_thread(Rarities, papers), wishes)

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
    wishes = await landed.wishes(reader)

    def composed() -> tuple[Message, Sequence[int]]:
        listing = _listing(landed, reader, wishes)
        return compose(listing, start), _ids(listing)

    message, papers = await asyncio.to_thread(composed)
    await storage.shelf.show(reader, papers)
    return message


async def first_of(
    landed: Landed, reader: Address, told: Collection[int]
) -> tuple[Message, Sequence[int]] | None:
    """*reader*'s digest of what landed without the papers they were *told* before, and the papers in it.

    None where nothing is left. Nothing is kept: the reader may be forgotten meanwhile.
    """
    wishes = await landed.wishes(reader)

    def composed() -> tuple[Message, Sequence[int]] | None:
        listing = _listing(landed, reader, wishes, told)
        return (compose(listing), _ids(listing)) if listing.papers else None

    return await asyncio.to_thread(composed)


def _ids(listing: Listing) -> list[int]:
    return [ranked.paper.id for ranked in listing.told]


def _listing(landed: Landed, reader: Address, wishes: Wishes, told: Collection[int] = ()) -> Listing:
    met, days = dict[int, Sequence[str]](), Counter[date]()
    for landing in landed.landings:
        found = wishes.met[landing.digest]
        met |= found
        days[landing.day] += len(found.keys() - {*told})
    hidden, liking = wishes.hidden | {*told}, taste(wishes.liked, wishes.disliked)
    matched = [one for one in landed.ranked(met, liking) if one.paper.id not in hidden]
    related = landed.related(met, wishes.follows, liking) if wishes.related else []
    kept = [one for one in related if one.paper.id not in hidden]
    papers = [paper for paper in landed.papers if paper.id not in told] if told else landed.papers
    first, here = landed.landings[0], wishes.workspace
    style = here.styles.get(reader.id, "full") if reader.kind == "channel" else "full"
    return Listing(
        landed.landing,
        reader,
        wishes.follows,
        papers,
        matched,
        kept,
        since=first.digest - 1,
        first=first.day,
        days=days,
        style=style,
        most=here.limits.papers,
    )
