"""Digests for channels: which channels get them, of what, and how they look."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from bot.commands.mentions import Channel, address, channel
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.errors import BadArguments
from bot.messages import Action, Message, bold, marked, said
from bot.models import Address, Interest, Reader
from bot.registry import CommandRegistry
from bot.workspaces import Step, Style

commands = CommandRegistry()

MOST_LISTED: Final = 20

Where = Annotated[str, "The channel, such as #papers"]
Sure = Annotated[bool, "Yes: do it without asking"]


@commands.command("admin channel add")
async def add(context: Context, channel: Where) -> Message:
    """Bring digests to a channel.

    Example: `admin channel add #papers`
    """
    where, there = _there(context, channel)
    if there in await channels_of(context):
        return answer(said(where.span, " gets digests already."), actions=next_(where))
    await context.storage.people.reader(there)
    undo = await context.undoable(("admin channel remove", {"channel": where.mention, "sure": True}))
    told = said(where.span, " gets digests from now on. Now say of what: ")
    example = marked(f"`admin channel follow {where.mention} flow matching`.")
    return answer((*told, *example), actions=[undo])


@commands.command("admin channel remove")
async def remove(context: Context, channel: Where, sure: Sure = False) -> Message:  # noqa: FBT002  # an option as people give it
    """Bring no more digests to a channel, and forget what it follows.

    Example: `admin channel remove #papers`
    """
    where, there = await known(context, channel)
    follows = await context.storage.people.interests(there)
    if not sure:
        question = said("Shall ", where.span, f" get no more digests? It follows {count(follows)}.")
        yes = Action("Remove", "admin channel remove", {"channel": where.mention, "sure": True}, "danger")
        return answer(question, actions=[yes])
    undo = await context.undoable(*_back(context, where, await context.storage.people.reader(there), follows))
    await context.storage.workspaces.forget_reader(there)
    await restyle(context, there, None)
    return answer(said(where.span, " gets no more digests, and nothing is kept of it."), actions=[undo])


@commands.command("admin channel list")
async def list_(context: Context) -> Message:
    """See which channels get digests, and what they follow."""
    channels = await channels_of(context)
    if not channels:
        return answer("No channel gets digests yet. `admin channel add #papers` begins.")
    lines = [
        said(_named(one).span, ": ", count(await context.storage.people.interests(one)), _style(context, one))
        for one in channels[:MOST_LISTED]
    ]
    heading = said(bold(f"{counted(len(channels), 'channel')} get{'s' * (len(channels) == 1)} digests"))
    return answer(heading, *lines)


@commands.command("admin channel style")
async def style(
    context: Context, channel: Where, style: Annotated[Style, "How much of each paper to show"]
) -> Message:
    """Choose how much of a paper a channel's digest shows.

    `full` is title, abstract and reasons, `short` leaves the abstract out, `titles` is a list of titles.
    `thread` is a short post with all of it in its thread, where there are threads.

    Example: `admin channel style #papers short`
    """
    where, there = await known(context, channel)
    before = context.workspace.styles.get(there.id, "full")
    undo = await context.undoable(("admin channel style", {"channel": where.mention, "style": before}))
    await restyle(context, there, style)
    how = "stands in a thread" if style == "thread" else f"is {style}"
    return answer(said("The digest of ", where.span, f" {how} from the next one on."), actions=[undo])


async def restyle(context: Context, there: Address, style: Style | None) -> None:
    """Let the channel's digests look so from the next one on."""
    styles = {id_: kept for id_, kept in context.workspace.styles.items() if id_ != there.id}
    if style and style != "full":
        styles[there.id] = style
    if styles != context.workspace.styles:
        await context.storage.workspaces.keep(replace(context.workspace, styles=styles))


async def channels_of(context: Context) -> list[Address]:
    """The channels that get digests here."""
    here = context.workspace
    readers = await context.storage.workspaces.readers(here.platform, here.name)
    return [reader.address for reader in readers if reader.address.kind == "channel"]


async def known(context: Context, typed: str) -> tuple[Channel, Address]:
    """The channel, which gets digests. Raises BadArguments."""
    where, there = _there(context, typed)
    if there not in await channels_of(context):
        raise BadArguments(
            f"#{(where.name or where.id).lstrip('#')} gets no digests yet. "
            f"`admin channel add {where.mention}` brings them."
        )
    return where, there


def _there(context: Context, typed: str) -> tuple[Channel, Address]:
    where = channel(typed)
    return where, address(where, context.place)


def _named(there: Address) -> Channel:
    return Channel(there.id)


def _back(context: Context, where: Channel, reader: Reader, follows: Sequence[Interest]) -> list[Step]:
    """What brings a channel back as it was."""
    here = {"channel": where.mention}
    steps: list[Step] = [("admin channel add", here)]
    if follows:
        terms = ", ".join(one.typed for one in follows)
        steps.append(("admin channel follow", {**here, "term": terms}))
    if style := context.workspace.styles.get(where.id):
        steps.append(("admin channel style", {**here, "style": style}))
    steps += [("admin channel schedule", {**here, "when": when}) for when in said_times(reader)]
    return steps


def said_times(reader: Reader) -> list[str]:
    """What would have to be said for these times: the zone and the hours, as far as they were."""
    return [reader.zone] * reader.chosen + [str(reader.schedule)] * reader.decided


def _style(context: Context, there: Address) -> str:
    style = context.workspace.styles.get(there.id)
    return f", {style} digests" if style else ""


def next_(where: Channel) -> list[Action]:
    """Where to go on with a channel."""
    return [Action("What it follows", "admin channel interests", {"channel": where.mention})]


def count(follows: Sequence[Interest]) -> str:
    """Such as "3 interests"."""
    return counted(len(follows), "interest")
