"""Places that are read for new papers: each a small class that fetches bytes and gives them to `read`.

To add one, write a class with a `name`, a `mark` and `digests(since)`, and put it into `KINDS` under the name of its
kind, which `bot.kinds` explains to people. One of somebody else is a pair of such a `bot.kinds.Kind` and such a class,
found through the entry point group `digestbot.sources`.
"""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Final

from adapters.sources.places import arxiv, feed, folder, huggingface, mailbox, openreview, preprints, scholar
from adapters.sources.places.web import Reach
from bot import kinds
from bot.sources import Source, Visit

__all__ = ["GROUP", "KINDS", "Reach", "learn", "visit"]

GROUP: Final = "digestbot.sources"

KINDS: Final[dict[str, Callable[[Source, Reach], Visit]]] = {
    "arxiv": arxiv.Announcements,
    "arxiv-query": arxiv.Query,
    "biorxiv": preprints.Preprints,
    "feed": feed.Feed,
    "folder": folder.Folder,
    "huggingface": huggingface.HuggingFace,
    "mailbox": mailbox.Mailbox,
    "medrxiv": preprints.Preprints,
    "openreview": openreview.Venue,
    "semanticscholar": scholar.Search,
}


def learn() -> None:
    """Know the kinds of others too that are installed beside us; ours are not replaced."""
    for point in entry_points(group=GROUP):
        if point.name not in kinds.KINDS:
            kinds.KINDS[point.name], KINDS[point.name] = point.load()


def visit(source: Source, reach: Reach) -> Visit:
    """One reading of *source*, over what *reach* gives."""
    return KINDS[source.kind](source, reach)
