"""Read digests."""

from typing import Annotated, Literal

from bot.commands.lately import latest
from bot.commands.wording import answer
from bot.dispatcher import Context
from bot.landed import Landed, digest_of
from bot.messages import Message
from bot.registry import CommandRegistry

commands = CommandRegistry()


@commands.command("today")
async def today(context: Context) -> Message:
    """See your digest of what has landed last, now."""
    landing = await latest(context.storage)
    if landing is None:
        return answer("No papers have landed yet. Whoever runs me lands a digest with `digestbot land FILE`.")
    return await digest_of(context.storage, await Landed.at(context.storage, landing), context.user)


@commands.command("show", listed=False, in_place=True)
async def show(
    context: Context,
    digest: Annotated[int, "The number of the landing"],
    start: Annotated[int, "How many papers to leave out"] = 0,
    whose: Annotated[Literal["person", "channel"], "Whose digest it is"] = "person",
    since: Annotated[int, "The number of the landing before the first that it tells; -1: it tells one"] = -1,
) -> Message:
    """See the rest of a digest."""
    landed = await Landed.of(context.storage, digest, None if since < 0 else since)
    if landed is None:
        return answer(
            "That digest is long past. `today` shows the last one, and `search <term>` looks further back."
        )
    reader = context.place if whose == "channel" else context.user
    return await digest_of(context.storage, landed, reader, max(0, start))
