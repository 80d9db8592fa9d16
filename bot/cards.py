"""Papers as cards: title, authors, what to read of it, why it came, and what can be done. Pure.

The room is shared out so that the cards fit together whatever their papers hold.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from bot.errors import Unreadable
from bot.interests import parse
from bot.legible import legible
from bot.matching import evidence
from bot.messages import Action, Card, Message, Paragraph, Span, Text, plain, said
from bot.models import Evidence, Link, Paper
from bot.ranking import Ranked
from bot.summary import Mark, Stretch, excerpt, passage, shortened
from bot.text import Mapped

MOST_TITLE: Final = 200  # characters; all but a few titles of a month are shorter
MOST_BYLINE: Final = 110
BESIDE_TITLE: Final = 16  # characters: a number, and that it is related
TOGETHER: Final = 10  # titles in a paragraph
MOST_NAMED: Final = 3  # authors, or interests
MOST_NAME: Final = 40  # characters of one of them
MOST_URL: Final = 1000
MOST_BODY: Final = 600
LEAST_BODY: Final = 60  # less than a sentence says nothing

_LINK_WORDS: Final = {
    "code": "Code",
    "project": "Project",
    "data": "Data",
    "model": "Model",
    "video": "Video",
    "paper": "Paper",
}


def cards(
    listed: Sequence[Ranked], room: int, *, start: int = 0, personal: bool = True, brief: bool = False
) -> tuple[Card, ...]:
    """The papers, numbered after *start*, in at most *room* characters altogether: 500 each always do.

    Cards for a channel (*personal* is false) mute nothing:
    its interests are not those of whoever presses. *brief* ones leave the abstract out.
    """
    drafts = [_Draft.of(ranked) for ranked in listed]
    finished = [draft.frame(number, personal=personal) for number, draft in enumerate(drafts, start + 1)]
    if brief:
        return tuple(finished)
    for alike in (True, False):  # to each the same; then what that has left, to the first who can use it
        left = room - len(Message("cards", tuple(finished)))
        for at, draft in enumerate(drafts):
            before = len(plain(finished[at].body))
            more = left // (len(drafts) - at) if alike else left
            body = draft.body(min(MOST_BODY, before + more))
            finished[at] = replace(finished[at], body=body)
            left -= len(plain(body)) - before
    return tuple(finished)


def titles(listed: Sequence[Ranked], room: int, *, start: int = 0) -> tuple[Paragraph, ...]:
    """The papers as numbered titles that lead to them, some in a paragraph, in at most *room* characters."""
    most = min(MOST_TITLE, room // max(1, len(listed)) - BESIDE_TITLE)
    lines = [_line(number, ranked, most) for number, ranked in enumerate(listed, start + 1)]
    portions = [lines[at : at + TOGETHER] for at in range(0, len(lines), TOGETHER)]
    return tuple(
        Paragraph(tuple(span for at, line in enumerate(lines) for span in (*said("\n" * (at > 0)), *line)))
        for lines in portions
    )


def name(paper: Paper) -> str:
    """What a paper is called in passing: its title, as far as the first colon."""
    title = legible(paper.title).text.strip(" :")
    return shortened(re.split(r": |\. ", title)[0] or "Untitled", 60)


def url(paper: Paper) -> str:
    """Where the paper can be read, or "" when that is not known."""
    arxiv = f"https://arxiv.org/abs/{_quoted(paper.arxiv_id)}" if paper.arxiv_id else ""
    doi = f"https://doi.org/{_quoted(paper.doi)}" if paper.doi else ""
    return next((place for place in (paper.url, arxiv, doi) if _leads(place)), "")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A paper on its way to a card: its clean text, and where its interests meet it."""

    paper: Paper
    interests: Sequence[str]
    met: Sequence[tuple[str, Evidence]]
    title: Mapped
    abstract: Mapped
    related: bool = False

    @classmethod
    def of(cls, ranked: Ranked) -> "_Draft":
        paper = ranked.paper
        met = tuple((term, found) for term in ranked.interests for found in _evidence(term, paper))
        return cls(
            paper, ranked.interests, met, legible(paper.title), legible(paper.abstract), ranked.related
        )

    def frame(self, number: int, *, personal: bool) -> Card:
        """The card without its body."""
        notes = (_why(self.interests, related=self.related), _facts(self.paper))
        return Card(
            title=self._title() or said("Untitled"),
            number=number,
            url=url(self.paper),
            byline=self._byline(),
            notes=tuple(note for note in notes if note),
            actions=tuple(_actions(self.paper, self.interests if personal else ())),
        )

    def body(self, room: int) -> Text:
        """What to read of the abstract; nothing where there is no room for a sentence."""
        if room < LEAST_BODY:
            return ()
        told = {mark.term for mark in self._marks("title", self.title)}
        return excerpt(self.abstract.text, self._marks("abstract", self.abstract), room, told)

    def _title(self) -> Text:
        text = self.title.text
        place = Stretch(len(text) - len(text.lstrip()), len(text.rstrip()))
        return passage(text, self._marks("title", self.title), place, MOST_TITLE)

    def _marks(self, field: str, cleaned: Mapped) -> list[Mark]:
        return [
            Mark(cleaned.position(found.start), cleaned.position(found.end), term)
            for term, found in self.met
            if found.field == field
        ]

    def _byline(self) -> str:
        paper = self.paper
        met = [found.text for _, found in self.met if found.field == "author"]
        published = f"{paper.published.day} {paper.published:%B %Y}" if paper.published else ""
        parts = (
            _authors(paper.authors, met),
            _brief(paper.organisation),
            _brief(next(iter(paper.categories), "")),
        )
        return shortened(" · ".join(part for part in (*parts, published) if part), MOST_BYLINE)


def _line(number: int, ranked: Ranked, most: int) -> Text:
    title = shortened(legible(ranked.paper.title).text.strip() or "Untitled", most)
    related = " (related)" if ranked.related else ""
    return said(f"{number}. ", Span(title, "bold", url(ranked.paper)), related)


def _evidence(term: str, paper: Paper) -> Sequence[Evidence]:
    try:
        return evidence(parse(term), paper)
    except Unreadable:
        return ()  # kept under rules that have changed since: the paper is shown all the same


def _authors(authors: Sequence[str], met: Sequence[str]) -> str:
    """The first two and whoever was looked for, and how many more there are."""
    if len(authors) <= MOST_NAMED:
        return ", ".join(filter(None, map(_brief, authors)))
    sought = [author for author in authors[2:] if any(text in author for text in met)][:1]
    return f"{', '.join(map(_brief, (*authors[:2], *sought)))} and {len(authors) - 2 - len(sought):,} more"


def _brief(text: str) -> str:
    return shortened(legible(text).text.strip(), MOST_NAME)


def _why(interests: Sequence[str], *, related: bool) -> Text:
    if not interests:
        return ()
    named = " · ".join(shortened(term, MOST_NAME) for term in interests[:MOST_NAMED])
    more = len(interests) - MOST_NAMED
    return said(f"{'Related to' if related else 'Why'}: {named}" + (f" and {more} more" if more > 0 else ""))


def _facts(paper: Paper) -> Text:
    """Votes, and links to what belongs to the paper."""
    votes = [Span(f"{paper.upvotes:,} upvote{'s' * (paper.upvotes != 1)}")] if paper.upvotes else []
    links = {link.url: _linked(link) for link in paper.links if _leads(link.url)}
    facts = [*votes, *list(links.values())[:4]]
    return tuple(span for fact in facts for span in (Span(" · "), fact))[1:]


def _linked(link: Link) -> Span:
    return Span(_LINK_WORDS[link.kind], url=link.url)


def _quoted(name: str) -> str:
    return quote(name, errors="replace")


def _leads(place: str) -> bool:
    """Whether a link may lead there: to the web, and without what only hides where it goes."""
    return (
        len(place) <= MOST_URL
        and place.isprintable()
        and re.fullmatch(r"https?://[^\s<>|\"]+", place) is not None
    )


def _actions(paper: Paper, interests: Sequence[str]) -> Iterator[Action]:
    if not paper.id:
        return  # nothing can be done to a paper that has not landed
    this = {"paper": f"#{paper.id}"}
    yield Action("Save", "save", this)
    yield Action("More like this", "more", this)
    yield Action("Less like this", "less", this)
    if interests:
        yield Action(f"Mute {shortened(interests[0], MOST_NAME)}", "mute", {"term": interests[0]})
    yield Action("Why?", "why", this)
