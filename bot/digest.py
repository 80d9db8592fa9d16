"""Papers to messages: what one reader sees of a landing. Pure, and bounded whatever the papers hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.cards import cards, name, titles
from bot.messages import (
    MOST_CARDS,
    MOST_TEXT,
    Action,
    Actions,
    Block,
    Heading,
    Message,
    Paragraph,
    Text,
    bold,
    code,
    said,
)
from bot.models import Address, Landing, Paper, Value
from bot.ranking import Ranked
from bot.week import chart
from bot.workspaces import Style

RELATED: Final = Paragraph(said(bold("Related"), ": about what you follow, without saying it"))
MOST_TRENDING: Final = 5  # papers for a reader whom nothing matches


@dataclass(frozen=True, slots=True)
class Listing:
    """What a landing holds for one reader.

    *interests* are what they follow, by normal form, muted ones left out; *papers* are all that were new, in
    the digest's order; *matched* are those that meet an interest, best first; *related* are about one without
    meeting any.
    """

    landing: Landing
    reader: Address
    interests: Sequence[str]
    papers: Sequence[Paper]
    matched: Sequence[Ranked] = ()
    related: Sequence[Ranked] = ()
    since: int | None = None  # the landing is all of those after this one
    first: date | None = None  # the day of the first of them
    days: Mapping[date, int] = field(default_factory=dict)  # how many papers of each day meet an interest
    style: Style = "full"
    most: int = MOST_CARDS  # papers in one post

    @property
    def told(self) -> Sequence[Ranked]:
        """What is listed, over all pages: the matches, then the related; without either, what others read."""
        return (*self.matched, *self.related) or trending(self.papers)

    @property
    def whose(self) -> str:
        """The interests as the reader calls them, such as "your 3 interests"."""
        owner = "this channel’s" if self.reader.kind == "channel" else "your"
        several = len(self.interests) > 1
        return f"{owner} {_count(len(self.interests), 'interest') if several else 'interest'}"


def trending(papers: Sequence[Paper]) -> tuple[Ranked, ...]:
    """The papers with most votes; among equals, and without votes, the first of the digest."""
    best = sorted(papers, key=lambda paper: -(paper.upvotes or 0))[:MOST_TRENDING]
    return tuple(Ranked(paper, float(paper.upvotes or 0), ()) for paper in best)


def compose(listing: Listing, start: int = 0) -> Message:
    """The digest for its reader: the page of it that begins after *start* papers."""
    told = listing.told
    start = max(0, min(start, len(told) - 1))
    most = listing.most if listing.style == "titles" else min(listing.most, MOST_CARDS)
    page = told[start : start + most]
    week = chart(listing.days, listing.interests) if not start else ()
    opening: tuple[Block, ...] = (Heading(_heading(listing, start, len(page))), *_explanation(listing), *week)
    room = MOST_TEXT - len(Message("opening", (*opening, RELATED)))
    if listing.style == "titles":
        listed: Sequence[Block] = titles(page, room, start=start)
    else:
        personal, brief = listing.reader.kind == "person", listing.style == "short"
        listed = _headed(cards(page, room, start=start, personal=personal, brief=brief), page)
    blocks = (*opening, *listed, *_rest(listing, start + len(page)))
    return Message(_summary(listing, page), blocks, folded=listing.style == "thread" and not start)


def _headed(listed: Sequence[Block], page: Sequence[Ranked]) -> Sequence[Block]:
    """The cards, with a small heading before the first related paper."""
    first = next((at for at, ranked in enumerate(page) if ranked.related), None)
    return listed if first is None else (*listed[:first], RELATED, *listed[first:])


def _heading(listing: Listing, start: int, shown: int) -> str:
    day, new, matched = _days(listing), len(listing.papers), len(listing.matched)
    if not matched:
        return f"{day} · {_count(new, 'new paper') if new else 'no new papers'}"
    if start:
        return f"{day} · {start + 1:,} to {start + shown:,} of {matched:,} papers that match {listing.whose}"
    return f"{day} · {matched:,} of {_count(new, 'new paper')} match{'es' * (matched == 1)} {listing.whose}"


def _explanation(listing: Listing) -> tuple[Paragraph, ...]:
    """Why these papers, where it is not because they match."""
    if listing.matched or not listing.papers:
        return ()
    if listing.related:
        return (Paragraph(said(f"None of them meets {listing.whose}.")),)
    voted = any(paper.upvotes for paper in listing.papers)
    instead = "Here is what others like most." if voted else "Here is how the day begins."
    return (Paragraph((*_reason(listing), *said(instead))),)


def _reason(listing: Listing) -> Text:
    if listing.interests:
        return said(f"None of them meets {listing.whose}. ")
    if listing.reader.kind == "channel":
        return said("This channel follows nothing yet. ")
    return said("You follow nothing yet: try ", code("follow flow matching"), ", or whatever you work on. ")


def _summary(listing: Listing, page: Sequence[Ranked]) -> str:
    """One line for a notification: how many papers, and which come first."""
    new, matched = len(listing.papers), len(listing.matched)
    if not new:
        return f"No new papers on {_days(listing)}"
    titles = "; ".join(name(ranked.paper) for ranked in page[:3])
    if not matched:
        return f"From {_count(new, 'new paper')}: {titles}"
    whom = "this channel" if listing.reader.kind == "channel" else "you"
    return f"{_count(matched, 'paper')} for {whom} from {new:,}: {titles}"


def _rest(listing: Listing, shown: int) -> tuple[Block, ...]:
    left = len(listing.told) - shown
    if left < 1:
        return ()
    digest = listing.landing.digest
    arguments: dict[str, Value] = {"digest": digest, "start": shown, "whose": listing.reader.kind}
    if listing.since not in (None, digest - 1):
        arguments["since"] = listing.since or 0
    return (Actions((Action(f"Show the other {left:,}", "show", arguments, style="primary"),)),)


def _days(listing: Listing) -> str:
    first, last = listing.first or listing.landing.day, listing.landing.day
    return _day(last) if first >= last else f"{_day(first)} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
