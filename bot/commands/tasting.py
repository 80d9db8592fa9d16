"""What the bot has learnt of a reader's taste, to be seen and to be reset, and whether related papers come."""

import asyncio
from typing import Annotated, Final, Literal

from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.messages import Action, Heading, Message, Paragraph, Text, bold, code, said
from bot.ranking import taste, worded
from bot.registry import CommandRegistry
from bot.shelf import LIKED

commands = CommandRegistry()

MOST_WORDS: Final = 15  # of either kind in one answer


@commands.command("tastes")
async def tastes(
    context: Context, change: Annotated[Literal["show", "reset"], "Show it, or begin anew"] = "show"
) -> Message:
    """See what your `more`, `save`, `less` and `hide` have taught me, word by word, or reset it.

    A paper with words of more weight comes higher in your digests, by three fifths of its score at most. Nothing
    else is kept, and nobody else's taste counts.

    Example: `tastes reset`
    """
    if change == "reset":
        count = await context.storage.shelf.unrate(context.user)
        return answer(f"Forgotten, with what you said of {counted(count, 'paper')}. Saved papers stay saved.")
    rated = await context.storage.shelf.rated(context.user)
    if not rated:
        return answer("I know nothing of your taste yet. `more 3` and `less 3` teach me, a paper at a time.")
    liked = await context.storage.papers.get([paper for paper, thought in rated.items() if thought in LIKED])
    others = await context.storage.papers.get(
        [paper for paper, thought in rated.items() if thought not in LIKED]
    )
    liking = await asyncio.to_thread(taste, liked, others)
    weights = await asyncio.to_thread(worded, liking, [*liked, *others])
    heading = f"Learnt from what you said of {counted(len(rated), 'paper')}"
    ups = [(word, weight) for word, weight in weights.items() if weight > 0]
    downs = [(word, weight) for word, weight in weights.items() if weight < 0]
    listed = [Paragraph(_listed(name, some)) for name, some in (("More", ups), ("Less", downs)) if some]
    reset = said(code("tastes reset"), " begins anew.")
    return Message(heading, (Heading(heading), *listed, Paragraph(reset)))


@commands.command("related")
async def related(context: Context, wanted: Annotated[Literal["on", "off"], "Whether they come"]) -> Message:
    """Get papers that are about what you follow without saying it, at most three a digest, or no longer.

    Example: `related off`
    """
    on = wanted == "on"
    await context.storage.shelf.want_related(context.user, wanted=on)
    other = "off" if on else "on"
    undo = Action("Undo", "related", {"wanted": other})
    often = "Up to three related papers follow your matches." if on else "Related papers no longer come."
    return answer(often, actions=[undo])


def _listed(name: str, weights: list[tuple[str, float]]) -> Text:
    """The weightiest words with their weights, in hundredths."""
    words = ", ".join(f"{word} {100 * weight:+.0f}" for word, weight in weights[:MOST_WORDS])
    return said(bold(f"{name}: "), words)
