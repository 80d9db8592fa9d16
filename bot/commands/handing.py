"""Hand a paper to the bot."""

from typing import Annotated

from bot.dispatcher import Context
from bot.errors import BadArguments
from bot.messages import Message
from bot.registry import CommandRegistry

commands = CommandRegistry()


@commands.command("add")
async def add(
    context: Context, link: Annotated[str, "The link of a paper or of a list, or an arXiv id"]
) -> Message:
    """Take in a paper by its link, and keep it.

    Sending the link alone does the same. Others can find the paper from then on, and nobody is sent it.

    Example: `add https://arxiv.org/abs/1706.03762`
    """
    if context.take is None:
        raise BadArguments("I cannot read links here. `search` finds what has landed.")
    return await context.take(context.user, link)
