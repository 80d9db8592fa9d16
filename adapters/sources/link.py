"""A link that somebody gives: the paper it is the page of, or the digest that stands there."""

import asyncio
import re
from typing import Final
from urllib.parse import urlencode

from adapters.sources import ids, read
from adapters.sources.places.web import ARXIV_API, BIORXIV, Reach
from bot.models import Digest

PREPRINT: Final = re.compile(r"(bio|med)rxiv\.org/content/(10\.\d{4,9}/[\d.]*\d)", re.IGNORECASE)
TEXT: Final = re.compile(r"https?://\S+", re.IGNORECASE)
TRAILING: Final = ".,;:!?)>]"


def found(text: str) -> str:
    """The first link in *text*, or the arXiv id that it is; "" for none."""
    link = TEXT.search(text.replace("|", " ").replace("<", " "))
    if link:
        return link[0].rstrip(TRAILING)
    bare = text.strip()
    return f"https://arxiv.org/abs/{ids.arxiv_id(bare)}" if ids.BARE.fullmatch(bare) else ""


async def read_link(url: str, reach: Reach, source: str = "") -> Digest:
    """The digest at *url*; of a paper's page, that paper. Raises Unread and Refused."""
    asked = _asked(url, reach)
    fetched = await reach.fetcher.fetch(asked)
    return await asyncio.to_thread(read, fetched.body or b"", today=reach.today, source=source)


def _asked(url: str, reach: Reach) -> str:
    """What to ask for, to learn what *url* is about: pages of papers have a better place to read them from."""
    feed = re.match(r"https?://(?:rss|export)\.arxiv\.org/(?:rss|atom|api)", url)
    if not feed and (known := ids.arxiv_id(url)):
        return f"{reach.base(ARXIV_API)}?{urlencode({'id_list': known, 'max_results': 1})}"
    if preprint := PREPRINT.search(url):
        return f"{reach.base(BIORXIV)}/details/{preprint[1].lower()}rxiv/{preprint[2]}"
    return url
