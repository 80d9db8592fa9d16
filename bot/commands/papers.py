"""Which paper somebody means: its number in the last list, `#id`, an arXiv id or DOI, or words of its title."""

import re

from bot.cards import name
from bot.dispatcher import Context
from bot.errors import UnknownPaper
from bot.models import Paper
from bot.summary import shortened

_NUMBER = re.compile(r"(?:no\.? ?|number )?([0-9]{1,9})\.?", re.IGNORECASE)
_ID = re.compile(r"#([0-9]{1,15})")
_ARXIV = re.compile(
    r"(?:arxiv:|https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/)?(\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:doi:|https?://(?:dx\.)?doi\.org/)", re.IGNORECASE)


async def called(context: Context, said: str) -> Paper:
    """The one paper that *said* means.

    Raises:
        UnknownPaper: there is none, or more than one: then they are named.
    """
    said = said.strip()
    if by_id := _ID.fullmatch(said):
        return await _kept(context, int(by_id[1]))
    if by_number := _NUMBER.fullmatch(said):
        return await _kept(context, await _numbered(context, int(by_number[1])))
    return await _found(context, said)


async def _numbered(context: Context, number: int) -> int:
    """The id of the paper of this number in the list shown last: to the person, else to the channel they are in."""
    shelf = context.storage.shelf
    shown = await shelf.shown(context.user) or await shelf.shown(context.place)
    if not shown:
        raise UnknownPaper("You have not been shown a list yet. `today` shows your digest.")
    if not 1 <= number <= len(shown):
        raise UnknownPaper(f"The last list goes from 1 to {len(shown)}: there is no paper {number}.")
    return shown[number - 1]


async def _kept(context: Context, id_: int) -> Paper:
    found = await context.storage.papers.get([id_])
    if not found:
        raise UnknownPaper(f"There is no paper #{id_}. `search <term>` finds what has landed.")
    return found[0]


async def _found(context: Context, said: str) -> Paper:
    arxiv = _ARXIV.fullmatch(said)
    words = arxiv[1] if arxiv else _DOI.sub("", said, count=1)
    found = await context.storage.papers.find(words)
    exactly = [paper for paper in found if paper.title.casefold() == words.casefold()] or found
    if len(exactly) == 1:
        return exactly[0]
    shown = shortened(said, 80)
    if not found:
        raise UnknownPaper(
            f"No paper that has landed is called “{shown}”. Write its number in the last list, its arXiv id, "
            "or words of its title that stand together."
        )
    several = "\n".join(f"`#{paper.id}` {name(paper)}" for paper in exactly[:5])
    raise UnknownPaper(f"Several papers answer to “{shown}”. Which one?\n{several}")
