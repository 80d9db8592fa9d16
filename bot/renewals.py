"""New versions of papers: told to those who keep the paper and asked to hear of its new versions, to nobody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.due import following
from bot.interfaces import Storage
from bot.messages import Action, Actions, Heading, Message, Paragraph, Span, said
from bot.models import Landing, Paper, Reader
from bot.owed import saying
from bot.schedules import OFF
from bot.summary import shortened

MOST_NAMED: Final = 15  # papers in one message
LATE: Final = timedelta(days=1)  # after which a landing's versions are no news any more


async def tell_versions(storage: Storage, landing: Landing, now: datetime) -> None:
    """Owe those who asked a note of the versions that came with *landing*, at the hour of their digest.

    Doing it again changes nothing.
    """
    if landing.quiet or now - landing.at > LATE:
        return
    versions = await storage.papers.updated(landing.digest)
    if not versions:
        return
    asked = await storage.shelf.keepers([*versions])
    papers = {paper.id: paper for paper in await storage.papers.get([*versions])}
    slot = f"versions {landing.digest}"
    await storage.outbox.owe(
        [
            saying(_note([papers[id_] for id_ in kept], versions), reader.address, slot, moment)
            for reader, kept in asked
            if (moment := _moment(reader, now))
        ]
    )


def _moment(reader: Reader, now: datetime) -> datetime | None:
    """When the reader hears of it: with the next digest; None for whoever rests or wants none."""
    if reader.closed or reader.paused(now) or reader.schedule == OFF:
        return None
    if reader.schedule.at is None:
        return now
    found = following(reader, now)
    return found[1] if found else None


def _note(papers: Sequence[Paper], versions: Mapping[int, int]) -> Message:
    many = len(papers) != 1
    heading = (
        f"{len(papers)} papers you keep have new versions" if many else "A paper you keep has a new version"
    )
    lines = [Paragraph(_line(paper, versions[paper.id])) for paper in papers[:MOST_NAMED]]
    more = len(papers) - MOST_NAMED
    rest = [Paragraph(said(f"… and {more} more."))] if more > 0 else []
    stop = Actions((Action("No more of these", "versions", {"wanted": "off"}),))
    first = shortened(papers[0].title, 120)
    return Message(f"{heading}: {first}", (Heading(heading), *lines, *rest, stop))


def _line(paper: Paper, version: int) -> tuple[Span, ...]:
    return said(Span(shortened(paper.title, 200), url=paper.url), f" is version {version} now.")
