"""Find papers like what somebody wrote, whether it names a paper or only speaks of something."""

import asyncio
import re
from typing import Annotated, Final

from bot.cards import cards
from bot.commands.looking import LIST_ROOM, SEARCHED
from bot.commands.wording import answer
from bot.dispatcher import Context
from bot.messages import MOST_CARDS, Heading, Message
from bot.models import Paper
from bot.ranking import like
from bot.registry import CommandRegistry

commands = CommandRegistry()

MOST_TEXT: Final = 4_000  # characters of what is compared
_ARXIV: Final = re.compile(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)")


@commands.command("like", listed=False)
async def like_(context: Context, text: Annotated[str, "What the papers should be like"]) -> Message:
    """Find papers like what a message speaks of, or like the paper it links to."""
    papers = await context.storage.papers.recent(SEARCHED)
    if not papers:
        return answer("No papers have landed yet, so there is nothing to find.")
    spoken = await _spoken(context, text[:MOST_TEXT])
    found = await asyncio.to_thread(like, spoken, papers, MOST_CARDS)
    if not found:
        return answer("I found no paper like that. `search` finds papers by their words.")
    listed = await asyncio.to_thread(cards, found, LIST_ROOM)
    await context.storage.shelf.show(context.user, [ranked.paper.id for ranked in found])
    heading = f"{len(found):,} papers like that" if len(found) > 1 else "One paper like that"
    return Message(heading, (Heading(heading), *listed))


async def _spoken(context: Context, text: str) -> Paper:
    """The paper that *text* links to, if it has landed, or else its words as if they were one."""
    named = _ARXIV.search(text)
    known = await context.storage.papers.find(named[0]) if named else ()
    return known[0] if known else Paper(re.sub(r"https?://\S+", " ", text), "")
