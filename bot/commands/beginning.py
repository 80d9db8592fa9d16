"""The first minute: pick topics, see what they would have brought, done."""

from collections.abc import Sequence
from typing import Annotated, Final

from bot.cards import name
from bot.commands.interests import follow
from bot.commands.lately import Lately, lately
from bot.commands.sharing import LEAST_OTHERS
from bot.commands.timing import standing
from bot.commands.topics import topics
from bot.commands.wording import counted
from bot.dispatcher import Context
from bot.errors import UserError
from bot.messages import Action, Actions, Block, Heading, Message, Paragraph, bold, marked, said
from bot.models import Interest
from bot.registry import CommandRegistry
from bot.summary import shortened

commands = CommandRegistry()

ROW: Final = 4  # topics side by side
MOST_TOPICS: Final = 8
MOST_POPULAR: Final = 3
MOST_TITLES: Final = 5
MOST_NAMED: Final = 12
LONGEST_LABEL: Final = 40


@commands.command("start", in_place=True)
async def start(context: Context, pick: Annotated[str, "A topic to begin with"] = "") -> Message:
    """Begin in a minute: pick topics, and see what they would have brought you."""
    trouble = await _picked(context, pick) if pick else ""
    recent = await lately(context.storage)
    follows = await context.storage.people.interests(context.user)
    begun = [*await _so_far(recent, follows), await _coming(context)] if follows else [_welcome()]
    row = [Action("Done", "today", style="primary"), Action("My interests", "interests")] if follows else []
    offered = await _offered(context, recent, {one.typed.casefold() for one in follows})
    rows = [Actions(tuple(offered[at : at + ROW])) for at in range(0, len(offered), ROW)]
    last = [Actions(tuple(row))] if row else []
    mistake = [Paragraph(marked(trouble))] if trouble else []
    heading = "Pick what you want to read about" if not follows else "You are set up"
    blocks: list[Block] = [Heading(heading), *mistake, *begun, *rows, *last]
    return Message(heading, tuple(blocks))


async def _picked(context: Context, topic: str) -> str:
    """Follow *topic*; what stood in the way, if anything."""
    try:
        await follow(context, topic)
    except UserError as mistake:
        return str(mistake)
    return ""


def _welcome() -> Paragraph:
    return Paragraph(
        marked(
            "I bring you the new papers on what you care about. Press a topic that recent papers are about, "
            "or write your own: `follow flow matching`."
        )
    )


async def _coming(context: Context) -> Paragraph:
    """When digests come, so that nothing is left to do."""
    reader = await context.storage.people.reader(context.user)
    other = " `schedule 08:30 Europe/Paris` changes that." if reader.schedule.at else ""
    return Paragraph(marked(" ".join(standing(reader, context.now)[:2]) + other))


async def _so_far(recent: Lately, follows: Sequence[Interest]) -> list[Paragraph]:
    """What is followed, and what that would have brought."""
    found = await recent.found([one.normal for one in follows])
    met = list({paper.id: paper for papers in found.values() for paper in papers}.values())
    names = ", ".join(shortened(one.typed, LONGEST_LABEL) for one in follows[:MOST_NAMED])
    told = [Paragraph(said("You follow ", bold(names), "."))]
    if recent.papers:
        share = f"Of the last {counted(len(recent.papers), 'paper')} I would have brought you {len(met):,}"
        titles = "; ".join(name(paper) for paper in met[:MOST_TITLES])
        told.append(Paragraph(said(f"{share}{': ' if titles else ''}{titles}.")))
    return told


async def _offered(context: Context, recent: Lately, taken: set[str]) -> list[Action]:
    """A button a topic: first what several others here follow, then what recent papers are about."""
    here = context.workspace.name
    popular = await context.storage.lists.popular(context.user, here, LEAST_OTHERS, MOST_POPULAR)
    named = [*(term for term, _ in popular), *topics(recent.papers, MOST_TOPICS)]
    new = [topic for topic in dict.fromkeys(named) if topic.casefold() not in taken][:MOST_TOPICS]
    return [Action(shortened(topic, LONGEST_LABEL), "start", {"pick": topic}) for topic in new]
