"""Say why a paper came or did not, and why nothing came."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final

from bot.cards import url
from bot.commands.lately import latest
from bot.commands.papers import called
from bot.commands.reasons import why as reason
from bot.commands.stages import Way, stages
from bot.dispatcher import Context
from bot.interests import parse
from bot.matching import meets
from bot.messages import Action, Actions, Heading, Message, Paragraph, Span, Text, bold, marked, plain, said
from bot.models import Address, Interest, Paper
from bot.registry import CommandRegistry
from bot.summary import shortened
from bot.text import clean

commands = CommandRegistry()

ROOM: Final = 4_500  # characters for the interests in one answer; the rest are counted


@commands.command("why")
async def why(
    context: Context, paper: Annotated[str, "Its number in the last list, id or title; or nothing"]
) -> Message:
    """Learn why a paper came or did not, interest by interest.

    It shows the words that meet each interest, or what is lacking. `why nothing` follows the way from a
    landing to your digest, to find where it stopped.

    Example: `why 3`
    """
    if paper.casefold() == "nothing":
        return await _nothing(context)
    meant = await called(context, paper)
    lines = [line for owner in _owners(context) for line in await _lines(context, owner, meant)]
    if not lines:
        lines = [marked("You follow nothing yet, so you see what others like. `follow <term>` changes that.")]
    title = shortened(clean(meant.title).text.strip(), 200) or "Untitled"
    save = Actions((Action("Save", "save", {"paper": f"#{meant.id}"}),))
    return Message(f"Why “{title}”", (Paragraph((Span(title, "bold", url(meant)),)), *_fitting(lines), save))


async def _nothing(context: Context) -> Message:
    people, landing = context.storage.people, await latest(context.storage)
    reader, follows = await people.reader(context.user), await people.interests(context.user)
    met = await context.storage.papers.met(context.user, landing.digest) if landing else {}
    heading = "From a paper to your digest"
    fates = await context.storage.outbox.lately(context.user, 1)
    told = await context.storage.outbox.told(context.user, [*met])
    sources = await context.storage.sources.listed((context.workspace.platform, context.workspace.name))
    way = Way(reader, sources, landing, follows, met, told, next(iter(fates), None))
    lines = map(Paragraph, stages(way, context.now))
    today = (Actions((Action("My digest now", "today", style="primary"),)),) if landing else ()
    return Message(heading, (Heading(heading), *lines, *today))


def _owners(context: Context) -> list[Address]:
    """Whose interests matter here: the person's, and those of the channel they are in."""
    return [context.user, *([context.place] if context.place.kind == "channel" else [])]


async def _lines(context: Context, owner: Address, paper: Paper) -> list[Text]:
    follows = await context.storage.people.interests(owner)
    whose = "This channel: " if owner.kind == "channel" else ""
    return [(*said(whose), *line) for line in await asyncio.to_thread(_explained, follows, paper)]


def _explained(follows: Sequence[Interest], paper: Paper) -> list[Text]:
    """A line on each interest: first those that the paper meets."""
    lines = []
    for interest in follows:
        expression = parse(interest.normal, stored=True)
        meeting = bool(meets(expression, [paper])) and not interest.muted
        name, rests = bold(shortened(interest.typed, 100)), " (muted)" if interest.muted else ""
        sign = "✓" if meeting else "✗"
        lines.append((not meeting, said(f"{sign} ", name, f"{rests} – ", *reason(expression, paper))))
    return [line for _, line in sorted(lines, key=lambda pair: pair[0])]


def _fitting(lines: Sequence[Text]) -> list[Paragraph]:
    """The lines, as far as one message holds them, and how many were left out."""
    kept: list[Paragraph] = []
    room = ROOM
    for line in lines:
        room -= len(plain(line))
        if room < 0:
            return [*kept, Paragraph(said(f"… and {len(lines) - len(kept)} more"))]
        kept.append(Paragraph(line))
    return kept
