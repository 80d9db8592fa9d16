"""What is owed is sent: claimed, composed once, posted at the platform's pace, marked."""

import asyncio
import logging
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from bot.attempts import Attempt, UnderWay
from bot.composing import Composer
from bot.errors import SendError
from bot.interfaces import ChatAdapter, Storage
from bot.messages import Message, note
from bot.models import Now
from bot.outcomes import Rules, Verdict, again, verdict
from bot.owed import Seen
from bot.steps import Steps

log = logging.getLogger(__name__)

AT_ONCE: Final = 50  # deliveries claimed together
COMPOSED: Final = 8  # digests composed side by side: all at once, all of them would be late together
PAUSE: Final = 0.5  # seconds between looks when nothing was due


class Courier:
    """Sends what is due. Any number of couriers may run at once: each delivery is claimed by one of them.

    *counts* tells how often what happened: sent, wait, repeat, plain, give up, held, lost (a claim that could not
    be used); *seen* is told each time.
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
        self._composed, self._turns = Composer(storage), asyncio.Semaphore(COMPOSED)
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Send whatever falls due, soon after it does. Ends only when cancelled: then what is on its way arrives.

        A database that is away is waited for.
        """
        under_way = UnderWay()
        try:
            while True:
                if not await self._claimed(under_way):
                    await asyncio.sleep(PAUSE)
                await under_way.thinned(PAUSE)
        finally:
            await under_way.ended(self._rules.finish)

    async def deliver(self, most: int = AT_ONCE) -> int:
        """Try up to *most* deliveries that are due, side by side, and say how many there were."""
        attempts = await self._claim(most)
        async with asyncio.TaskGroup() as tasks:
            for attempt in attempts:
                tasks.create_task(self._try(attempt))
        return len(attempts)

    async def _claimed(self, under_way: UnderWay) -> int:
        """Begin to try what is due, as far as there is room, and say how many were."""
        try:
            attempts = await self._claim(min(AT_ONCE, under_way.room))
        except Exception:
            log.exception("what is due cannot be seen; it is looked for again")
            return 0
        for attempt in attempts:
            under_way.add(attempt, self._try(attempt))
        return len(attempts)

    async def _claim(self, most: int) -> list[Attempt]:
        owner, begun = secrets.token_hex(6), elapsed()  # before the lease begins: claiming may be slow
        now = self._now()
        claimed = await self._storage.outbox.claim(now, self._rules.lease, most, self._paces, owner)
        return [Attempt(delivery, owner, begun, Steps(self._now, now)) for delivery in claimed]

    async def _try(self, attempt: Attempt) -> None:
        """Try it, and write down what came of it. What cannot be written down is found by whoever claims it next."""
        try:
            await self._send(attempt)
        except asyncio.CancelledError:
            if not attempt.wire:
                await self._give_back(attempt, "the courier was told to stop")
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
            await self._settle(attempt, error)

    async def _send(self, attempt: Attempt) -> None:
        delivery = attempt.delivery
        message = delivery.message or await self._message(attempt)
        if message is None:
            return
        attempt.delivery = delivery = replace(delivery, message=message)
        if delivery.start:
            with attempt.steps("pace"):
                await asyncio.sleep((delivery.start - self._now()).total_seconds())
        left = await self._begun(attempt)
        if left <= 0:
            await self._lose(attempt, begun=attempt.wire)
            return
        with attempt.steps("send"):
            async with asyncio.timeout(left):
                adapter = self._adapters[delivery.to.platform]
                ref = await adapter.send(delivery.to, message, key=delivery.key, tried=delivery.tried)
        await self._storage.outbox.mark_sent(delivery.key, ref, at=self._now())
        self._count("sent", attempt)

    def _count(self, what: str, attempt: Attempt) -> None:
        self.counts[what] += 1
        if self._seen:
            self._seen(what, attempt.delivery, self._now(), attempt.steps)

    async def _begun(self, attempt: Attempt) -> float:
        """Write down that it may be posted from now on, and say for how many seconds it may; 0 or less: not at all.

        They count from before it was written down, so that a slow database leaves less of them: whoever looks for
        the post later counts from there too.
        """
        now, rules, started = self._now(), self._rules, elapsed()
        until = now + max(rules.quarantine, rules.longest_send)
        attempt.wire = await self._storage.outbox.begin(
            attempt.delivery.key, attempt.owner, now=now, until=until
        )
        ours = attempt.wire and self._leased(attempt, started)
        return rules.longest_send.total_seconds() - (elapsed() - started) if ours else 0.0

    def _leased(self, attempt: Attempt, moment: float) -> bool:
        """Whether its lease outlives a post that begins at *moment*."""
        return moment - attempt.begun < (self._rules.lease - self._rules.longest_send).total_seconds()

    async def _lose(self, attempt: Attempt, *, begun: bool = True) -> None:
        """Nothing was posted under this claim, and it is too late now: it is claimed again at once.

        Where it could not be *begun*, it is somebody else's, or was put off, by now.
        """
        self._count("lost", attempt)
        if begun:
            await self._give_back(attempt, "it was not ready to be posted in time")

    async def _settle(self, attempt: Attempt, error: Exception) -> None:
        delivery, outbox = attempt.delivery, self._storage.outbox
        if not isinstance(error, SendError | TimeoutError):
            log.error("a delivery failed", exc_info=error, extra={"key": delivery.key})
        found = verdict(error, delivery, self._now(), self._rules, wire=attempt.wire, chance=self._chance())
        self._count(found.what, attempt)
        try:
            await self._follow(attempt, found)
            if found.rests:
                await outbox.rest(delivery.to, found.rests, found.until)
            if found.closed:
                await self._storage.people.close(delivery.to, found.reason)
        except Exception:
            log.exception("what came of a delivery cannot be noted", extra={"key": delivery.key})

    async def _follow(self, attempt: Attempt, found: Verdict) -> None:
        outbox, delivery, owner = self._storage.outbox, attempt.delivery, attempt.owner
        key = delivery.key
        match found.what:
            case "wait":
                await outbox.postpone(key, owner, found.until, found.reason, unposted=found.unposted)
            case "repeat":
                message = again(delivery.message)
                await outbox.say_instead(key, owner, message, at=found.until, repeat=True)
            case "plain" if delivery.message and delivery.message != note(delivery.message.summary):
                log.error("a platform takes no such message: %s", found.reason, extra={"key": key})
                message = note(delivery.message.summary)
                await outbox.say_instead(key, owner, message, at=found.until, repeat=False)
            case "held":
                await outbox.give_up(key, owner, found.reason, state="held")
            case _:
                await outbox.give_up(key, owner, found.reason)

    async def _give_back(self, attempt: Attempt, why: str) -> None:
        """Nothing was posted by this attempt: whoever claims it next may look for what is older."""
        unposted = attempt.delivery.tried is None
        await self._storage.outbox.postpone(
            attempt.delivery.key, attempt.owner, self._now(), why, unposted=unposted
        )

    async def _message(self, attempt: Attempt) -> Message | None:
        """What to say; None when nothing is to be said under this claim."""
        async with self._turns:
            if not self._leased(attempt, elapsed()):
                await self._lose(attempt)
                return None
            with attempt.steps("compose"):
                message = await self._composed(attempt.delivery, attempt.owner)
        if message is None:
            nothing = "nothing in that digest was new"
            await self._storage.outbox.give_up(attempt.delivery.key, attempt.owner, nothing, state="empty")
        return message


def elapsed() -> float:
    """Seconds on a clock that no one sets, and that goes on while the machine sleeps, where the system has one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
