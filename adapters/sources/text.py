"""A page as text, as people copy a list of papers: titles, abstracts, and banners, votes, days, authors around them.

Cards may have links in markdown, or no mark at all between one and the next; on some pages each stands twice.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Final

from adapters.sources.cards import Stretch, cards, marked, stretches, votes
from adapters.sources.days import DAY, spoken
from adapters.sources.limits import MOST_PAPERS
from adapters.sources.lines import Line, lines
from adapters.sources.reading import Format, Reading
from adapters.sources.seams import long, width
from adapters.sources.signs import Kind
from adapters.sources.twins import merged
from bot.errors import Refused
from bot.models import Paper

MARKUP: Final = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml|rss|feed)\b", re.IGNORECASE)
LOWEST_NAME: Final = 2  # level of a heading that may name a page
HUGGING_FACE: Final = re.compile(
    r"trending papers in your email inbox|huggingface\.co/papers|and the research community"
)


def recognises(_text: str) -> bool:
    """Any text: what no other format claims is read as a page."""
    return True


def read(text: str, today: date) -> Reading:
    """The papers of a page in their order, each once.

    Raises:
        Refused: markup or damage, titles and abstracts that do not pair, or no papers at all.
    """
    if MARKUP.match(text):
        raise Refused("this is HTML or XML; save the page as text, or give JSON Lines", 1)
    papers, day = _read_with_headings(list(lines(text)), today)
    if not papers:
        raise Refused("there is no paper in it, only the banners of a page; copy the list of papers too")
    if len(papers) > MOST_PAPERS:
        raise Refused(f"more than {MOST_PAPERS:,} papers; land them in several files")
    return Reading(merged(papers), day, "huggingface" if HUGGING_FACE.search(text) else "")


FORMAT: Final = Format(recognises, read)


def _read_with_headings(found: Sequence[Line], today: date) -> tuple[list[Paper], date | None]:
    """What *found* says, whose deepest headings are titles; a single one may be the name of the page instead."""
    deepest = max((line.level for line in found), default=0)
    titles = [line for line in found if line.kind is Kind.HEADING and line.level == deepest]
    if len(titles) == 1 and deepest <= LOWEST_NAME and not titles[0].unfinished:
        with suppress(Refused):
            return _read(found, deepest + 1, today)
    return _read(found, deepest, today)


def _read(found: Sequence[Line], level: int, today: date) -> tuple[list[Paper], date | None]:
    """The papers and the day of *found*, where headings above *level* are banners."""
    shown = (_shown(line, level) for line in found)
    parts = list(stretches(shown))
    columns = width([line for part in parts for line in part.texts])
    headed = any(part.headed for part in parts)
    papers: list[Paper] = []
    day, upvotes = None, None
    for part in parts:
        cards_here = _papers(part, columns, today, headed=headed, begun=bool(papers))
        if cards_here and cards_here[0].upvotes is None:
            cards_here[0] = replace(cards_here[0], upvotes=upvotes)
        elif papers and not cards_here:
            papers[-1] = marked(papers[-1], part.marks, today)
        papers += cards_here
        day = day or (None if papers else _day(part.marks, today))
        upvotes = _votes_to_come(part.marks)
    return papers, day


def _shown(line: Line, level: int) -> Line:
    shallow = line.kind is Kind.HEADING and line.level < level
    return replace(line, kind=Kind.BANNER) if shallow else line


def _papers(part: Stretch, columns: int, today: date, *, headed: bool, begun: bool) -> list[Paper]:
    """The papers of *part*; none when its text stands around the list, such as a name or a search."""
    around = not any(map(long, part.texts)) and (
        (headed and not part.headed) or (begun and len(part.texts) == 1 and part.dated)
    )
    if not part.texts or around:
        return []
    if headed and not part.headed:
        raise Refused(
            "an abstract without its title; give it a heading as the others have", part.texts[0].number
        )
    try:
        return cards(part, columns, today)
    except Refused:
        before_the_list = not begun and part.marks and part.marks[0].kind is Kind.BANNER
        if before_the_list and not any(map(long, part.texts)):
            return []
        raise


def _day(marks: Sequence[Line], today: date) -> date | None:
    said = (DAY.search(mark.text) for mark in marks if mark.kind is Kind.DATE)
    return next((spoken(day[0], today) for day in said if day), None)


def _votes_to_come(marks: Sequence[Line]) -> int | None:
    """The votes that stand before the next title: a number that no button claims."""
    before = marks[-2].kind if len(marks) > 1 else None
    if not marks or marks[-1].kind is not Kind.COUNT or before in {Kind.UPVOTE, Kind.BUTTON}:
        return None
    return votes(marks[-1])
