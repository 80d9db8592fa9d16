"""What a workspace calls things: spellings that are alike here, beside the table that everybody has."""

from typing import Annotated, Final

from bot.commands.proposals import widen
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.errors import BadArguments
from bot.interests import parse
from bot.messages import Message, bold, said
from bot.registry import CommandRegistry

commands = CommandRegistry()

MOST: Final = 200
MOST_LISTED: Final = 30
LONGEST: Final = 100

One = Annotated[str, "One spelling; several words within quotes"]
Other = Annotated[str, "The other spelling"]


@commands.command("admin alias add")
async def add(context: Context, one: One, other: Other) -> Message:
    """Let two spellings find the same papers for everybody here.

    Example: `admin alias add PINN physics-informed neural network`
    """
    first, second = spelling(one), spelling(other)
    if first.casefold() == second.casefold():
        raise BadArguments(f"“{first}” is one spelling: write the other one after it.")
    if len(await context.storage.aliases.pairs(context.home)) >= MOST:
        raise BadArguments(f"{MOST} pairs are as many as fit: `admin alias remove` one first.")
    if not await context.storage.aliases.add(context.home, first, second):
        return answer(f"“{first}” and “{second}” are alike already.")
    undo = await context.undoable(("admin alias remove", {"one": first, "other": second}))
    return answer(
        said(bold(first), " and ", bold(second), f" are alike now. {await widened(context)}"), actions=[undo]
    )


@commands.command("admin alias remove")
async def remove(context: Context, one: One, other: Other) -> Message:
    """Let two spellings be alike no longer.

    Example: `admin alias remove PINN physics-informed neural network`
    """
    first, second = spelling(one), spelling(other)
    if not await context.storage.aliases.remove(context.home, first, second):
        raise BadArguments(
            f"“{first}” and “{second}” were not alike by an alias here. `admin alias list` shows all."
        )
    undo = await context.undoable(("admin alias add", {"one": first, "other": second}))
    told = said(bold(first), " and ", bold(second), f" are alike no longer. {await widened(context)}")
    return answer(told, actions=[undo])


@commands.command("admin alias list")
async def list_(context: Context) -> Message:
    """See which spellings are alike here."""
    pairs = await context.storage.aliases.pairs(context.home)
    if not pairs:
        return answer(
            "No spellings of your own yet. `admin alias add PINN physics-informed neural network` adds some."
        )
    lines = [said(bold(one), " = ", bold(other)) for one, other in pairs[-MOST_LISTED:]]
    return answer(f"{counted(len(pairs), 'pair')} of spellings:", *lines)


async def widened(context: Context) -> str:
    """Read the interests of everybody here anew; says how many changed by it."""
    here = context.workspace
    readers = await context.storage.workspaces.readers(here.platform, here.name)
    changed = sum([await widen(context.storage, reader.address) for reader in readers])
    return f"{counted(changed, 'interest')} here changed by it."


def spelling(typed: str) -> str:
    """The spelling that *typed* means. Raises BadArguments and Unreadable."""
    spelling = " ".join(typed.strip("\"'“”").split())
    if not 1 <= len(spelling) <= LONGEST:
        raise BadArguments(f"A spelling has 1 to {LONGEST} characters.")
    parse(spelling)  # else it says what cannot be read
    return spelling
