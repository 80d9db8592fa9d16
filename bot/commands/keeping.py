"""Keep papers, and say which ones to see more of."""

import asyncio
from typing import Annotated

from bot.cards import cards, name
from bot.commands.papers import called
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.messages import MOST_CARDS, MOST_TEXT, Action, Actions, Block, Heading, Message
from bot.models import Paper
from bot.ranking import Ranked
from bot.registry import CommandRegistry
from bot.shelf import Feedback

commands = CommandRegistry()

ROOM = MOST_TEXT - 100  # for cards, below a heading


@commands.command("save", done="Saved ✓", undo="unsave")
async def save(
    context: Context, paper: Annotated[str, "Its number in the last list, id or title"]
) -> Message:
    """Keep a paper for later; papers like it come higher in your digests.

    Example: `save 3`
    """
    kept = await called(context, paper)
    new = await context.storage.shelf.save(context.user, kept.id, at=context.now)
    if new and kept.id not in await context.storage.shelf.rated(context.user):
        await context.storage.shelf.rate(context.user, kept.id, "save", at=context.now)
    undo = Action("Undo" if new else "Remove", "unsave", {"paper": f"#{kept.id}"})
    said = "is saved" if new else "was saved already"
    return answer(f"“{name(kept)}” {said}. `saved` lists what you keep.", actions=[undo])


@commands.command("unsave", listed=False, done="Save", undo="save")
async def unsave(
    context: Context, paper: Annotated[str, "Its number in the last list, id or title"]
) -> Message:
    """Give up a paper you saved.

    Example: `unsave 3`
    """
    kept = await called(context, paper)
    if await context.storage.shelf.unsave(context.user, kept.id):
        if (await context.storage.shelf.rated(context.user)).get(kept.id) == "save":
            await context.storage.shelf.rate(context.user, kept.id, None, at=context.now)
        undo = Action("Undo", "save", {"paper": f"#{kept.id}"})
        return answer(f"“{name(kept)}” is no longer saved.", actions=[undo])
    return answer(f"“{name(kept)}” was not saved. `saved` lists what you keep.")


@commands.command("saved", in_place=True)
async def saved(context: Context, page: Annotated[int, "Which page of the list"] = 1) -> Message:
    """See the papers you saved, newest first."""
    ids = await context.storage.shelf.saved(context.user)
    if not ids:
        return answer("You have saved nothing yet. `save 3` keeps the third paper of the last list.")
    start = max(0, min(page - 1, (len(ids) - 1) // MOST_CARDS)) * MOST_CARDS
    papers = await context.storage.papers.get(ids[start : start + MOST_CARDS])
    listed = await asyncio.to_thread(cards, [Ranked(paper, 0.0, ()) for paper in papers], ROOM, start=start)
    await context.storage.shelf.show(context.user, ids)
    heading = f"{counted(len(ids), 'saved paper')}"
    rest: tuple[Block, ...] = ()
    if start + MOST_CARDS < len(ids):
        rest = (Actions((Action("Next page", "saved", {"page": start // MOST_CARDS + 2}),)),)
    return Message(heading, (Heading(heading), *listed, *rest))


@commands.command("more", listed=False, done="More ✓", undo="unmore")
async def more(
    context: Context, paper: Annotated[str, "Its number in the last list, id or title"]
) -> Message:
    """Put papers like this one higher in your digests.

    Example: `more 3`
    """
    return await _rated(context, await called(context, paper), "more")


@commands.command("less", listed=False, done="Less ✓", undo="unless")
async def less(
    context: Context, paper: Annotated[str, "Its number in the last list, id or title"]
) -> Message:
    """Put papers like this one lower in your digests.

    Example: `less 3`
    """
    return await _rated(context, await called(context, paper), "less")


@commands.command("hide", listed=False, done="Hidden ✓", undo="unhide")
async def hide(
    context: Context, paper: Annotated[str, "Its number in the last list, id or title"]
) -> Message:
    """Never see a paper again in your digests, and papers like it lower.

    Example: `hide 3`
    """
    hidden = await called(context, paper)
    await context.storage.shelf.rate(context.user, hidden.id, "hide", at=context.now)
    undo = Action("Undo", "unhide", {"paper": f"#{hidden.id}"})
    return answer(
        f"“{name(hidden)}” is hidden from your digests, and papers like it come lower.", actions=[undo]
    )


@commands.command("unhide", listed=False, done="Hide", undo="hide")
async def unhide(
    context: Context, paper: Annotated[str, "Its number in the last list, id or title"]
) -> Message:
    """Take a `hide` back."""
    return await _forgotten(context, await called(context, paper))


@commands.command("unmore", listed=False, done="More like this", undo="more")
async def unmore(
    context: Context, paper: Annotated[str, "Its number in the last list, id or title"]
) -> Message:
    """Take a `more` back."""
    return await _forgotten(context, await called(context, paper))


@commands.command("unless", listed=False, done="Less like this", undo="less")
async def unless(
    context: Context, paper: Annotated[str, "Its number in the last list, id or title"]
) -> Message:
    """Take a `less` back."""
    return await _forgotten(context, await called(context, paper))


async def _forgotten(context: Context, paper: Paper) -> Message:
    await context.storage.shelf.rate(context.user, paper.id, None, at=context.now)
    return answer(f"“{name(paper)}” no longer counts for or against others.")


async def _rated(context: Context, paper: Paper, feedback: Feedback) -> Message:
    await context.storage.shelf.rate(context.user, paper.id, feedback, at=context.now)
    where = "higher" if feedback == "more" else "lower"
    undo = Action("Undo", f"un{feedback}", {"paper": f"#{paper.id}"})
    return answer(
        f"Noted. Papers like “{name(paper)}” come {where} in your digests from now on.", actions=[undo]
    )
