"""Whether links of papers that people post get a card below them."""

from typing import Annotated, Final, Literal

from bot.commands.wording import answer
from bot.dispatcher import Context
from bot.errors import BadArguments
from bot.messages import Message
from bot.models import Address
from bot.notes import UNFURL
from bot.registry import CommandRegistry

commands = CommandRegistry()

PLATFORM: Final = "slack"  # whose messages can be added to


@commands.command("admin links")
async def links(context: Context, wanted: Annotated[Literal["on", "off"], "Whether they do"]) -> Message:
    """Choose whether arXiv links that people post get a card below them, on Slack.

    The card shows what has landed of the paper. The app needs the lines of its manifest that speak of links.

    Example: `admin links on`
    """
    if context.user.platform != PLATFORM:
        raise BadArguments("Links get cards on Slack alone.")
    here = Address.whole(context.user.platform, context.workspace.name)
    before = await context.storage.notes.read(here, UNFURL) or "off"
    await context.storage.notes.write(here, {UNFURL: wanted})
    undo = await context.undoable(("admin links", {"wanted": before}))
    told = "get a card from now on" if wanted == "on" else "stay as they are"
    return answer(f"The arXiv links that people post here {told}.", actions=[undo])
