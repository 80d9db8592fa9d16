"""What a delivery says: composed once, and frozen."""

import asyncio
from typing import Final

from bot.interfaces import Delivery, Storage
from bot.landed import Landed, first_of
from bot.messages import Message

AT_HAND: Final = 8  # landings kept ready to be told


class Composer:
    """Composes deliveries, with the last few landings at hand: most deliveries of a time are of the same ones."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._at_hand: dict[tuple[int, int], Landed | None] = {}
        self._looking = asyncio.Lock()

    async def __call__(self, delivery: Delivery, owner: str) -> Message | None:
        """What to say, frozen by its *owner* so that every try says the same; None when there is nothing to say."""
        landed = await self._landed(delivery)
        if landed is None or not landed.papers:
            return None
        told: set[int] = set()
        while found := await first_of(landed, delivery.to, told):
            message, papers = found
            again = await self._storage.outbox.freeze(delivery.key, owner, message, papers)
            if not again:
                return message
            told.update(again)
        return None

    async def _landed(self, delivery: Delivery) -> Landed | None:
        wanted = delivery.since, delivery.digest
        async with self._looking:
            if wanted not in self._at_hand:
                while len(self._at_hand) >= AT_HAND:
                    del self._at_hand[next(iter(self._at_hand))]
                self._at_hand[wanted] = await Landed.of(self._storage, delivery.digest, delivery.since)
            return self._at_hand[wanted]
