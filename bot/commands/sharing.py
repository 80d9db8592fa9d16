"""Interests of a team: offered under a name, joined with one press; and what many here follow."""

from typing import Annotated, Final

from bot.commands.interests import follow
from bot.commands.mentions import person
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.errors import BadArguments, NotAllowed
from bot.interests import normal, parse, split
from bot.messages import MOST_CARDS, Action, Block, Card, Heading, Message, bold, said
from bot.registry import CommandRegistry
from bot.summary import shortened
from bot.workspaces import TeamList

commands = CommandRegistry()

LONGEST_NAME: Final = 40
MOST_LISTS: Final = 50  # of a workspace
LEAST_OTHERS: Final = 2  # who follow it: what one person follows is theirs to tell
MOST_SUGGESTED: Final = 4
SHOWN: Final = 300  # characters of a list

Named = Annotated[str, "The list's name, or who shared it, such as @ana"]


@commands.command("share")
async def share(
    context: Context,
    name: Annotated[str, "What to call it, in one word or within quotes"],
    term: Annotated[str, "What is on the list; all you follow when left out"] = "",
) -> Message:
    """Offer interests to everybody here, under a name.

    Others see it with `lists` and join it with one press. What they follow then is their own: changing the
    list later changes nothing for them.

    Example: `share vision diffusion, flow matching`
    """
    terms = tuple(part for _, part in split(term)) or await _all_followed(context)
    for one in terms:
        normal(parse(one))  # else it says what cannot be read
    shared = TeamList(*_here(context), _name(name), terms, context.user.id)
    await _check_room(context, shared)
    await context.storage.lists.share(shared, at=context.now)
    undo = Action("Undo", "unshare", {"name": shared.name})
    told = said("Everybody here can join ", bold(shared.name), f" now: {counted(len(terms), 'interest')}.")
    return answer(told, "`lists` shows what is shared.", actions=[undo])


@commands.command("unshare", listed=False)
async def unshare(context: Context, name: Annotated[str, "The list's name"]) -> Message:
    """Take a list back that you shared; who has joined keeps their interests.

    Example: `unshare vision`
    """
    found = await _found(context, name)
    _check_owner(context, found[0])
    await context.storage.lists.unshare(*_here(context), found[0].name)
    back = {"name": found[0].name, "term": ", ".join(found[0].terms)}
    return answer(
        said(bold(found[0].name), " is no longer offered."), actions=[Action("Undo", "share", back)]
    )


@commands.command("lists")
async def lists(context: Context) -> Message:
    """See the lists that people here share, and what several of them follow."""
    offered = await context.storage.lists.lists(*_here(context))
    popular = await context.storage.lists.popular(
        context.user, context.workspace.name, LEAST_OTHERS, MOST_SUGGESTED
    )
    if not offered and not popular:
        return answer("Nobody shares a list yet. `share vision diffusion, flow matching` offers one.")
    shared = [_card(number, one) for number, one in enumerate(offered[: MOST_CARDS - len(popular)], 1)]
    followed = [_suggestion(number, *one) for number, one in enumerate(popular, len(shared) + 1)]
    heading = counted(len(offered), "shared list")
    others: list[Block] = [Heading("What others here follow"), *followed] if followed else []
    return Message(heading, (Heading(heading), *shared, *others))


@commands.command("join", listed=False)
async def join(context: Context, name: Named) -> Message:
    """Follow all that is on a list, or all that somebody shares.

    Example: `join vision`
    """
    terms = dict.fromkeys(term for one in await _found(context, name) for term in one.terms)
    return await follow(context, ", ".join(terms))


def _card(number: int, one: TeamList) -> Card:
    notes = (said(shortened(", ".join(one.terms), SHOWN)),)
    return Card(
        said(bold(one.name)), number, notes=notes, actions=(Action("Join", "join", {"name": one.name}),)
    )


def _suggestion(number: int, term: str, others: int) -> Card:
    press = Action("Follow", "follow", {"term": term})
    return Card(said(term), number, notes=(said(f"followed by {others} others"),), actions=(press,))


async def _found(context: Context, name: str) -> list[TeamList]:
    """The list of this name, or all that the person of this name shares. Raises BadArguments."""
    offered = await context.storage.lists.lists(*_here(context))
    wanted = name.strip().casefold()
    if found := [one for one in offered if one.name.casefold() == wanted]:
        return found
    if len(name.split()) == 1 and (theirs := [one for one in offered if one.person == person(name)]):
        return theirs
    raise BadArguments(f"There is no list “{shortened(name, LONGEST_NAME)}”. `lists` shows what is shared.")


async def _all_followed(context: Context) -> tuple[str, ...]:
    follows = await context.storage.people.interests(context.user)
    if not follows:
        raise BadArguments("Say what is on the list, for example `share vision diffusion, flow matching`.")
    return tuple(one.typed for one in follows if not one.muted)


async def _check_room(context: Context, shared: TeamList) -> None:
    offered = {one.name: one for one in await context.storage.lists.lists(*_here(context))}
    if shared.name in offered:
        _check_owner(context, offered[shared.name])
    elif len(offered) >= MOST_LISTS:
        raise BadArguments(
            f"{MOST_LISTS} lists are shared here, as many as fit. `unshare` one of yours first."
        )
    if len(shared.terms) > context.workspace.limits.interests:
        raise BadArguments(f"At most {context.workspace.limits.interests} interests fit on a list.")


def _check_owner(context: Context, found: TeamList) -> None:
    if found.person != context.user.id and not context.chief:
        raise NotAllowed(f"“{found.name}” is shared by @{found.person}; only they and admins can change it.")


def _name(typed: str) -> str:
    name = " ".join(typed.strip("“”\"' ").split())
    if not name or len(name) > LONGEST_NAME:
        raise BadArguments(f"A list's name has 1 to {LONGEST_NAME} characters, such as `vision`.")
    return name


def _here(context: Context) -> tuple[str, str]:
    """The workspace. Raises BadArguments outside of any: there everybody would be a stranger to everybody."""
    if not context.workspace.name:
        raise BadArguments("Lists are shared within a server: give this command in one of its channels.")
    return context.workspace.platform, context.workspace.name
