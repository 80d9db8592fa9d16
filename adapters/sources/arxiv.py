"""What arXiv announces: its RSS and Atom feeds of a day, and the answers of its query API.

Facts from arXiv's own pages (info.arxiv.org/help/rss_specifications.html, …/help/api/user-manual.html): an entry's id
carries the version; `announce_type` tells new papers and cross-lists from replacements, which are new versions of
papers announced before; the day of an announcement is counted in the Eastern United States; names stand in one
string, and an affiliation in parentheses has commas of its own.
"""

import re
from datetime import date
from typing import Any, Final
from xml.etree.ElementTree import Element

from adapters.sources import days, ids, xml
from adapters.sources.limits import MOST_PAPERS
from adapters.sources.plain import line, plain
from adapters.sources.reading import Format, Reading
from adapters.sources.rows import paper
from bot.errors import NothingAnnounced, Refused
from bot.models import Paper

SCHEMA: Final = "{http://arxiv.org/schemas/atom}"
ATOM: Final = "{http://www.w3.org/2005/Atom}"
DUBLIN: Final = "{http://purl.org/dc/elements/1.1/}"
MARK: Final = re.compile(r"arxiv\.org/schemas/atom|<id>https?://arxiv\.org/api")
BEFORE: Final = re.compile(r"^arXiv:\S+\s+Announce Type:\s*\S+\s+(?:Abstract:\s*)?", re.IGNORECASE)
VERSION: Final = re.compile(r"v(\d{1,3})$")
AFFILIATION: Final = re.compile(r"\s*\((?:[^()]|\([^()]*\))*\)")
ERRORS: Final = "/api/errors"
HEAD: Final = 3_000  # characters in which a feed says what it is


def recognises(text: str) -> bool:
    """Whether *text* is XML that speaks arXiv's own words."""
    return xml.recognises(text) and bool(MARK.search(text[:HEAD]))


def read(text: str, _today: date) -> Reading:
    """The papers of a feed; replacements are its updates.

    Raises:
        NothingAnnounced: a feed of no entries, as on weekends and holidays.
        Refused: broken, or arXiv says that the query was wrong.
    """
    root = xml.tree(text)
    channel = root if root.tag == f"{ATOM}feed" else root.find("channel")
    if channel is None:
        raise Refused("this XML is no feed of arXiv: it has neither a channel nor entries")
    entries = [*channel.iterfind("item"), *channel.iterfind(f"{ATOM}entry")]
    _no_error(channel, entries)
    if not entries:
        raise NothingAnnounced("arXiv's feed is empty: it announces nothing on weekends and its holidays")
    if len(entries) > MOST_PAPERS:
        raise Refused(f"more than {MOST_PAPERS:,} papers; ask for fewer at once")
    read_ = [_entry(entry, number) for number, entry in enumerate(entries, 1)]
    new = [one for one, kind in read_ if not kind.startswith("replace")]
    updates = [one for one, kind in read_ if kind.startswith("replace")]
    announced = channel.find("item/pubDate") if channel.tag == "channel" else None
    day = days.mailed(announced.text or "") if announced is not None else _announced(entries[0])
    return Reading(new, day, "arxiv", updates)


FORMAT: Final = Format(recognises, read)


def _no_error(channel: Element, entries: list[Element]) -> None:
    """Raise what arXiv says in place of papers: errors come as feeds too."""
    title = xml.said(channel, "title", f"{ATOM}title")
    if title.startswith("Feed error"):
        raise Refused(
            f"arXiv says: {line(title)}; {plain(xml.said(channel, 'description', f'{ATOM}subtitle'))}"
        )
    for entry in entries[:1]:
        if ERRORS in xml.said(entry, f"{ATOM}id", "guid", "link"):
            raise Refused(f"arXiv says: {line(xml.said(entry, f'{ATOM}summary', 'description'))}")


def _entry(entry: Element, number: int) -> tuple[Paper, str]:
    """The paper of one entry, and how it is announced."""
    name = xml.said(entry, "guid", f"{ATOM}id")
    address = xml.said(entry, "link") or name
    row: dict[str, Any] = {
        "title": line(xml.said(entry, "title", f"{ATOM}title")),
        "abstract": line(BEFORE.sub("", xml.said(entry, "description", f"{ATOM}summary"), count=1)),
        "id": ids.arxiv_id(name) or ids.arxiv_id(address),
        "authors": _authors(entry),
        "categories": _categories(entry),
        "doi": xml.said(entry, f"{SCHEMA}doi", f"{SCHEMA}DOI") or None,
        "comment": line(xml.said(entry, f"{SCHEMA}comment")) or None,
        "published": _published(entry),
        "source": "arxiv",
    }
    if not row["id"]:
        raise Refused(f"entry {number}: it has no arXiv id")
    version = VERSION.search(name)
    row["version"] = int(version[1]) if version else None
    try:
        return paper(row), xml.said(entry, f"{SCHEMA}announce_type") or "new"
    except Refused as refusal:
        raise Refused(f"entry {number}: {refusal.reason}") from None


def _authors(entry: Element) -> list[str]:
    apart = [line(xml.said(author, f"{ATOM}name")) for author in entry.iterfind(f"{ATOM}author")]
    together = xml.said(entry, f"{DUBLIN}creator")
    names = AFFILIATION.sub("", line(together)).split(", ") if together else apart
    return [name.strip(" ,") for name in names if name.strip(" ,")]


def _categories(entry: Element) -> list[str]:
    """The categories, the primary one first."""
    primary = entry.find(f"{SCHEMA}primary_category")
    first = [primary.get("term", "")] if primary is not None else []
    terms = [found.get("term", "") for found in entry.iterfind(f"{ATOM}category")]
    named = [(found.text or "").strip() for found in entry.iterfind("category")]
    return [term for term in (*first, *terms, *named) if term]


def _published(entry: Element) -> str | None:
    """The day of the first version, from the query API. The feeds say only when it is announced."""
    announced = entry.find(f"{SCHEMA}announce_type") is not None
    moment = "" if announced else xml.said(entry, f"{ATOM}published")
    day = days.written(moment)
    return day.isoformat() if day else None


def _announced(entry: Element) -> date | None:
    """The day of an Atom feed's list; the query API's answers have none."""
    if entry.find(f"{SCHEMA}announce_type") is None:
        return None
    return days.written(xml.said(entry, f"{ATOM}published"))
