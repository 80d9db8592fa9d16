"""A real month of announcements, in one landing."""

import gzip
import json
from collections.abc import Iterator
from datetime import date

from bot.interfaces import Storage
from bot.models import Digest, Paper
from tests.fakes import at
from tests.shared import MONTH, needs_shared

pytestmark = needs_shared


def announced() -> Iterator[Paper]:
    with gzip.open(MONTH, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield Paper(
                row["title"],
                row["abstract"],
                tuple(row["authors"]),
                tuple(row["categories"]),
                source="arxiv",
                arxiv_id=row["id"],
                url=row["url"],
                published=date.fromisoformat(row["day"]),
                comment=row["comment"] or "",
            )


async def test_a_real_month_lands_as_the_papers_that_differ_and_only_once(sqlite_storage: Storage) -> None:
    papers = tuple(announced())
    first = Digest("arxiv", date(2026, 4, 1), papers, "the month")
    again = Digest("arxiv", date(2026, 4, 2), papers[::-1], "the month once more, from its end")
    landing = await sqlite_storage.papers.land(first, {}, at=at("09:00"))
    assert landing.papers == landing.new == len({paper.arxiv_id for paper in papers})
    assert (await sqlite_storage.papers.land(again, {}, at=at("10:00"))).new == 0
    kept = await sqlite_storage.papers.in_digest(landing.digest)
    assert [paper.arxiv_id for paper in kept] == list(dict.fromkeys(paper.arxiv_id for paper in papers))
