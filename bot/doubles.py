"""What may stand there twice is looked at once more, some minutes later, and the later copy is taken away.

A process that is frozen between its last look at the clock and the write can post when somebody else already has.
Nothing prevents that where the platform knows no key; this makes it last for minutes, and counts it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from bot.errors import SendError, Unreachable, Unseen
from bot.interfaces import ChatAdapter, Delivery, Storage
from bot.models import Now

log = logging.getLogger(__name__)

EVERY: Final = 20.0  # seconds between looks
LEASE: Final = timedelta(minutes=5)  # until it is looked at again, where that failed
AT_ONCE: Final = 20


class SecondLooks:
    """Takes second copies away. Any number of processes may: each delivery is looked at by one of them.

    *counts* tells how many deliveries were looked at, how many copies were removed, and how many nobody can see.
    """

    def __init__(self, storage: Storage, adapters: Iterable[ChatAdapter], now: Now) -> None:
        self._outbox, self._now = storage.outbox, now
        self._adapters = {adapter.name: adapter for adapter in adapters}
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Look, again and again, until cancelled. A database that is away is waited for."""
        while True:
            try:
                while await self.look() == AT_ONCE:
                    pass
            except Exception:
                log.exception("what may stand somewhere twice is looked at later")
            await asyncio.sleep(EVERY)

    async def look(self) -> int:
        """Look at some deliveries, if it is time, and say at how many."""
        doubtful = await self._outbox.doubtful(self._now(), LEASE, AT_ONCE, tuple(self._adapters))
        for delivery in doubtful:
            await self._settle(delivery)
        return len(doubtful)

    async def _settle(self, delivery: Delivery) -> None:
        adapter = self._adapters[delivery.to.platform]
        try:
            since = delivery.tried or delivery.due
            removed = await adapter.take_back(delivery.to, key=delivery.key, since=since)
        except (Unseen, Unreachable):
            self.counts["unseen"] += 1
        except (SendError, TimeoutError) as later:
            log.info("a second look has to wait: %s", later, extra={"key": delivery.key})
            return
        except Exception:
            log.exception("a second look failed; the others go on", extra={"key": delivery.key})
            return
        else:
            self.counts.update(looked=1, removed=removed)
            if removed:
                log.warning("a digest stood there twice; the copy is gone", extra={"key": delivery.key})
        await self._outbox.looked(delivery.key)
