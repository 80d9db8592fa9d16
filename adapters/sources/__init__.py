"""Where digests come from: what a source gives, as bytes, becomes a `Digest`.

`read` recognises the format from the content alone. What it cannot read whole it refuses whole, with the line and
the cure.

To add a **format**, write a module with two functions and a `FORMAT` made of them: `recognises(text)`, which says
whether a text is one, and `read(text, today)`, which gives a `Reading` of its papers or raises `Refused` with the
line. Put it into `FORMATS`, before the page as text, which takes all that is left. Unpacking, decoding, the
fingerprint and the source's name are done here for all of them.

To add a **source**, write a class with a `name` and `digests(since)`, as `bot.sources.PaperSource` says, that
fetches bytes and gives them to `read`; `file.py` is the smallest one.
"""

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Final

from adapters.sources import apis, arxiv, bibtex, embedded, feeds, jsonl, listing, mail, ris, text
from adapters.sources.content import decoded, unpacked
from adapters.sources.reading import Format, Reading
from bot.models import Digest, Paper

__all__ = ["FORMATS", "Format", "Reading", "read"]

FORMATS: Final = (
    apis.FORMAT,
    jsonl.FORMAT,
    embedded.FORMAT,
    arxiv.FORMAT,
    feeds.FORMAT,
    mail.FORMAT,
    bibtex.FORMAT,
    ris.FORMAT,
    listing.FORMAT,
    text.FORMAT,
)
"""Every format, tried in this order."""


def read(content: bytes, *, today: date, source: str = "") -> Digest:
    """The digest that *content* is, packed or not; *today* is its day, and completes its dates, where it says none.

    *source* names where it came from, or else the content does. Pure: the same content gives the same digest.

    Raises:
        Refused: it is no digest, or not all of it is.
    """
    written = decoded(unpacked(content))
    reading = next(format_.read(written, today) for format_ in FORMATS if format_.recognises(written))
    source = source or reading.source or "file"
    papers = tuple(_completed(paper, source) for paper in reading.papers)
    updates = tuple(_completed(paper, source) for paper in reading.updates)
    day = reading.day or today
    return Digest(
        source, day, papers, _fingerprint((*papers, *updates)), updates=updates, letter=reading.letter
    )


def _completed(paper: Paper, source: str) -> Paper:
    known = f"https://doi.org/{paper.doi}" if paper.doi else ""
    known = f"https://arxiv.org/abs/{paper.arxiv_id}" if paper.arxiv_id else known
    return replace(paper, source=paper.source or source, url=paper.url or known)


def _fingerprint(papers: tuple[Paper, ...]) -> str:
    """The SHA-256 of what the papers say, however it was packed and whenever it was read."""
    content = hashlib.sha256()
    for paper in papers:
        said: list[object] = [
            paper.title,
            paper.abstract,
            paper.authors,
            paper.categories,
            paper.organisation,
        ]
        said += [paper.arxiv_id, paper.doi, paper.url, paper.upvotes, paper.comment]
        said += [link.url for link in paper.links]
        said += [paper.version] if paper.version else []
        content.update(json.dumps(said).encode())
    return content.hexdigest()
