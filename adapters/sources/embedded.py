"""Hugging Face's pages of daily papers as HTML: the rows of its API stand inside, as JSON."""

import json
import re
from datetime import date
from typing import Any, Final

from adapters.sources import jsonl
from adapters.sources.reading import Format, Reading
from bot.errors import Refused

MARK: Final = re.compile(r"data-target=[\"']?DailyPapers")
MARKUP: Final = re.compile(
    r"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head|body|div|main)\b", re.IGNORECASE | re.DOTALL
)
MOST_CHARACTERS: Final = 10_000_000


def recognises(text: str) -> bool:
    """Whether *text* is such a page."""
    return bool(MARKUP.match(text[:2000])) and bool(MARK.search(text))


def read(text: str, today: date) -> Reading:
    """The papers of the page.

    Raises:
        Refused: what stands inside is broken, or a row is no paper.
        NothingAnnounced: the day has no papers.
    """
    if len(text) > MOST_CHARACTERS:
        raise Refused(f"a page of {len(text):,} characters; at most {MOST_CHARACTERS:,} fit")
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415  # loaded with the first page

    for node in LexborHTMLParser(text).css('[data-target="DailyPapers"]'):
        rows = _rows(node.attributes.get("data-props") or "")
        if rows is not None:
            return jsonl.read(json.dumps(rows), today)
    raise Refused("the page's list of papers is not where it used to be; give the page as text")


FORMAT: Final = Format(recognises, read)


def _rows(properties: str) -> list[Any] | None:
    try:
        found = json.loads(properties)
    except (ValueError, RecursionError):
        raise Refused("the list inside the page is broken; save the page again, or give it as text") from None
    rows = found.get("dailyPapers") if isinstance(found, dict) else None
    return rows if isinstance(rows, list) else None
