"""The ticking clock: what is done again and again, each thing by one process at a time.

APScheduler only ticks. What falls due when is ours (`bot.due`): its own rules for local times leave days out, or
double them, wherever clocks change.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.interfaces import Storage
from bot.models import Now

log = logging.getLogger(__name__)

LEAD: Final = timedelta(seconds=30)
"""How long whoever sees to something is the one who does; when they are gone, somebody else is soon after."""

PLAN_EVERY: Final = timedelta(seconds=1)
PLANNED_TOGETHER: Final = 500  # readers in one transaction

NEVER: Final = datetime.min.replace(tzinfo=UTC)

Work = Callable[[], Awaitable[object]]


@dataclass
class _Job:
    """Something to do: *due* is set when it is time, and until *ours* this process is the one that does it."""

    name: str
    period: timedelta
    work: Work
    due: asyncio.Event = field(default_factory=asyncio.Event)
    ours: datetime = NEVER


class Times:
    """What is done again and again. Any number of processes may do the same: for each thing one of them leads."""

    def __init__(self, storage: Storage, now: Now) -> None:
        self._storage, self._now, self._name = storage, now, secrets.token_hex(6)
        self._jobs: list[_Job] = []

    def every(self, period: timedelta, work: Work, name: str) -> None:
        """Do *work*, known everywhere as *name*, so often; never twice at once, and after a failure again."""
        self._jobs.append(_Job(name, period, work))

    async def run(self) -> None:
        """Tick until cancelled; then somebody else can lead at once."""
        ticking = AsyncIOScheduler(timezone=UTC)
        for job in self._jobs:
            seconds = job.period.total_seconds()
            ticking.add_job(job.due.set, "interval", seconds=seconds, coalesce=True, max_instances=1)
        ticking.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                for job in self._jobs:
                    job.due.set()
                    tasks.create_task(self._repeat(job), name=job.name)
        finally:
            ticking.shutdown(wait=False)

    async def _repeat(self, job: _Job) -> None:
        try:
            while True:
                await job.due.wait()
                job.due.clear()
                await self._once(job)
        finally:
            if job.ours > self._now():
                await self._lead(job, self._now())

    async def _once(self, job: _Job) -> None:
        try:
            now = self._now()
            if job.ours - now > LEAD / 2 or await self._lead(job, now + LEAD):
                await job.work()
        except Exception:
            log.exception("%s failed; it is tried again", job.name)

    async def _lead(self, job: _Job, until: datetime) -> bool:
        now = self._now()
        leads = await self._storage.outbox.lead(job.name, self._name, now=now, until=until)
        job.ours = until if leads else NEVER
        return leads


def planning(storage: Storage, now: Now) -> Times:
    """The clock by which digests fall due."""

    async def plan() -> None:
        while await storage.outbox.plan(now(), PLANNED_TOGETHER):
            pass

    times = Times(storage, now)
    times.every(PLAN_EVERY, plan, "plan")
    return times
