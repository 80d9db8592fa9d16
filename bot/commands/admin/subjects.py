"""What a channel follows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final

from bot.commands.admin.channels import MOST_LISTED, Where, count, known, next_
from bot.commands.following import named
from bot.commands.lately import lately
from bot.commands.mentions import Channel
from bot.commands.proposals import read_there
from bot.commands.wording import answer, counted
from bot.dispatcher import Context, pointed
from bot.errors import AlreadyFollowing, BadArguments, TooManyInterests, Unreadable, UserError
from bot.interests import normal, split
from bot.messages import Message, Text, bold, marked, said
from bot.models import Address, Interest
from bot.registry import CommandRegistry
from bot.summary import shortened

commands = CommandRegistry()

MOST_SHOWN: Final = 120  # characters of one interest


@commands.command("admin channel interests")
async def interests(context: Context, channel: Where) -> Message:
    """See what a channel follows.

    Example: `admin channel interests #papers`
    """
    where, there = await known(context, channel)
    follows = await context.storage.people.interests(there)
    if not follows:
        return answer(said(where.span, " follows nothing yet."), actions=next_(where))
    lines = [said(f"{number}. {_short(one.typed)}") for number, one in enumerate(follows[:MOST_LISTED], 1)]
    return answer(said(where.span, f" follows {count(follows)}:"), *lines)


@commands.command("admin channel follow")
async def follow(context: Context, channel: Where, term: Annotated[str, "What to look for"]) -> Message:
    """Bring papers about something to a channel; several with commas.

    Example: `admin channel follow #papers flow matching, RLHF`
    """
    where, there = await known(context, channel)
    parts = [part for _, part in split(term)]
    if not parts:
        raise BadArguments("Name what the channel is to follow, such as `flow matching`.")
    begun = [await tried(context, there, part) for part in parts]
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
    if not await context.storage.people.interests(there):
        raise BadArguments(f"#{(where.name or where.id).lstrip('#')} follows nothing yet.")
    given_up = await named(replace(context, user=there), term)
    for interest in given_up:
        await context.storage.people.unfollow(there, interest.normal)
    terms = ", ".join(interest.typed for interest in given_up)
    undo = await context.undoable(("admin channel follow", {"channel": where.mention, "term": terms}))
    return answer(said(where.span, " no longer follows ", bold(_short(terms)), "."), actions=[undo])


async def tried(context: Context, there: Address, typed: str) -> Interest | UserError:
    """The interest that the channel follows from now on, or why it does not."""
    limits = context.workspace.limits
    try:
        if len(typed) > limits.length:
            raise BadArguments(f"“{_short(typed)}” is too long: at most {limits.length} characters.")
        wanted = Interest(there, typed, normal(await read_there(context.storage, context.home, typed)))
        return await context.storage.people.follow(wanted, most=limits.interests)
    except AlreadyFollowing:
        return AlreadyFollowing(f"“{_short(typed)}” is followed there already.")
    except TooManyInterests:
        return TooManyInterests(f"“{_short(typed)}” would be one too many: the limit is {limits.interests}.")
    except UserError as mistake:
        return mistake


async def _told(context: Context, where: Channel, begun: Sequence[Interest | UserError]) -> list[Text]:
    """A line on each interest, with what it would have found."""
    met, papers = await began(context, [one for one in begun if isinstance(one, Interest)])
    lines: list[Text] = []
    for one in begun[:MOST_LISTED]:
        if isinstance(one, Interest):
            share = f"It meets {met[one.normal]:,} of the last {counted(papers, 'paper')}."
            lines.append(said(where.span, " follows ", bold(_short(one.typed)), f". {share}"))
        else:
            lines.append(pointed(one) if isinstance(one, Unreadable) else marked(str(one)))
    return lines


async def began(context: Context, interests: Sequence[Interest]) -> tuple[Mapping[str, int], int]:
    """Let what landed lately count for *interests*; how many papers each meets by normal form, of how many."""
    recent = await lately(context.storage)
    found = await recent.found([one.normal for one in interests])
    for normal_form, met in found.items():
        await context.storage.papers.backfill(normal_form, recent.by_landing(met))
    return {normal_form: len(met) for normal_form, met in found.items()}, len(recent.papers)


def _short(text: str) -> str:
    return shortened(" ".join(text.split()), MOST_SHOWN)
