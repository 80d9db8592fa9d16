"""Places that are read for new papers: each a small class that fetches bytes and gives them to `read`.

To add one, write a class with a `name`, a `mark` and `digests(since)`, and put it into `KINDS` under the name of its
kind, which `bot.kinds` explains to people.
"""

from collections.abc import Callable, Mapping
from typing import Final

from adapters.sources.places import arxiv, feed, folder, huggingface, mailbox, openreview, preprints, scholar
from adapters.sources.places.web import Reach
from bot.sources import Source, Visit

__all__ = ["KINDS", "Reach", "visit"]

KINDS: Final[Mapping[str, Callable[[Source, Reach], Visit]]] = {
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


def visit(source: Source, reach: Reach) -> Visit:
    """One reading of *source*, over what *reach* gives."""
    return KINDS[source.kind](source, reach)
