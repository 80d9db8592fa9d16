"""Any RSS or Atom feed: read by a tolerant parser in a process of its own, which may use little and reach nothing."""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

from adapters.sources import ids, xml
from adapters.sources.limits import MOST_ABSTRACT, MOST_PAPERS, MOST_TITLE, MOST_WORDS
from adapters.sources.plain import plain, shortened
from adapters.sources.reading import Format, Reading
from adapters.sources.rows import paper
from adapters.sources.twins import merged
from bot.errors import NothingAnnounced, Refused
from bot.models import Paper

PROGRAM: Final = Path(__file__).with_name("tolerant.py")
LONGEST: Final = 10.0  # seconds on the wall; of the processor it may have two
DECLARATION: Final = re.compile(
    r"\s*<\?xml[^>]{0,300}\?>"
)  # it names the encoding the feed came in; from here on that is UTF-8
ENTITY: Final = re.compile(r"<!ENTITY\b", re.IGNORECASE)
ENVIRONMENT: Final = {"PYTHONUTF8": "1"}  # nothing of ours: it needs no keys and no addresses


def recognises(text: str) -> bool:
    """Whether *text* begins as a feed does."""
    return xml.recognises(text)


def read(text: str, _today: date) -> Reading:
    """The papers of a feed. Entries without a title are left out; an abstract may be missing.

    Raises:
        NothingAnnounced: a feed without entries.
        Refused: no feed, or one that takes too much to read.
    """
    if len(text) > xml.MOST_BYTES:
        raise Refused(f"a feed of {len(text):,} characters; at most {xml.MOST_BYTES:,} fit")
    if ENTITY.search(text):
        raise Refused("the feed declares entities, which no feed needs and attackers use")
    return reading(_in_a_process(DECLARATION.sub("", text, count=1)))


FORMAT: Final = Format(recognises, read)


def reading(found: dict[str, Any]) -> Reading:
    """What the entries that the tolerant parser *found* say."""
    entries = found["entries"]
    if not found["feed"] and not entries:
        raise Refused(f"this is no feed of RSS or Atom: {found['broken'] or 'it holds no entry'}")
    papers = [one for entry in entries[: MOST_PAPERS + 1] if (one := _paper(entry))]
    if len(papers) > MOST_PAPERS:
        raise Refused(f"more than {MOST_PAPERS:,} papers; ask for fewer at once")
    if not papers:
        raise NothingAnnounced("the feed holds no entries now")
    return Reading(merged(papers), None, "")


def _in_a_process(text: str) -> dict[str, Any]:
    command = [sys.executable, "-I", str(PROGRAM)]
    content = text.encode("utf-8", "replace")
    try:
        done = subprocess.run(  # noqa: S603  # our own program
            command, input=content, capture_output=True, timeout=LONGEST, check=False, env=ENVIRONMENT
        )
    except subprocess.TimeoutExpired:
        raise Refused("the feed takes too long to read") from None
    if done.returncode:
        raise Refused("the feed takes more time or memory to read than any feed should")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _paper(entry: dict[str, Any]) -> Paper | None:
    title = shortened(plain(entry["title"]), MOST_TITLE)
    if not title:
        return None
    address = entry["link"].strip()
    names = [name for name in (entry["id"], address, entry["doi"]) if name]
    row: dict[str, Any] = {
        "title": title,
        "abstract": shortened(plain(entry["summary"]), MOST_ABSTRACT),
        "authors": [name for author in entry["authors"] if (name := plain(author)[:MOST_WORDS])],
        "categories": [name for term in entry["tags"] if (name := plain(term)[:MOST_WORDS])],
        "arxiv_id": next(filter(None, map(ids.arxiv_id, names)), None),
        "doi": next(filter(None, map(ids.doi, names)), None),
        "published": entry["day"] or None,
        "url": address if len(address) <= MOST_WORDS // 3 else None,
    }
    return paper(row, titled=True)
