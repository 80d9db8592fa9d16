"""The entries of BibTeX files as papers."""

import logging
import re
from datetime import date
from typing import Any, Final

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import NormalizeFieldKeys
from bibtexparser.model import DuplicateBlockKeyBlock, Entry
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalkerError

from adapters.sources import ids
from adapters.sources.content import damage, named
from adapters.sources.limits import MOST_PAPERS
from adapters.sources.plain import line
from adapters.sources.reading import Reading
from adapters.sources.rows import paper
from bot.errors import Refused
from bot.models import Paper

AND: Final = re.compile(r"\s+and\s+", re.IGNORECASE)
BRACE: Final = re.compile(r"(?<!\\)[{}]")
YEAR: Final = re.compile(r"\d{4}")
MOST_CHARACTERS: Final = 2_000_000
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

TEX: Final = LatexNodes2Text(math_mode="verbatim", keep_comments=True)  # a per cent sign is text in abstracts

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what is broken is said by us, once


def read(text: str, _today: date) -> Reading:
    """The papers of the file. Abstracts may be missing; an entry without a title is no paper and is left out.

    Raises:
        Refused: an entry that breaks off, or no paper at all.
    """
    if len(text) > MOST_CHARACTERS:
        raise Refused(
            f"{len(text):,} characters of BibTeX; at most {MOST_CHARACTERS:,} fit: land it in several files"
        )
    if damaged := damage(text):
        where = text.count("\n", 0, damaged.start()) + 1
        raise Refused(f"it holds {named(damaged[0])}, which no text may hold; remove it", where)
    entries = _entries(text)
    if len(entries) > MOST_PAPERS:
        raise Refused(f"more than {MOST_PAPERS:,} papers; land them in several files")
    papers = [_paper(entry) for entry in entries if "title" in entry.fields_dict]
    if not papers:
        raise Refused("there is no paper in it: no entry has a title")
    return Reading(papers)


def _entries(text: str) -> list[Entry]:
    """The entries of *text*, those with a repeated key among them."""
    try:
        library = parse_string(text, append_middleware=[NormalizeFieldKeys()])
    except (ValueError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Refused(f"broken BibTeX: {line(str(error))[:200]}") from None
    entries: list[Entry] = list(library.entries)
    for block in library.failed_blocks:
        if not isinstance(block, DuplicateBlockKeyBlock):
            raise Refused(
                "an entry breaks off: a brace or a quote is never closed", (block.start_line or 0) + 1
            )
        if isinstance(block.ignore_error_block, Entry):
            entries.append(block.ignore_error_block)
    return sorted(entries, key=lambda entry: entry.start_line or 0)


def _paper(entry: Entry) -> Paper:
    fields = {name: str(field.value) for name, field in entry.fields_dict.items()}
    names = [fields.get(name, "") for name in ("eprint", "arxivid", "url", "doi", "journal")]
    authors = AND.split(_plain(fields.get("author", ""))) if fields.get("author") else []
    row: dict[str, Any] = {
        "title": _plain(fields["title"]),
        "abstract": _plain(fields.get("abstract", "")),
        "authors": [_forename_first(name) for name in authors if name not in {"", "others"}],
        "categories": [
            name for name in (_plain(part) for part in re.split("[,;]", fields.get("keywords", ""))) if name
        ],
        "arxiv_id": next(filter(None, map(ids.arxiv_id, names)), None),
        "doi": next(filter(None, map(ids.doi, (fields.get("doi", ""), fields.get("url", "")))), None),
        "url": fields.get("url", "").strip() or None,
        "published": _day(fields),
        "comment": _plain(fields.get("journal") or fields.get("booktitle") or ""),
    }
    try:
        return paper(row, titled=True)
    except Refused as refusal:
        raise Refused(refusal.reason, (entry.start_line or 0) + 1) from None


def _plain(text: str) -> str:
    """*text* without TeX's accents and braces, on one line. Mathematics stays as it was written."""
    if "\\" in text:
        try:
            text = TEX.latex_to_text(text)
        except (ValueError, IndexError, RecursionError, LatexWalkerError):
            return line(BRACE.sub("", text))  # broken TeX stays as it was written
    return line(BRACE.sub("", text))


def _forename_first(name: str) -> str:
    """Turn "Quill, Ada" into Ada Quill."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma else name.strip()


def _day(fields: dict[str, str]) -> str | None:
    year = YEAR.search(fields.get("year") or fields.get("date", ""))
    if not year:
        return None
    month = fields.get("month", "").strip().lower()[:3]
    number = MONTHS.index(month) + 1 if month in MONTHS else int(month) if month.isdecimal() else 1
    return f"{year[0]}-{number:02}-01" if 1 <= number <= 12 and int(year[0]) > 0 else None
