"""From lines to papers: a stretch of text with the marks around it becomes one card, or the many of a bare page."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from adapters.sources import ids
from adapters.sources.days import DAY, spoken
from adapters.sources.limits import MOST_ABSTRACT, MOST_TITLE
from adapters.sources.lines import Line
from adapters.sources.links import distinct, link_to, links
from adapters.sources.pairs import Pair, joined, pairs
from adapters.sources.seams import FULL_STOP, TAIL
from adapters.sources.signs import Kind
from bot.errors import Refused
from bot.models import Paper

HOME: Final = "https://huggingface.co"
LONGEST_NAME: Final = 120  # characters of an organisation
NUMBER: Final = re.compile(r"(-|\d[\d.,]*)(k?)$", re.IGNORECASE)
NAMED: Final = re.compile(r"(?:\[?\[[^\[\]]*\]\s+)?\[?([^\[\]]*)(?:\].*)?")  # "[[logo] Name](address)"


@dataclass(slots=True)
class Stretch:
    """Lines of text with nothing between them, and the marks that follow, up to the next text."""

    texts: list[Line] = field(default_factory=list)
    marks: list[Line] = field(default_factory=list)

    @property
    def headed(self) -> bool:
        """Whether it begins with a heading, which is a title surely."""
        return bool(self.texts) and self.texts[0].kind is Kind.HEADING

    @property
    def dated(self) -> bool:
        """Whether a day follows at once, before which only an organisation stands."""
        return bool(self.marks) and self.marks[0].kind is Kind.DATE


def stretches(lines: Iterable[Line]) -> Iterator[Stretch]:
    """*lines* parted where text follows on a mark, and before every heading."""
    current = Stretch()
    for line in lines:
        if line.kind is Kind.ADDRESS:
            if current.texts and not current.texts[-1].url:
                current.texts[-1] = replace(current.texts[-1], url=line.url)
        elif line.kind not in {Kind.TEXT, Kind.HEADING}:
            current.marks.append(line)
        else:
            if current.marks or (line.kind is Kind.HEADING and current.texts):
                yield current
                current = Stretch()
            current.texts.append(line)
    yield current


def cards(stretch: Stretch, columns: int, today: date) -> list[Paper]:
    """The papers of a stretch that holds nothing but papers.

    Raises:
        Refused: titles and abstracts do not pair, or are too long.
    """
    texts, organisation = _without_organisation(stretch)
    found = [_titled(texts)] if stretch.headed else pairs(texts, columns)
    papers = [_paper(pair) for pair in found]
    papers[-1] = marked(replace(papers[-1], organisation=organisation), stretch.marks, today)
    return papers


def marked(paper: Paper, marks: Sequence[Line], today: date) -> Paper:
    """*paper* with what the marks after its text tell: votes, day, organisation, code, id."""
    for mark, before in zip(marks, [None, *marks], strict=False):
        if mark.kind is Kind.UPVOTE or (mark.kind is Kind.COUNT and before and before.kind is Kind.UPVOTE):
            paper = replace(paper, upvotes=votes(mark, paper.upvotes))
        elif mark.kind is Kind.DATE:
            day = DAY.search(mark.text)
            name = mark.text.split("·")[0].strip() if "·" in mark.text else ""
            organisation = paper.organisation or _named(name)
            published = paper.published or (spoken(day[0], today) if day else None)
            paper = replace(paper, organisation=organisation, published=published)
        elif mark.kind is Kind.BUTTON:
            code = link_to(mark.url)
            found = ids.INSIDE.search(mark.text)
            paper = replace(
                paper,
                links=distinct((*paper.links, *([code] if code else []))),
                arxiv_id=paper.arxiv_id or (ids.arxiv_id(found[0]) if found else ""),
            )
    return paper


def votes(mark: Line, otherwise: int | None = None) -> int | None:
    """The number that *mark* ends with; a dash is none at all."""
    found = NUMBER.search(mark.text)
    if not found:
        return otherwise
    number = 0.0 if found[1] == "-" else float(found[1].replace(",", "").rstrip(".") or 0)
    return round(number * (1000 if found[2] else 1))


def _without_organisation(stretch: Stretch) -> tuple[Sequence[Line], str]:
    texts, last = stretch.texts, stretch.texts[-1]
    short = len(last.text) <= LONGEST_NAME and not FULL_STOP.search(last.text[-TAIL:])
    if stretch.dated and len(texts) > 2 and short and not texts[-2].text.endswith("\\"):
        return texts[:-1], _named(last.text)
    return texts, ""


def _titled(texts: Sequence[Line]) -> Pair:
    """A heading, over the lines that its link or its indent goes on for, and its abstract."""
    end = 1
    while end < len(texts) and (
        texts[end - 1].unfinished
        or texts[end - 1].text.endswith("\\")
        or (texts[0].unfinished and not texts[end - 1].url)
        or (texts[end].indent > texts[0].indent and not texts[end].apart)
    ):
        end += 1
    if end == len(texts):
        raise Refused("the abstract is missing: give every title one, below it", texts[0].number)
    return Pair(texts[:end], texts[end:])


def _paper(pair: Pair) -> Paper:
    title, abstract, line = joined(pair.title), joined(pair.abstract), pair.title[0].number
    if len(title) > MOST_TITLE:
        raise Refused(f"a title of {len(title):,} characters; at most {MOST_TITLE} fit", line)
    if len(abstract) > MOST_ABSTRACT:
        reason = f"an abstract of {len(abstract):,} characters; at most {MOST_ABSTRACT:,} fit"
        raise Refused(reason, pair.abstract[0].number)
    addresses = [
        HOME + line.url if line.url.startswith("/") else line.url for line in (*pair.title, *pair.abstract)
    ]
    arxiv_id = next(filter(None, map(ids.arxiv_id, addresses)), "")
    link = next(filter(None, map(link_to, addresses)), None)
    return Paper(
        title, abstract, arxiv_id=arxiv_id, url=link.url if link else "", links=distinct(links(abstract))
    )


def _named(text: str) -> str:
    found = NAMED.fullmatch(text)
    return found[1].strip() if found else text
