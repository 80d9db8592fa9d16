"""Mails in HTML: Google Scholar's alerts, and mails that link to papers at Hugging Face or arXiv."""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from adapters.sources import ids
from adapters.sources.limits import MOST_ABSTRACT, MOST_TITLE
from adapters.sources.plain import line, shortened
from adapters.sources.reading import Reading
from adapters.sources.rows import paper
from adapters.sources.twins import merged
from bot.errors import Refused
from bot.models import Paper

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

ALERT: Final = "a.gse_alrt_title"
SNIPPET: Final = "gse_alrt_sni"
MARK: Final = re.compile(r"^\s*(?:\[(?:PDF|HTML|BOOK|CITATION|B|C)\]\s*)+", re.IGNORECASE)
YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
SHORTEST: Final = 12  # characters of a title; what is shorter is a button
BUTTON: Final = re.compile(
    r"^(?:view|read|open|see|pdf|html|arxiv|unsubscribe|papers?)\b.{0,20}$", re.IGNORECASE
)
MOST_CHARACTERS: Final = 5_000_000
MOST_FOUND: Final = 1_000


def read(markup: str, _today: date) -> Reading:
    """The papers of a mail. Abstracts are what it shows of them, and may be missing.

    Raises:
        Refused: it shows no paper.
    """
    if len(markup) > MOST_CHARACTERS:
        raise Refused(f"a mail of {len(markup):,} characters; at most {MOST_CHARACTERS:,} fit")
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  # loaded with the first letter

    page = LexborHTMLParser(markup)
    found = [_paper(row) for row in (*_alerts(page),)]
    source = "scholar"
    if not found:
        found = [_paper(row) for row in _linked(page)]
        source = "huggingface" if "huggingface.co/" in markup else "arxiv"
    if not found:
        raise Refused("the mail shows no paper: it is no alert, or its layout has changed")
    return Reading(merged(found), None, source)


def _paper(row: dict[str, Any]) -> Paper:
    return paper(row, titled=True)


def _alerts(page: "LexborHTMLParser") -> Iterator[dict[str, Any]]:
    """Google Scholar: a heading with the title, a line with authors and journal, a snippet."""
    for link in page.css(ALERT)[:MOST_FOUND]:
        title = MARK.sub("", line(link.text(separator="")))
        if not title:
            continue
        address = _target(link.attributes.get("href") or "")
        byline, snippet = _below(link.parent)
        names, _, rest = byline.partition(" - ")
        year = YEAR.search(rest)
        yield {
            "title": shortened(title, MOST_TITLE),
            "abstract": shortened(snippet, MOST_ABSTRACT),
            "authors": [name.strip(" …") for name in names.split(",") if name.strip(" …")],
            "arxiv_id": ids.arxiv_id(address) or None,
            "doi": ids.doi(address) or None,
            "url": address or None,
            "published": f"{year[0]}-01-01" if year else None,
            "comment": rest or None,
        }


def _below(heading: "LexborNode | None") -> tuple[str, str]:
    """The line of authors and the snippet that follow a heading."""
    byline = ""
    node = heading.next if heading else None
    while node is not None and node.tag not in {"h3", "h2"}:
        text = line(node.text(separator=""))
        if SNIPPET in (node.attributes.get("class") or "" if node.tag != "-text" else ""):
            return byline, text
        if text and not byline:
            byline = text
        node = node.next
    return byline, ""


def _linked(page: "LexborHTMLParser") -> Iterator[dict[str, Any]]:
    """Links to papers, the longest text of each as its title."""
    titles: dict[str, str] = {}
    for link in page.css("a[href]")[: MOST_FOUND * 5]:
        known = ids.arxiv_id(_target(link.attributes.get("href") or ""))
        text = line(link.text(separator=" "))
        if known and len(text) >= SHORTEST and not BUTTON.match(text):
            titles[known] = max(titles.get(known, ""), text, key=len)
    for known, title in list(titles.items())[:MOST_FOUND]:
        yield {"title": shortened(title, MOST_TITLE), "id": known}


def _target(address: str) -> str:
    """Where a link leads: mails send readers over an address that counts them."""
    try:
        parts = urlsplit(address)
        given = parse_qs(parts.query)
    except ValueError:
        return ""
    for name in ("url", "q", "u"):
        inside = given.get(name, [""])[0]
        if inside.startswith(("https://", "http://")):
            return inside
    return address
