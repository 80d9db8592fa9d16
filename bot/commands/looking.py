"""Look for papers among those that have landed, without following anything."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from bot.cards import cards
from bot.commands.lately import lately
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.interests import Expression, normal, parse
from bot.matching import meets
from bot.messages import (
    MOST_CARDS,
    MOST_TEXT,
    Action,
    Actions,
    Block,
    Card,
    Heading,
    Message,
    Paragraph,
    marked,
)
from bot.models import Paper, Value
from bot.ranking import Collection, Ranked
from bot.registry import CommandRegistry
from bot.summary import shortened

commands = CommandRegistry()

MOST_TRIED: Final = 5  # papers that stand for all that a term finds
SEARCHED: Final = 2_000  # papers looked through, the newest
ROOM: Final = MOST_TEXT - 500  # for cards, below a heading and a line
LIST_ROOM: Final = 3_000  # for cards that stand closely
KEPT: Final = ("save", "why")  # what can be done to a paper in a list of results

Term = Annotated[str, "What to look for, as you would follow it"]


@commands.command("try")
async def try_(context: Context, term: Term) -> Message:
    """See what a term would have found lately, before you follow it.

    Example: `try diffusion -medical`
    """
    wanted = parse(term)
    papers = (await lately(context.storage)).papers
    if not papers:
        return answer("No papers have landed yet, so there is nothing to try it on.")
    found = await asyncio.to_thread(_found, wanted, papers)
    shown = await asyncio.to_thread(
        cards, found[:MOST_TRIED], ROOM, personal=False
    )  # not followed: nothing to mute
    share = f"{len(found):,} of the last {counted(len(papers), 'paper')}"
    heading = f"“{_short(normal(wanted))}” would have found {share}"
    follow = Actions((Action("Follow", "follow", {"term": normal(wanted)}, style="primary"),))
    return Message(heading, (Heading(heading), *_explained(len(found)), *map(_plain, shown), follow))


@commands.command("search")
async def search(context: Context, term: Term) -> Message:
    """Find papers among those that have landed, in the language of interests.

    Example: `search author:"Kaiming He"`
    """
    return await _results(context, term, 0)


@commands.command("results", listed=False, in_place=True)
async def results(
    context: Context, start: Annotated[int, "How many results to leave out"], term: Term
) -> Message:
    """See more of what a search found."""
    return await _results(context, term, start)


async def _results(context: Context, term: str, start: int) -> Message:
    wanted = parse(term)
    papers = await context.storage.papers.recent(SEARCHED)
    found = await asyncio.to_thread(_found, wanted, papers)
    if not found:
        return _nothing(wanted, len(papers))
    start = max(0, min(start, len(found) - 1)) // MOST_CARDS * MOST_CARDS
    page = found[start : start + MOST_CARDS]
    listed = await asyncio.to_thread(cards, page, LIST_ROOM, start=start)
    await context.storage.shelf.show(context.user, [ranked.paper.id for ranked in found])
    heading = f"{counted(len(found), 'paper')} for “{_short(normal(wanted))}”"
    return Message(heading, (Heading(heading), *map(_brief, listed), *_onward(term, start, len(found))))


def _found(wanted: Expression, papers: Sequence[Paper]) -> list[Ranked]:
    """The papers that meet it, best first."""
    met = meets(wanted, papers)
    if not met:
        return []
    order = Collection(papers).order(wanted, met)
    return [Ranked(papers[at], score, (normal(wanted),)) for at, score in order]


def _explained(found: int) -> tuple[Block, ...]:
    if not found:
        loose = "Fewer words find more, and `OR` joins several ways to say it. Follow it all the same?"
        return (Paragraph(marked(loose)),)
    if found > MOST_TRIED:
        return (Paragraph(marked(f"These {MOST_TRIED} meet it best.")),)
    return ()


def _nothing(wanted: Expression, looked: int) -> Message:
    if not looked:
        return answer("No papers have landed yet, so there is nothing to search.")
    return answer(
        f"None of the last {counted(looked, 'paper')} meets “{_short(normal(wanted))}”. "
        "Fewer words find more, `OR` joins several ways to say it, and `follow` tells you when one lands."
    )


def _plain(card: Card) -> Card:
    """The card without a number: nothing was listed, so `why 3` does not mean it."""
    return replace(card, number=None)


def _brief(card: Card) -> Card:
    kept = tuple(action for action in card.actions if action.command in KEPT)
    return replace(card, actions=kept)


def _onward(term: str, start: int, found: int) -> tuple[Block, ...]:
    left = found - start - MOST_CARDS
    if left < 1:
        return ()
    more: dict[str, Value] = {"start": start + MOST_CARDS, "term": term}
    return (Actions((Action(f"Show the other {left:,}", "results", more),)),)


def _short(text: str) -> str:
    return shortened(text, 100)
