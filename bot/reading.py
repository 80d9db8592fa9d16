"""Sources that are due are read, each by one process at a time, and what they announce lands."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bot.errors import Emptied, Refused, Unread
from bot.intake import Intake
from bot.models import Digest, Now
from bot.sources import Mark, Outcome, Source, Sources, Visit

log = logging.getLogger(__name__)

AT_ONCE: Final = 50  # sources read side by side: a slow one takes one place of many
LEASE: Final = timedelta(minutes=15)
LONGEST: Final = 600.0  # seconds of one reading, well within the lease
PAUSE: Final = 1.0  # seconds between looks when nothing is due
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
FAILING: Final = timedelta(days=1)  # after which admins are told
FULL_EXPONENT: Final = 10

Trouble = Callable[[Source, str], Awaitable[None]]
"""Tells the admins of a source what is wrong with it, or "" that it is well again; the same twice is told once."""

Quiet = Callable[[Source, datetime], str]
"""Why it is strange that a source brought nothing new by now; "" when it is not."""


async def logged(source: Source, trouble: str) -> None:
    """Tell nobody but the log."""
    log.warning("source %s: %s", source.name, trouble or "it is well again")


def never(_source: Source, _now: datetime) -> str:
    """Silence is never strange."""
    return ""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a reading is put together from."""

    sources: Sources
    intake: Intake
    visit: Callable[[Source], Visit]
    now: Now
    random: Random
    tell: Trouble = logged
    strange: Quiet = never


class Reading:
    """Reads what is due. Any number of processes may do so at once."""

    def __init__(self, wiring: Wiring) -> None:
        self._wired = wiring
        self._reading: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Read whatever falls due, until cancelled. No source waits for another."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                for source in await self._due():
                    task = tasks.create_task(self._read_and_record(source), name=f"source {source.name}")
                    self._reading.add(task)
                    task.add_done_callback(self._reading.discard)
                await asyncio.sleep(PAUSE)

    async def read_due(self) -> int:
        """Read what is due now, side by side, and say how many sources that were."""
        due = await self._due()
        async with asyncio.TaskGroup() as tasks:
            for source in due:
                tasks.create_task(self._read_and_record(source))
        return len(due)

    async def _due(self) -> list[Source]:
        room = AT_ONCE - len(self._reading)
        if room <= 0:
            return []
        try:
            return list(await self._wired.sources.claim(self._wired.now(), LEASE, room))
        except Exception:  # a database that is away must not end the reading for good
            log.exception("the sources that are due cannot be looked up")
            return []

    async def _read_and_record(self, source: Source) -> None:
        try:
            outcome = await self._read(source)
            now = self._wired.now()
            after = await self._wired.sources.record(source.id, outcome, at=now)
            if after:
                await self._look_after(after, now)
        except Exception:  # the lease ends by itself, and the source is read again
            log.exception("what became of source %s cannot be written down", source.name)

    async def _read(self, source: Source) -> Outcome:
        """Land what *source* announces, and say how that went."""
        count = _Count(self._wired.now())
        visit = None
        try:
            visit = self._wired.visit(source)
            async with asyncio.timeout(LONGEST):
                async for digest in visit.digests(source.cursor):
                    await self._land(source, digest, count)
        except Unread as unread:
            return self._failed(source, count, unread.cause, unread.reason, unread.wait)
        except Emptied as emptied:
            return self._failed(source, count, "filtered", f"filtered: {emptied}")
        except Refused as refused:
            return self._failed(source, count, "refused", str(refused))
        except TimeoutError:
            return self._failed(source, count, "timeout", "reading it took too long")
        except Exception as error:
            log.exception("reading source %s failed", source.name)
            return self._failed(source, count, "fault", type(error).__name__)
        return self._done(source, count, visit.mark)

    async def _land(self, source: Source, digest: Digest, count: "_Count") -> None:
        baseline = source.fresh and source.options.get("first") != "last"
        announced = replace(digest, quiet=baseline) if baseline else digest
        landing = await self._wired.intake.land(announced, since=count.since)
        count.since = self._wired.now()
        count.papers += landing.papers
        count.new += 0 if landing.again else landing.new
        if landing.papers:  # of what landed before, it was heard then: a feed that stands still is silent
            count.heard = max(count.heard or landing.at, landing.at)
        if digest.cursor:
            await self._wired.sources.go_on(source.id, digest.cursor)

    def _done(self, source: Source, count: "_Count", mark: Mark) -> Outcome:
        next_read = self._wired.now() + max(self._spread(source.every), timedelta(seconds=mark.wait))
        return Outcome(next_read, mark.cursor, mark.etag, mark.modified, count.papers, count.new, count.heard)

    def _failed(self, source: Source, count: "_Count", cause: str, reason: str, wait: float = 0.0) -> Outcome:
        """When to try again: twice as long each time, up to some hours, and never before the place said."""
        patience = min(FIRST_WAIT * (1 << min(source.failures, FULL_EXPONENT)), LONGEST_WAIT)
        wanted = timedelta(seconds=wait)
        next_read = self._wired.now() + max(
            self._spread(patience), wanted + self._spread(FIRST_WAIT) * (wait > 0)
        )
        return Outcome(
            next_read, papers=count.papers, new=count.new, heard=count.heard, cause=cause, error=reason
        )

    def _spread(self, span: timedelta) -> timedelta:
        """*span*, a tenth shorter or longer, so that not all processes and sources come at one moment."""
        return span * self._wired.random.uniform(0.9, 1.1)

    async def _look_after(self, source: Source, now: datetime) -> None:
        """Tell admins once of a trouble, and once that it is over."""
        trouble = self._trouble(source, now)
        kind, said = trouble.partition(": ")[0] if trouble else "", trouble
        if source.told != kind:  # telling twice is once: what could not be written down is told again
            await self._wired.tell(source, said)
            await self._wired.sources.tell(source.id, kind)

    def _trouble(self, source: Source, now: datetime) -> str:
        if source.failing_since and now - source.failing_since >= FAILING:
            return f"failing: it could not be read for a day; last: {source.last_error}"
        if source.failures and source.last_error.startswith("filtered"):
            return f"emptied by filters: {source.last_error.removeprefix('filtered: ')}"
        if source.failures:
            return source.told  # not yet worth a word, nor over
        strange = self._wired.strange(source, now)
        return f"silent: {strange}" if strange else ""


@dataclass
class _Count:
    """What has landed in one reading, and *since* when the next is being read."""

    since: datetime
    papers: int = 0
    new: int = 0
    heard: datetime | None = None
