"""What an admin has me say: a message to try me out, and one to everybody."""

from typing import Annotated, Final

from bot.commands.admin.channels import Sure, known
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.errors import BadArguments
from bot.messages import Action, Heading, Message, Paragraph, said
from bot.models import Address, Reader
from bot.owed import saying
from bot.registry import CommandRegistry
from bot.schedules import OFF

commands = CommandRegistry()

LONGEST: Final = 1_500  # characters of an announcement


@commands.command("admin test")
async def try_out(
    context: Context, channel: Annotated[str, "The channel, such as #papers; without one, yourself"] = ""
) -> Message:
    """Send a test message on the way that digests take, to a channel or to yourself.

    Example: `admin test #papers`
    """
    to = (await known(context, channel))[1] if channel.strip() else context.user
    slot = f"test {context.act}"
    text = "This is a test: digests reach this place."
    await _owe(context, [to], slot, Message(text, (Paragraph(said(text)),)))
    whom = "to you" if to == context.user else f"to #{to.id.lstrip('#')}"
    return answer(f"A test message is on its way {whom}. `admin status` says when something fails.")


@commands.command("admin announce")
async def announce(
    context: Context,
    text: Annotated[str, "What to say to everybody here"],
    sure: Sure = False,  # noqa: FBT002  # an option as people give it
) -> Message:
    """Say something to every channel and reader here who gets digests.

    Those whose digests are off or paused are not told.

    Example: `admin announce There are no digests tomorrow.`
    """
    if len(text) > LONGEST:
        raise BadArguments(f"An announcement has at most {LONGEST:,} characters, not {len(text):,}.")
    readers = [one.address for one in await _listening(context)]
    if not readers:
        raise BadArguments("Nobody here gets digests yet, so nobody can be told.")
    if not sure:
        yes = Action("Announce", "admin announce", {"text": text, "sure": True}, "primary")
        return answer(f"Shall {counted(len(readers), 'reader')} be told this?", said(text), actions=[yes])
    heading = "From those who look after this bot"
    slot = f"announcement {context.act}"
    await _owe(context, readers, slot, Message(text, (Heading(heading), Paragraph(said(text)))))
    undo = await context.undoable(("admin retract", {"announcement": context.act}))
    return answer(f"{counted(len(readers), 'reader')} will be told now.", actions=[undo])


@commands.command("admin retract", listed=False)
async def retract(context: Context, announcement: Annotated[int, "Its number in admin audit"]) -> Message:
    """Take an announcement back from those who have not been told yet."""
    here = context.workspace
    slot = f"announcement {announcement}"
    untold = await context.storage.outbox.withdraw(here.platform, here.name, slot)
    if not untold:
        raise BadArguments(
            f"Nobody waits to be told number {announcement}: it has gone out, or was taken back."
        )
    return answer(
        f"{counted(untold, 'reader')} will not be told any more. What was posted stays where it is."
    )


async def _listening(context: Context) -> list[Reader]:
    here = context.workspace
    readers = await context.storage.workspaces.readers(here.platform, here.name)
    return [one for one in readers if not one.closed and one.schedule != OFF and not one.paused(context.now)]


async def _owe(context: Context, readers: list[Address], slot: str, message: Message) -> None:
    await context.storage.outbox.owe([saying(message, one, slot, context.now) for one in readers])
