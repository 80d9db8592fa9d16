"""A digest lands: its papers are looked up among the interests, and what they met is written down with them."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.errors import Unreadable
from bot.interfaces import Matches, Storage
from bot.learning import learn
from bot.matching import Index
from bot.models import Digest, Landing, Now, Paper
from bot.renewals import tell_versions
from bot.steps import Step, Steps

log = logging.getLogger(__name__)

PORTION: Final = 20_000  # terms read at a time while the index is built
MOST_GIVEN_UP: Final = 10_000  # terms that nobody follows any more and that are not worth to be forgotten
AT_ONCE: Final = 500  # readers who are planned for by whoever lands a digest

Told = Callable[[Landing, Steps], None]
"""Hears of a landing, and how it went."""


class Intake:
    """Lands digests, one after the other, with an index of every term that anybody follows."""

    def __init__(self, storage: Storage, now: Now, told: Told | None = None) -> None:
        """*told* hears of every landing."""
        self._storage, self._now, self._told = storage, now, told
        self._index, self._newest = Index(), 0
        self._alone = asyncio.Lock()  # the index is read in a thread and must not change under it

    async def land(self, digest: Digest, *, since: datetime | None = None) -> Landing:
        """Write *digest* with its matches, at once or not at all.

        Readers who want it instantly are owed it from here on; the clock sees to those that are left.

        Landing the same digest again changes nothing and says so; so does landing the same mail again. *since* then
        it was being read.
        """
        if before := await self._mailed(digest):
            return before
        steps = Steps(self._now, since)
        if since:
            steps.taken.append(Step("read", since, self._now()))
        landing = await self._landed(digest, steps)
        with steps("plan"):
            await self._storage.outbox.plan(self._now(), AT_ONCE)
        await tell_versions(self._storage, landing, self._now())
        if digest.letter:
            await self._storage.sources.keep_receipt(_receipt(digest), landing.digest, at=self._now())
        if landing.new:
            await self._learn()
        if self._told:
            self._told(landing, steps)
        return landing

    async def _landed(self, digest: Digest, steps: Steps) -> Landing:
        """The papers looked up and written down, which one digest after the other is."""
        async with self._alone:
            with steps("match"):
                matches = await self._matches(digest.papers)
            with steps("write"):
                landing = await self._storage.papers.land(digest, matches, at=self._now())
                await self._remember_late(landing)
        return landing

    async def _mailed(self, digest: Digest) -> Landing | None:
        """What the mail that *digest* came in has become before."""
        known = await self._storage.sources.receipt(_receipt(digest)) if digest.letter else None
        before = await self._storage.papers.landing(known) if known else None
        return replace(before, again=True) if before else None

    async def _learn(self) -> None:
        try:
            await learn(self._storage)
        except Exception:  # what has landed has landed; the next landing makes up for it
            log.exception("what the papers define could not be counted")

    async def _matches(self, papers: Sequence[Paper]) -> Matches:
        """Which papers each term meets."""
        if len(self._index) > MOST_GIVEN_UP and len(self._index) > 2 * await self._storage.people.followed():
            self._index, self._newest = Index(), 0  # mostly of terms that were given up: it is read anew
        while await self._taken_in():
            pass
        return await asyncio.to_thread(self._index.match, papers)

    async def _taken_in(self) -> Sequence[tuple[int, str]]:
        """Take in terms that were not known before, as many as are read at once."""
        terms = await self._storage.people.terms(self._newest, PORTION)
        if terms:
            await asyncio.to_thread(self._add, terms)
            self._newest = terms[-1][0]
        return terms

    def _add(self, terms: Sequence[tuple[int, str]]) -> None:
        with _undisturbed():
            for id_, normal in terms:
                try:
                    self._index.add(id_, normal)
                except Unreadable:  # kept under rules that have changed since: the others must not suffer
                    log.warning("a term can no longer be read: %s", normal)

    async def _remember_late(self, landing: Landing) -> None:
        """Whoever began to follow something while the digest was landing has not missed it."""
        papers: Sequence[Paper] = ()
        while late := await self._taken_in():
            papers = papers or await self._storage.papers.in_digest(landing.digest)
            matches = await asyncio.to_thread(self._index.match, papers)
            for id_, normal in late:
                met = [papers[at].id for at in matches.get(id_, ())]
                await self._storage.papers.backfill(normal, {landing.digest: met} if met else {})


def _receipt(digest: Digest) -> str:
    return f"mail/{digest.letter}"


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Nobody looks for garbage meanwhile: many new terms leave none, and looking takes as long as reading them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
