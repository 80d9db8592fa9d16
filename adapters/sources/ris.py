"""RIS files, as reference managers and journals export them."""

import re
from datetime import date
from typing import Any, Final

from adapters.sources import ids
from adapters.sources.limits import MOST_PAPERS
from adapters.sources.plain import line, plain
from adapters.sources.reading import Format, Reading
from adapters.sources.rows import paper
from bot.errors import Refused
from bot.models import Paper

START: Final = re.compile(r"\s*(?:\d{1,6}\.\s*\n)?TY  ?- ?\w", re.ASCII)
BEGINS: Final = re.compile(r"^TY  ?-", re.MULTILINE)
ENDS: Final = re.compile(r"^ER  ?-", re.MULTILINE)
DAY: Final = re.compile(r"(\d{4})(?:[/-](\d{1,2}))?(?:[/-](\d{1,2}))?")
TITLES: Final = ("title", "primary_title", "translated_title", "short_title")
ABSTRACTS: Final = ("abstract", "notes_abstract")
MOST_CHARACTERS: Final = 10_000_000


def recognises(text: str) -> bool:
    """Whether *text* begins with the type of a reference."""
    return bool(START.match(text))


def read(text: str, _today: date) -> Reading:
    """The papers of the file. Abstracts may be missing; a reference without a title is left out.

    Raises:
        Refused: a reference that has no end, or no paper at all.
    """
    import rispy  # noqa: PLC0415  # loaded with the first such file

    if len(text) > MOST_CHARACTERS:
        raise Refused(f"{len(text):,} characters; at most {MOST_CHARACTERS:,} fit: land it in several files")
    _whole(text)
    try:
        found = rispy.loads(text.lstrip())
    except (ValueError, OSError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"broken RIS: {line(str(error))[:200]}") from None
    if len(found) > MOST_PAPERS:
        raise Refused(f"more than {MOST_PAPERS:,} papers; land them in several files")
    papers = [
        _paper(reference, number) for number, reference in enumerate(found, 1) if _first(reference, TITLES)
    ]
    if not papers:
        raise Refused("there is no paper in it: no reference has a title")
    return Reading(papers)


FORMAT: Final = Format(recognises, read)


def _whole(text: str) -> None:
    """See that each reference that begins ends: the library would drop one that was cut."""
    begun = None
    for found in sorted((*BEGINS.finditer(text), *ENDS.finditer(text)), key=lambda found: found.start()):
        begins = found[0].startswith("TY")
        if begins and begun is not None:
            break
        begun = found if begins else None
    if begun is not None:
        where = text.count("\n", 0, begun.start()) + 1
        raise Refused("the reference has no end; close it with a line `ER  - `", where)


def _paper(reference: dict[str, Any], number: int) -> Paper:
    urls = [str(url) for url in reference.get("urls", ())]
    doi = str(reference.get("doi", ""))
    row: dict[str, Any] = {
        "title": plain(_first(reference, TITLES)),
        "abstract": plain(_first(reference, ABSTRACTS)),
        "authors": [_forename_first(line(str(name))) for name in _names(reference)],
        "categories": [line(str(word)) for word in reference.get("keywords", ()) if str(word).strip()],
        "arxiv_id": next(filter(None, map(ids.arxiv_id, (*urls, doi))), None),
        "doi": next(filter(None, map(ids.doi, (doi, *urls))), None),
        "url": urls[0] if urls else None,
        "published": _day(str(reference.get("date") or reference.get("year") or "")),
        "comment": line(_first(reference, ("journal_name", "secondary_title", "alternate_title3"))),
    }
    try:
        return paper(row, titled=True)
    except Refused as refusal:
        raise Refused(f"reference {number}: {refusal.reason}") from None


def _first(reference: dict[str, Any], names: tuple[str, ...]) -> str:
    found = (reference.get(name) for name in names)
    return next((str(value) for value in found if value and str(value).strip()), "")


def _names(reference: dict[str, Any]) -> list[Any]:
    names = reference.get("authors") or reference.get("first_authors") or []
    return names if isinstance(names, list) else [names]


def _forename_first(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip(' ,')} {last.strip()}".strip() if comma else name


def _day(written: str) -> str | None:
    found = DAY.search(written)
    if not found or not 1 <= int(found[2] or 1) <= 12:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)).isoformat()
    except ValueError:
        return None
