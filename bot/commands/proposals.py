"""What papers themselves call an interest, told to whoever begins to follow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.aliases import variants
from bot.dispatcher import Context
from bot.interests import Expression, Phrase, normal, parse, widened
from bot.interfaces import Storage
from bot.messages import Action, Text, code, said
from bot.models import Address
from bot.spellings import Defined
from bot.summary import shortened

LEAST_PAPERS: Final = 2  # that define it so: one alone may be its author's own
SEVERAL: Final = 0.2  # of the most usual meaning's papers: as many, and the short form means that too
MOST_MEANINGS: Final = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is told of one interest, and what can be done about it."""

    text: Text = ()
    actions: tuple[Action, ...] = ()


async def read_there(storage: Storage, place: Address, typed: str) -> Expression:
    """*typed* as the workspace reads it. Raises Unreadable."""
    return widened(parse(typed), await storage.aliases.pairs(place))


async def widen(storage: Storage, owner: Address) -> int:
    """Read *owner*'s interests anew, after the workspace's aliases changed; says how many changed by it."""
    changed = 0
    for interest in await storage.people.interests(owner):
        new = normal(await read_there(storage, owner, interest.typed))
        if new != interest.normal:
            await storage.people.reword(owner, interest.normal, new)
            changed += 1
    return changed


async def proposal(context: Context, typed: str) -> Proposal:
    """What papers call the other side of *typed*, when it is a plain phrase that they define."""
    expression = parse(typed)
    if not isinstance(expression, Phrase) or expression.exact or expression.field:
        return Proposal()
    spelling = tuple(word.surface for word in expression.words)
    name = " ".join(spelling)
    known = await context.storage.aliases.defined([name, name.upper()])
    usual = [one for one in known if one.papers >= LEAST_PAPERS]
    if not usual:
        return Proposal()
    return _told(name, usual, {" ".join(way).lower() for way in variants(spelling)})


def _told(name: str, defined: Sequence[Defined], found: set[str]) -> Proposal:
    """*defined* holds definitions of *name*, the most usual first; *found* are the spellings it finds anyway."""
    meanings = [one for one in defined if one.papers >= SEVERAL * defined[0].papers][:MOST_MEANINGS]
    first, other = meanings[0], _other(name, meanings[0])
    if len(meanings) > 1 and other == first.long:
        listed = ", ".join(f"{shortened(one.long, 60)} ({one.papers:,})" for one in meanings)
        return Proposal(said(f" Papers use it for several things: {listed}."))
    papers = f"defined so in {first.papers:,} papers"
    if other.lower() in found:
        return Proposal(said(" It also finds ", code(shortened(other, 60)), f", {papers}."))
    action = Action(f"Follow {shortened(other, 40)} too", "follow", {"term": other})
    return Proposal(said(" Papers also say ", code(shortened(other, 60)), f", {papers}."), (action,))


def _other(name: str, one: Defined) -> str:
    """The side of the definition that *name* is not."""
    return one.short if name.lower() == one.long else one.long
