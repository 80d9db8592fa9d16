"""What is owed is sent: claimed, composed once, posted at the platform's pace, marked."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.digest import Listing, compose
from bot.errors import RateLimited, SendError, Unreachable
from bot.interfaces import ChatAdapter, Delivery, Storage
from bot.messages import Message
from bot.models import Address, Landing, Now, Paper
from bot.ranking import Collection, Ranked, Taste, taste

log = logging.getLogger(__name__)

AT_ONCE: Final = 20  # deliveries claimed together
LEASE: Final = timedelta(minutes=2)
LONGEST_SEND: Final = 30.0  # seconds, well within the lease
PAUSE: Final = 0.5  # seconds between looks when nothing was due
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)
REMEMBERED: Final = 500  # landings back in which a digest is still found


@dataclass(frozen=True, slots=True)
class Landed:
    """A landing with the papers that were new in it, and what is rare among them: the same for every reader."""

    landing: Landing
    papers: Sequence[Paper]
    collection: Collection

    @classmethod
    async def at(cls, storage: Storage, landing: Landing) -> "Landed":
        """What landed then."""
        papers = await storage.papers.in_digest(landing.digest)
        return cls(landing, papers, await asyncio.to_thread(Collection, papers))

    @classmethod
    async def of(cls, storage: Storage, digest: int) -> "Landed | None":
        """The landing of this id, unless it is long past."""
        landings = await storage.papers.landings(REMEMBERED)
        found = next((landing for landing in landings if landing.digest == digest), None)
        return await cls.at(storage, found) if found else None

    def ranked(self, met: Mapping[int, Sequence[str]], liking: Taste) -> list[Ranked]:
        """The papers that *met* names (ids to normal forms), best first for a reader of this taste."""
        return self.collection.ranked(met, liking)

    def related(
        self, met: Mapping[int, Sequence[str]], interests: Sequence[str], liking: Taste
    ) -> list[Ranked]:
        """A few papers that meet none of *interests* (normal forms) but are about one, best first."""
        return self.collection.beside(met, interests, liking)


class Courier:
    """Sends what is due. Any number of couriers may run at once: each delivery is claimed by one of them."""

    def __init__(self, storage: Storage, adapters: Iterable[ChatAdapter], now: Now) -> None:
        self._storage, self._now = storage, now
        self._adapters = {adapter.name: adapter for adapter in adapters}
        self._at_hand: Landed | None = None
        self._looking = asyncio.Lock()

    async def run(self) -> None:
        """Send whatever falls due, soon after it does. Ends only when cancelled."""
        while True:
            if not await self.deliver():
                await asyncio.sleep(PAUSE)

    async def deliver(self, most: int = AT_ONCE) -> int:
        """Try up to *most* deliveries that are due, side by side, and say how many there were."""
        due = await self._storage.outbox.claim(self._now(), LEASE, most, tuple(self._adapters))
        async with asyncio.TaskGroup() as tasks:
            for delivery in due:
                tasks.create_task(self._try(delivery))
        return len(due)

    async def _try(self, delivery: Delivery) -> None:
        try:
            await self._send(delivery)
        except Unreachable as closed:
            await self._storage.outbox.give_up(delivery.key, str(closed))
        except RateLimited as limit:
            await self._postpone(
                delivery,
                limit,
                timedelta(seconds=min(max(0.0, limit.retry_after), LONGEST_WAIT.total_seconds())),
            )
        except (SendError, TimeoutError) as trouble:
            await self._postpone(delivery, trouble, _patience(delivery.attempts))
        except Exception as fault:
            log.exception("a delivery failed", extra={"key": delivery.key})
            await self._postpone(delivery, fault, _patience(delivery.attempts))

    async def _send(self, delivery: Delivery) -> None:
        message = delivery.message or await self._composed(delivery)
        if message is None:
            await self._storage.outbox.give_up(delivery.key, "nothing in that digest was new")
            return
        async with asyncio.timeout(LONGEST_SEND):
            adapter = self._adapters[delivery.to.platform]
            ref = await adapter.send(delivery.to, message, key=delivery.key)
        await self._storage.outbox.mark_sent(delivery.key, ref, at=self._now())

    async def _composed(self, delivery: Delivery) -> Message | None:
        """What to say, frozen so that every try says the same; None when there is nothing to say."""
        landed = await self._landed(delivery.digest)
        if landed is None or not landed.papers:
            return None
        message = await digest_of(self._storage, landed, delivery.to)
        await self._storage.outbox.freeze(delivery.key, message)
        return message

    async def _landed(self, digest: int) -> Landed | None:
        """That landing; the last one asked for is at hand, for most deliveries of a time are of one."""
        async with self._looking:
            if self._at_hand is None or self._at_hand.landing.digest != digest:
                self._at_hand = await Landed.of(self._storage, digest)
            return self._at_hand

    async def _postpone(self, delivery: Delivery, reason: Exception, wait: timedelta) -> None:
        until = self._now() + wait
        await self._storage.outbox.postpone(delivery.key, until, str(reason) or type(reason).__name__)


async def digest_of(storage: Storage, landed: Landed, reader: Address, start: int = 0) -> Message:
    """*reader*'s own digest of what landed, from the paper at *start* on; its numbers count from now on."""
    listing = await _listing(storage, landed, reader)
    message = await asyncio.to_thread(compose, listing, start)
    await storage.shelf.show(reader, [ranked.paper.id for ranked in listing.told])
    return message


async def _listing(storage: Storage, landed: Landed, reader: Address) -> Listing:
    met = await storage.papers.met(reader, landed.landing.digest)
    rated = await storage.shelf.rated(reader)
    liked = await storage.papers.get([paper for paper, feedback in rated.items() if feedback == "more"])
    disliked = await storage.papers.get([paper for paper, feedback in rated.items() if feedback != "more"])
    follows = [interest.normal for interest in await storage.people.interests(reader) if not interest.muted]
    widely = await storage.shelf.wants_related(reader)
    hidden = {paper for paper, feedback in rated.items() if feedback == "hide"}

    def listed() -> Listing:
        liking = taste(liked, disliked)
        matched = [one for one in landed.ranked(met, liking) if one.paper.id not in hidden]
        related = landed.related(met, follows, liking) if widely else []
        kept = [one for one in related if one.paper.id not in hidden]
        return Listing(landed.landing, reader, follows, landed.papers, matched, kept)

    return await asyncio.to_thread(listed)


def _patience(attempts: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time, up to an hour."""
    return min(FIRST_WAIT * (1 << min(max(attempts - 1, 0), 16)), LONGEST_WAIT)
