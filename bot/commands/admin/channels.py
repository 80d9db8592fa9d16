"""Digests for channels: which channels get them, of what, and how they look."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from bot.commands.following import named
from bot.commands.lately import lately
from bot.commands.mentions import Channel, address, channel
from bot.commands.wording import answer, counted
from bot.dispatcher import Context, pointed
from bot.errors import AlreadyFollowing, BadArguments, TooManyInterests, Unreadable, UserError
from bot.interests import normal, parse, split
from bot.messages import Action, Message, Text, bold, marked, said
from bot.models import Address, Interest
from bot.registry import CommandRegistry
from bot.summary import shortened
from bot.workspaces import Step, Style

commands = CommandRegistry()

MOST_LISTED: Final = 20
MOST_SHOWN: Final = 120  # characters of one interest

Where = Annotated[str, "The channel, such as #papers"]
Sure = Annotated[bool, "Yes: do it without asking"]


@commands.command("admin channel add")
async def add(context: Context, channel: Where) -> Message:
    """Bring digests to a channel.

    Example: `admin channel add #papers`
    """
    where, there = _there(context, channel)
    if there in await _channels(context):
        return answer(said(where.span, " gets digests already."), actions=_next(where))
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
        question = said("Shall ", where.span, f" get no more digests? It follows {_count(follows)}.")
        yes = Action("Remove", "admin channel remove", {"channel": where.mention, "sure": True}, "danger")
        return answer(question, actions=[yes])
    undo = await context.undoable(*_back(context, where, follows))
    await context.storage.workspaces.forget_reader(there)
    await _restyle(context, there, None)
    return answer(said(where.span, " gets no more digests, and nothing is kept of it."), actions=[undo])


@commands.command("admin channel list")
async def list_(context: Context) -> Message:
    """See which channels get digests, and what they follow."""
    channels = await _channels(context)
    if not channels:
        return answer("No channel gets digests yet. `admin channel add #papers` begins.")
    lines = [
        said(
            _named(one).span, ": ", _count(await context.storage.people.interests(one)), _style(context, one)
        )
        for one in channels[:MOST_LISTED]
    ]
    heading = said(bold(f"{counted(len(channels), 'channel')} get{'s' * (len(channels) == 1)} digests"))
    return answer(heading, *lines)


@commands.command("admin channel interests")
async def interests(context: Context, channel: Where) -> Message:
    """See what a channel follows.

    Example: `admin channel interests #papers`
    """
    where, there = await known(context, channel)
    follows = await context.storage.people.interests(there)
    if not follows:
        return answer(said(where.span, " follows nothing yet."), actions=_next(where))
    lines = [said(f"{number}. {_short(one.typed)}") for number, one in enumerate(follows[:MOST_LISTED], 1)]
    return answer(said(where.span, f" follows {_count(follows)}:"), *lines)


@commands.command("admin channel follow")
async def follow(context: Context, channel: Where, term: Annotated[str, "What to look for"]) -> Message:
    """Bring papers about something to a channel; several with commas.

    Example: `admin channel follow #papers flow matching, RLHF`
    """
    where, there = await known(context, channel)
    parts = [part for _, part in split(term)]
    if not parts:
        raise BadArguments("Name what the channel is to follow, such as `flow matching`.")
    begun = [await _tried(context, there, part) for part in parts]
    followed = [one for one in begun if isinstance(one, Interest)]
    lines = await _told(context, where, begun)
    if not followed:
        return replace(answer(*lines), refusal=True)
    terms = ", ".join(one.normal for one in followed)
    undo = await context.undoable(("admin channel unfollow", {"channel": where.mention, "term": terms}))
    return answer(*lines, actions=[undo])


@commands.command("admin channel unfollow")
async def unfollow(
    context: Context, channel: Where, term: Annotated[str, "A term it follows, or its number in the list"]
) -> Message:
    """Bring no more papers about something to a channel.

    Example: `admin channel unfollow #papers flow matching`
    """
    where, there = await known(context, channel)
    given_up = await named(replace(context, user=there), term)
    for interest in given_up:
        await context.storage.people.unfollow(there, interest.normal)
    terms = ", ".join(interest.typed for interest in given_up)
    undo = await context.undoable(("admin channel follow", {"channel": where.mention, "term": terms}))
    return answer(said(where.span, " no longer follows ", bold(_short(terms)), "."), actions=[undo])


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
    await _restyle(context, there, style)
    how = "stands in a thread" if style == "thread" else f"is {style}"
    return answer(said("The digest of ", where.span, f" {how} from the next one on."), actions=[undo])


async def _restyle(context: Context, there: Address, style: Style | None) -> None:
    styles = {id_: kept for id_, kept in context.workspace.styles.items() if id_ != there.id}
    if style and style != "full":
        styles[there.id] = style
    if styles != context.workspace.styles:
        await context.storage.workspaces.keep(replace(context.workspace, styles=styles))


async def _tried(context: Context, there: Address, typed: str) -> Interest | UserError:
    limits = context.workspace.limits
    try:
        if len(typed) > limits.length:
            raise BadArguments(f"“{_short(typed)}” is too long: at most {limits.length} characters.")
        wanted = Interest(there, typed, normal(parse(typed)))
        return await context.storage.people.follow(wanted, most=limits.interests)
    except AlreadyFollowing:
        return AlreadyFollowing(f"“{_short(typed)}” is followed there already.")
    except TooManyInterests:
        return TooManyInterests(f"“{_short(typed)}” would be one too many: the limit is {limits.interests}.")
    except UserError as mistake:
        return mistake


async def _told(context: Context, where: Channel, begun: Sequence[Interest | UserError]) -> list[Text]:
    """A line on each interest, with what it would have found; what landed lately counts for it from now on."""
    recent = await lately(context.storage)
    found = await recent.found([one.normal for one in begun if isinstance(one, Interest)])
    lines: list[Text] = []
    for one in begun[:MOST_LISTED]:
        if isinstance(one, Interest):
            met = found[one.normal]
            await context.storage.papers.backfill(one.normal, recent.by_landing(met))
            share = f"It meets {len(met):,} of the last {counted(len(recent.papers), 'paper')}."
            lines.append(said(where.span, " follows ", bold(_short(one.typed)), f". {share}"))
        else:
            lines.append(pointed(one) if isinstance(one, Unreadable) else marked(str(one)))
    return lines


async def _channels(context: Context) -> list[Address]:
    here = context.workspace
    readers = await context.storage.workspaces.readers(here.platform, here.name)
    return [reader.address for reader in readers if reader.address.kind == "channel"]


async def known(context: Context, typed: str) -> tuple[Channel, Address]:
    """The channel, which gets digests. Raises BadArguments."""
    where, there = _there(context, typed)
    if there not in await _channels(context):
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


def _back(context: Context, where: Channel, follows: Sequence[Interest]) -> list[Step]:
    """What brings a channel back as it was."""
    here = {"channel": where.mention}
    steps: list[Step] = [("admin channel add", here)]
    if follows:
        terms = ", ".join(one.typed for one in follows)
        steps.append(("admin channel follow", {**here, "term": terms}))
    if style := context.workspace.styles.get(where.id):
        steps.append(("admin channel style", {**here, "style": style}))
    return steps


def _style(context: Context, there: Address) -> str:
    style = context.workspace.styles.get(there.id)
    return f", {style} digests" if style else ""


def _next(where: Channel) -> list[Action]:
    return [Action("What it follows", "admin channel interests", {"channel": where.mention})]


def _count(follows: Sequence[Interest]) -> str:
    return counted(len(follows), "interest")


def _short(text: str) -> str:
    return shortened(" ".join(text.split()), MOST_SHOWN)
