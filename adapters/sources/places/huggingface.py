"""Hugging Face's daily papers: a list a day, refreshed while its votes come in; and its weekly, monthly, trending ones.

A day that is still ahead of UTC answers 400, and weekends are short or empty. The token is optional.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from adapters.sources.places.web import HUGGING_FACE, Web, joined
from bot.errors import NothingAnnounced
from bot.models import Digest

PAGE: Final = 100  # papers of one answer, at most
MOST_PAGES: Final = 10
FURTHEST: Final = 14  # days back that are caught up
DAY: Final = timedelta(days=1)


class HuggingFace(Web):
    """Its lists. The cursor is the last day that was read."""

    async def digests(self, since: str) -> AsyncIterator[Digest]:
        """A digest a day, from the day that was read last on; or the one list asked for. Raises Unread, Refused."""
        if self.source.address != "daily":
            for digest in await self._pages(self._listed(), self.reach.today):
                yield digest
            return
        today = self.reach.today
        last = date.fromisoformat(since) if since else today - DAY
        day = max(last, today - FURTHEST * DAY)
        while day <= today:
            for digest in await self._pages(f"date={day}", day):
                yield replace(digest, cursor=day.isoformat())
            self.go_on(day.isoformat())
            day += DAY

    def _listed(self) -> str:
        today = self.reach.today
        year, week, _ = today.isocalendar()
        lists = {
            "weekly": f"week={year}-W{week:02}",
            "monthly": f"month={today:%Y-%m}",
            "trending": "sort=trending",
        }
        return lists[self.source.address]

    async def _pages(self, asked: str, day: date) -> list[Digest]:
        """One list, over its pages: none where it is empty."""
        found: list[Digest] = []
        for page in range(MOST_PAGES):
            url = f"{self.reach.base(HUGGING_FACE)}/api/daily_papers?{asked}&limit={PAGE}&p={page}"
            try:
                digest = await self.read(await self.fetched(url, self._token()), day)
            except NothingAnnounced:
                break
            found.append(digest)
            if len(digest.papers) < PAGE // 2:  # withdrawn ones are left out: a full page has a few less
                break
        return [joined(found, found[0].day)] if found else []

    def _token(self) -> dict[str, str]:
        token = self.reach.secrets.get("huggingface", "")
        return {"Authorization": f"Bearer {token}"} if token else {}
