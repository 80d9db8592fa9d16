"""Answers of public APIs that are one JSON object: bioRxiv and medRxiv, OpenReview, Semantic Scholar."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Final

from adapters.sources import days
from adapters.sources.limits import MOST_ABSTRACT, MOST_NESTING, MOST_PAPERS
from adapters.sources.plain import line, plain, shortened
from adapters.sources.reading import Format, Reading
from adapters.sources.rows import paper
from bot.errors import NothingAnnounced, Refused
from bot.models import Paper

Row = dict[str, Any]

START: Final = re.compile(
    r'\s*\{\s*"(?:messages|collection|notes|count|total|offset|next|token|data|error|name|message)"\s*:\s*(?=[\[{"\d])'
)
LISTS: Final = ("collection", "notes", "data")
FAULTS: Final = ("error", "message")
GONE: Final = re.compile(r"withdrawn|desk[ _-]?reject", re.IGNORECASE)
COMMA_APART: Final = re.compile(r"(?<=\.)\s*,\s*")  # "Quill, A., Ito, B.": initials end a name


def recognises(text: str) -> bool:
    """Whether *text* is an object that begins as those answers do."""
    return bool(START.match(text)) and any(f'"{name}"' in text for name in (*LISTS, *FAULTS))


def read(text: str, _today: date) -> Reading:
    """The papers of an answer; later versions are its updates.

    Raises:
        NothingAnnounced: an answer without papers.
        Refused: broken, an error in place of an answer, a row that is no paper.
    """
    answer = _object(text)
    name = next((name for name in LISTS if isinstance(answer.get(name), list)), "")
    if not name:
        raise Refused(f"the source says: {_fault(answer)}")
    rows = answer[name]
    if len(rows) > MOST_PAPERS:
        raise Refused(f"more than {MOST_PAPERS:,} papers; ask for fewer at once")
    of_row, source = _KINDS[name]
    papers = list(_papers(rows, of_row))
    if not papers:
        raise NothingAnnounced(f"no paper in it: {_fault(answer)}")
    if source == "biorxiv":
        source = str(rows[0].get("server") or "bioRxiv").lower()
        return _with_updates(papers, source)
    return Reading(papers, None, source)


FORMAT: Final = Format(recognises, read)


def _object(text: str) -> Row:
    try:
        answer = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(
            f"broken JSON, {error.msg[:1].lower()}{error.msg[1:]}; give the whole answer", error.lineno
        ) from None
    except (RecursionError, ValueError):
        raise Refused(
            f"more than {MOST_NESTING} lists and objects inside one another, or a number too long"
        ) from None
    return answer if isinstance(answer, dict) else {}


def _fault(answer: Row) -> str:
    """What the source says instead of papers."""
    messages = answer.get("messages")
    first = messages[0] if isinstance(messages, list) and messages and isinstance(messages[0], dict) else {}
    said = first.get("status") or next(
        (answer[name] for name in FAULTS if answer.get(name)), "nothing was found"
    )
    return shortened(line(str(said)), 200)


def _papers(rows: Iterable[Any], of_row: Callable[[Row], Row | None]) -> Iterator[Paper]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise Refused(f"row {number}: a paper is a JSON object")
        try:
            known = of_row(row)
            if known is not None:
                yield paper(known, titled=True)
        except Refused as refusal:
            raise Refused(f"row {number}: {refusal.reason}") from None


def _with_updates(papers: Iterable[Paper], source: str) -> Reading:
    """Tell new from old: bioRxiv lists every version, in no order. A first one makes a paper new, the latest counts."""
    latest: dict[str, Paper] = {}
    first: set[str] = set()
    for one in papers:
        if one.doi not in latest or one.version >= latest[one.doi].version:
            latest[one.doi] = one
        if one.version <= 1:
            first.add(one.doi)
    new = [one for doi, one in latest.items() if doi in first]
    updates = [one for doi, one in latest.items() if doi not in first]
    return Reading(new, max((one.published for one in new if one.published), default=None), source, updates)


def _preprint(row: Row) -> Row | None:
    """A row of bioRxiv's details. *published* is not a day there, but the journal's DOI or NA."""
    names = row.get("authors")
    if isinstance(names, str) and ";" not in names:
        names = COMMA_APART.split(names)
    version = str(row.get("version") or "")
    server = str(row.get("server") or "bioRxiv").lower()
    doi = row.get("doi")
    return {
        "title": _plain(row.get("title")),
        "abstract": _plain(row.get("abstract")),
        "authors": names,
        "categories": [row["category"]] if isinstance(row.get("category"), str) else None,
        "doi": doi,
        "url": f"https://www.{server}.org/content/{doi}" if server in {"biorxiv", "medrxiv"} else None,
        "published": row.get("date"),
        "version": int(version) if version.isdecimal() and len(version) < 4 else None,
    }


def _note(note: Row) -> Row | None:
    """A note of OpenReview, of its second API (values inside objects) or its first."""
    content = note.get("content")
    if not isinstance(content, dict):
        return None  # its content is hidden
    said = {name: value.get("value") if isinstance(value, dict) else value for name, value in content.items()}
    invitations = note.get("invitations") or [note.get("invitation")]
    gone = GONE.search(f"{said.get('venue')} {said.get('venueid')} {invitations}")
    if gone or not said.get("title"):
        return None
    keywords = said.get("keywords")
    moment = note.get("pdate") or note.get("cdate") or note.get("tcdate")
    day = days.counted(moment) if isinstance(moment, int | float) else None
    place = note.get("forum") or note.get("id")
    return {
        "title": _plain(said["title"]),
        "abstract": _plain(said.get("abstract")),
        "authors": said.get("authors"),
        "categories": keywords if isinstance(keywords, list) else None,
        "url": f"https://openreview.net/forum?id={place}" if isinstance(place, str) else None,
        "published": day.isoformat() if day else None,
        "comment": said.get("venue") if isinstance(said.get("venue"), str) else None,
    }


def _found(row: Row) -> Row | None:
    """A paper of Semantic Scholar. Many have no abstract there."""
    if row.get("title") is None:
        return None
    known = row.get("externalIds")
    known = known if isinstance(known, dict) else {}
    return {
        "title": _plain(row["title"]),
        "abstract": _plain(row.get("abstract")),
        "authors": row.get("authors"),
        "categories": row.get("fieldsOfStudy"),
        "arxiv_id": known.get("ArXiv"),
        "doi": known.get("DOI"),
        "url": row.get("url"),
        "published": row.get("publicationDate"),
        "comment": row.get("venue") if isinstance(row.get("venue"), str) else None,
    }


def _plain(value: object) -> object:
    """Text without the tags that journals write; what is no text stays, to be refused by its name."""
    return shortened(plain(value), MOST_ABSTRACT) if isinstance(value, str) else value


_KINDS: Final = {
    "collection": (_preprint, "biorxiv"),
    "notes": (_note, "openreview"),
    "data": (_found, "semanticscholar"),
}
