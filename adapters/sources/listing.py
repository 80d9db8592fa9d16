r"""arXiv's daily mails: entries in plain text between lines of dashes and of two backslashes.

An entry is its header (arXiv id, title, authors, categories, comments), `\\`, the abstract, and `\\` with its address.
Replacements, and the cross-lists of some archives, come without an abstract or with one.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from adapters.sources import days, ids
from adapters.sources.limits import MOST_PAPERS
from adapters.sources.plain import line
from adapters.sources.reading import Format, Reading
from adapters.sources.rows import paper
from bot.errors import NothingAnnounced, Refused
from bot.models import Paper

BEGINS: Final = re.compile(r"^\\\\[ \t]*\n(?=arXiv:)", re.MULTILINE)
HEADER: Final = re.compile(
    r"^(arXiv|Date|Title|Authors|Categories|Comments|DOI|Journal-ref|replaced)\s?:?\s?(.*)$", re.MULTILINE
)
PARTED: Final = re.compile(r"^\\\\", re.MULTILINE)
REPLACED: Final = re.compile(r"^(?:replaced with revised version|.*\(v\d+\))", re.MULTILINE)
SECTION: Final = re.compile(r"^-{30,}", re.MULTILINE)
AND: Final = re.compile(r",\s+(?![^()]*\))|\s+and\s+")
AFFILIATION: Final = re.compile(r"\s*\((?:[^()]|\([^()]*\))*\)")
ID: Final = re.compile(r"arXiv:(\S+)")


def recognises(text: str) -> bool:
    """Whether *text* holds entries of such a mail."""
    return bool(BEGINS.search(text))


def read(text: str, _today: date) -> Reading:
    """The papers of the mail; replacements are its updates.

    Raises:
        Refused: an entry without an id or a title.
        NothingAnnounced: no entry at all.
    """
    new: list[Paper] = []
    updates: list[Paper] = []
    for at, entry in _entries(text):
        where = text.count("\n", 0, at) + 2
        one, replaced = _entry(entry, where)
        (updates if replaced else new).append(one)
        if len(new) + len(updates) > MOST_PAPERS:
            raise Refused(f"more than {MOST_PAPERS:,} papers; land them in several files", where)
    if not new and not updates:
        raise NothingAnnounced("there is no paper in the mail")
    return Reading(_once(new), None, "arxiv", _once(updates))


FORMAT: Final = Format(recognises, read)


def _entries(text: str) -> Iterator[tuple[int, str]]:
    places = [found.end() for found in BEGINS.finditer(text)]
    for start, end in zip(places, [*places[1:], len(text)], strict=True):
        yield start, text[start:end]


def _entry(entry: str, where: int) -> tuple[Paper, bool]:
    header, *rest = PARTED.split(entry, maxsplit=2)
    fields = _fields(header)
    abstract = "" if not rest or rest[0].lstrip().startswith("(") else SECTION.split(rest[0])[0]
    found = ID.match(entry)
    row: dict[str, Any] = {
        "id": ids.arxiv_id(found[1]) if found else "",
        "title": fields.get("Title", ""),
        "abstract": line(abstract),
        "authors": [
            name for name in AND.split(AFFILIATION.sub("", fields.get("Authors", ""))) if name.strip()
        ],
        "categories": fields.get("Categories", "").split(),
        "comment": fields.get("Comments"),
        "doi": fields.get("DOI"),
        "published": _published(fields.get("Date", "")),
        "source": "arxiv",
    }
    if not row["id"]:
        raise Refused("an entry without an arXiv id", where)
    return paper(row, where, titled=True), bool(REPLACED.search(header))


def _fields(header: str) -> dict[str, str]:
    """The fields of a header, those that were wrapped on one line each."""
    fields: dict[str, str] = {}
    name = ""
    for written in header.split("\n"):
        found = HEADER.match(written)
        if found:
            name = found[1]
            fields[name] = found[2].strip()
        elif name and written[:1] == " ":
            fields[name] = f"{fields[name]} {written.strip()}"
    return {name: line(value) for name, value in fields.items()}


def _published(moment: str) -> str | None:
    day = days.mailed(moment.partition("(")[0])
    return day.isoformat() if day else None


def _once(papers: list[Paper]) -> list[Paper]:
    """Each paper once: a cross-list repeats what stands above."""
    kept: dict[str, Paper] = {}
    for one in papers:
        known = kept.get(one.arxiv_id)
        kept[one.arxiv_id] = replace(known.merged(one)) if known else one
    return list(kept.values())
