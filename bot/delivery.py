"""What is owed is sent: claimed, composed once, posted at the platform's pace, marked."""

import asyncio
import logging
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from bot.errors import SendError
from bot.interfaces import ChatAdapter, Delivery, Storage
from bot.landed import Landed, first_of
from bot.messages import Message, note
from bot.models import Now
from bot.outcomes import Rules, Verdict, again, verdict
from bot.owed import Seen

log = logging.getLogger(__name__)

AT_ONCE: Final = 50  # deliveries claimed together
UNDER_WAY: Final = 64  # deliveries tried side by side: this bounds the memory, however many are due
PAUSE: Final = 0.5  # seconds between looks when nothing was due
AT_HAND: Final = 8  # landings kept ready to be told


@dataclass(slots=True, eq=False)
class _Attempt:
    """A delivery being tried. *begun* is on a clock that no one sets; *wire*: the post may be on its way."""

    delivery: Delivery
    begun: float
    wire: bool = False
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)


class Courier:
    """Sends what is due. Any number of couriers may run at once: each delivery is claimed by one of them.

    *counts* tells how often what happened: sent, wait, repeat, plain, give up, held, lost (a lease that ended);
    *seen* is told each time.
    """

    def __init__(
        self,
        storage: Storage,
        adapters: Iterable[ChatAdapter],
        now: Now,
        rules: Rules = Rules(),  # noqa: B008  # a frozen value
        chance: Callable[[], float] = random.random,
        *,
        seen: Seen | None = None,
    ) -> None:
        self._storage, self._now, self._rules, self._chance = storage, now, rules, chance
        self._seen = seen
        self._adapters = {adapter.name: adapter for adapter in adapters}
        self._paces = {name: adapter.pace for name, adapter in self._adapters.items()}
        self._name = secrets.token_hex(6)
        self._at_hand: dict[tuple[int, int], Landed | None] = {}
        self._looking = asyncio.Lock()
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Send whatever falls due, soon after it does. Ends only when cancelled: then what is on its way arrives.

        A database that is away is waited for.
        """
        under_way: set[_Attempt] = set()
        try:
            while True:
                if not await self._claimed(under_way):
                    await asyncio.sleep(PAUSE)
                while len(under_way) >= UNDER_WAY:
                    await asyncio.wait(_tasks(under_way), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._finish(under_way)

    async def deliver(self, most: int = AT_ONCE) -> int:
        """Try up to *most* deliveries that are due, side by side, and say how many there were."""
        attempts = await self._claim(most)
        async with asyncio.TaskGroup() as tasks:
            for attempt in attempts:
                tasks.create_task(self._try(attempt))
        return len(attempts)

    async def _claimed(self, under_way: set[_Attempt]) -> int:
        """Begin to try what is due, as far as there is room, and say how many were."""
        try:
            attempts = await self._claim(min(AT_ONCE, UNDER_WAY - len(under_way)))
        except Exception:
            log.exception("what is due cannot be seen; it is looked for again")
            return 0
        for attempt in attempts:
            under_way.add(attempt)
            attempt.task = asyncio.create_task(self._try(attempt), name=attempt.delivery.key)
            attempt.task.add_done_callback(partial(_left, under_way, attempt))
        return len(attempts)

    async def _claim(self, most: int) -> list[_Attempt]:
        claimed = await self._storage.outbox.claim(
            self._now(), self._rules.lease, most, self._paces, self._name
        )
        begun = elapsed()
        return [_Attempt(delivery, begun) for delivery in claimed]

    async def _finish(self, under_way: set[_Attempt]) -> None:
        """Let what is on its way arrive, and give back what has not left."""
        for attempt in under_way:
            if not attempt.wire and attempt.task:
                attempt.task.cancel()
        if under_way:
            _, late = await asyncio.wait(_tasks(under_way), timeout=self._rules.finish.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _try(self, attempt: _Attempt) -> None:
        """Try it, and write down what came of it. What cannot be written down is found by whoever claims it next."""
        try:
            await self._send(attempt)
        except asyncio.CancelledError:
            if not attempt.wire:
                await self._postpone_unsent(attempt.delivery)
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
            await self._settle(attempt, error)

    async def _send(self, attempt: _Attempt) -> None:
        delivery = attempt.delivery
        message = delivery.message or await self._composed(delivery)
        if message is None:
            nothing = "nothing in that digest was new"
            await self._storage.outbox.give_up(delivery.key, self._name, nothing, state="empty")
            return
        attempt.delivery = delivery = replace(delivery, message=message)
        if delivery.start:
            await asyncio.sleep((delivery.start - self._now()).total_seconds())
        left = await self._begun(attempt)
        if left <= 0:
            self._count("lost", delivery)
            return
        async with asyncio.timeout(left):
            adapter = self._adapters[delivery.to.platform]
            ref = await adapter.send(delivery.to, message, key=delivery.key, tried=delivery.tried)
        await self._storage.outbox.mark_sent(delivery.key, ref, at=self._now())
        self._count("sent", delivery)

    def _count(self, what: str, delivery: Delivery) -> None:
        self.counts[what] += 1
        if self._seen:
            self._seen(what, delivery, self._now())

    async def _begun(self, attempt: _Attempt) -> float:
        """Write down that it may be posted from now on, and say for how many seconds it may; 0 or less: not at all.

        They count from before it was written down, so that a slow database leaves less of them: whoever looks for
        the post later counts from there too.
        """
        now, rules, started = self._now(), self._rules, elapsed()
        until = now + max(rules.quarantine, rules.longest_send)
        attempt.wire = await self._storage.outbox.begin(
            attempt.delivery.key, self._name, now=now, until=until
        )
        ours = attempt.wire and started - attempt.begun < (rules.lease - rules.longest_send).total_seconds()
        return rules.longest_send.total_seconds() - (elapsed() - started) if ours else 0.0

    async def _settle(self, attempt: _Attempt, error: Exception) -> None:
        delivery, outbox = attempt.delivery, self._storage.outbox
        if not isinstance(error, SendError | TimeoutError):
            log.error("a delivery failed", exc_info=error, extra={"key": delivery.key})
        found = verdict(error, delivery, self._now(), self._rules, wire=attempt.wire, chance=self._chance())
        self._count(found.what, delivery)
        try:
            await self._follow(delivery, found)
            if found.rests:
                await outbox.rest(delivery.to, found.rests, found.until)
            if found.closed:
                await self._storage.people.close(delivery.to, found.reason)
        except Exception:
            log.exception("what came of a delivery cannot be noted", extra={"key": delivery.key})

    async def _follow(self, delivery: Delivery, found: Verdict) -> None:
        outbox, key = self._storage.outbox, delivery.key
        match found.what:
            case "wait":
                await outbox.postpone(key, self._name, found.until, found.reason, unposted=found.unposted)
            case "repeat":
                message = again(delivery.message)
                await outbox.say_instead(key, self._name, message, at=found.until, repeat=True)
            case "plain" if delivery.message and delivery.message != note(delivery.message.summary):
                log.error("a platform takes no such message: %s", found.reason, extra={"key": key})
                message = note(delivery.message.summary)
                await outbox.say_instead(key, self._name, message, at=found.until, repeat=False)
            case "held":
                await outbox.give_up(key, self._name, found.reason, state="held")
            case _:
                await outbox.give_up(key, self._name, found.reason)

    async def _postpone_unsent(self, delivery: Delivery) -> None:
        unposted = delivery.tried is None
        await self._storage.outbox.postpone(
            delivery.key, self._name, self._now(), "the courier was told to stop", unposted=unposted
        )

    async def _composed(self, delivery: Delivery) -> Message | None:
        """What to say, frozen so that every try says the same; None when there is nothing to say."""
        landed = await self._landed(delivery)
        if landed is None or not landed.papers:
            return None
        told: set[int] = set()
        while found := await first_of(self._storage, landed, delivery.to, told):
            message, papers = found
            again = await self._storage.outbox.freeze(delivery.key, message, papers)
            if not again:
                return message
            told.update(again)
        return None

    async def _landed(self, delivery: Delivery) -> Landed | None:
        """What it tells; the last few are at hand, for most deliveries of a time are of the same landings."""
        wanted = delivery.since, delivery.digest
        async with self._looking:
            if wanted not in self._at_hand:
                while len(self._at_hand) >= AT_HAND:
                    del self._at_hand[next(iter(self._at_hand))]
                self._at_hand[wanted] = await Landed.of(self._storage, delivery.digest, delivery.since)
            return self._at_hand[wanted]


def elapsed() -> float:
    """Seconds on a clock that no one sets, and that goes on while the machine sleeps, where the system has one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _left(under_way: set[_Attempt], attempt: _Attempt, _task: object) -> None:
    under_way.discard(attempt)


def _tasks(attempts: Iterable[_Attempt]) -> "list[asyncio.Task[None]]":
    return [attempt.task for attempt in attempts if attempt.task]
