"""Follow terms, and look after them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Final

from bot.cards import name
from bot.commands.following import also, named
from bot.commands.lately import Lately, lately
from bot.commands.proposals import Proposal, proposal, read_there
from bot.commands.wording import answer, counted
from bot.dispatcher import Context, pointed
from bot.errors import AlreadyFollowing, BadArguments, TooManyInterests, Unreadable, UserError
from bot.interests import normal, parse, split
from bot.messages import Action, Actions, Block, Card, Heading, Message, Text, bold, code, marked, said
from bot.models import Interest, Paper
from bot.registry import CommandRegistry
from bot.summary import shortened

commands = CommandRegistry()

MOST_TOLD: Final = 7  # interests in one answer: as many as surely fit
MOST_PROPOSED: Final = 2  # buttons to follow the other side of a definition too
MOST_SHOWN: Final = 120  # characters of one interest
PAGE: Final = 10
WEEK: Final = timedelta(days=7)

Term = Annotated[str, "What to look for; several with commas"]
Followed = Annotated[str, "A term you follow, or its number in interests"]


@commands.command("follow", done="Following ✓", undo="unfollow")
async def follow(context: Context, term: Term) -> Message:
    """Get papers about something in every digest from now on.

    Words side by side are looked for side by side; plurals, hyphens and known abbreviations are taken care
    of. `"…"` is exact and `diffus*` any ending. `AND`, `OR`, `-` and parentheses combine, as in
    `diffusion -medical`. `title:`, `abstract:`, `author:`, `category:cs.CL`, `source:` and `upvotes>=10` ask
    for the rest of a paper. A comma separates interests.

    `try` shows what a term would have found before you follow it.

    Example: `follow flow matching, RLHF, "world models" -survey`
    """
    parts = [part for _, part in split(term)]
    if not parts:
        raise BadArguments("Name what you want to read about, for example `follow flow matching`.")
    if len(parts) == 1:
        begun: list[Interest | UserError] = [await _follow(context, parts[0])]
    else:
        begun = [await _tried(context, part) for part in parts]
    followed = [one for one in begun if isinstance(one, Interest)]
    recent = await lately(context.storage)
    found = await recent.found([interest.normal for interest in followed])
    for interest in followed:
        await context.storage.papers.backfill(interest.normal, recent.by_landing(found[interest.normal]))
    proposals = {one.normal: await proposal(context, one.typed) for one in followed[:MOST_TOLD]}
    actions = [action for one in proposals.values() for action in one.actions][:MOST_PROPOSED]
    return answer(*_told(begun, recent, found, proposals), actions=[*_undo(followed), *actions])


@commands.command("unfollow", done="Follow", undo="follow")
async def unfollow(context: Context, term: Followed) -> Message:
    """Stop getting papers about something.

    Example: `unfollow 2`
    """
    given_up = await named(context, term)
    for interest in given_up:
        await context.storage.people.unfollow(context.user, interest.normal)
    terms = ", ".join(interest.typed for interest in given_up)
    undo = Action("Undo", "follow", {"term": terms})
    return answer(said("You no longer follow ", *_names(given_up), "."), actions=[undo])


@commands.command("interests", in_place=True)
async def interests(context: Context, page: Annotated[int, "Which page of the list"] = 1) -> Message:
    """See what you follow, and what each term met in the last seven days."""
    follows = await context.storage.people.interests(context.user)
    if not follows:
        return answer("You follow nothing yet. `follow <term>` begins, for example `follow flow matching`.")
    counts = await context.storage.papers.count(context.user, context.now - WEEK)
    start = max(0, min(page - 1, (len(follows) - 1) // PAGE)) * PAGE
    cards = [
        _card(number, interest, counts.get(interest.normal, 0))
        for number, interest in enumerate(follows[start : start + PAGE], start + 1)
    ]
    heading = f"You follow {counted(len(follows), 'interest')}"
    rest: list[Block] = []
    if start + PAGE < len(follows):
        rest = [Actions((Action("Next page", "interests", {"page": start // PAGE + 2}),))]
    return Message(heading, (Heading(heading), *cards, *rest))


@commands.command("mute", done="Muted ✓", undo="unmute")
async def mute(context: Context, term: Followed) -> Message:
    """Let an interest rest without giving it up.

    Example: `mute 2`
    """
    return await _muted(context, term, muted=True)


@commands.command("unmute", listed=False, done="Mute", undo="mute")
async def unmute(context: Context, term: Followed) -> Message:
    """Bring a muted interest back.

    Example: `unmute 2`
    """
    return await _muted(context, term, muted=False)


async def _muted(context: Context, term: str, *, muted: bool) -> Message:
    chosen = await named(context, term)
    for interest in chosen:
        await context.storage.people.mute(context.user, interest.normal, muted=muted)
    verb, undo = ("rests until you `unmute` it", "unmute") if muted else ("counts again", "mute")
    terms = ", ".join(interest.normal for interest in chosen)
    return answer((*_names(chosen), *marked(f" {verb}.")), actions=[Action("Undo", undo, {"term": terms})])


async def _tried(context: Context, typed: str) -> Interest | UserError:
    try:
        return await _follow(context, typed)
    except UserError as mistake:
        return mistake


async def _follow(context: Context, typed: str) -> Interest:
    """The interest that is followed from now on, or a mistake that says what to type."""
    most, longest = context.workspace.limits.interests, context.workspace.limits.length
    if len(typed) > longest:
        raise BadArguments(f"“{_short(typed)}” is too long: an interest has at most {longest} characters.")
    read = await read_there(context.storage, context.home, typed)
    wanted = Interest(context.user, typed, normal(read))
    try:
        return await context.storage.people.follow(wanted, most=most)
    except AlreadyFollowing:
        raise AlreadyFollowing(f"You follow “{_short(typed)}” already. `interests` lists all.") from None
    except TooManyInterests:
        raise TooManyInterests(
            f"“{_short(typed)}” would be one too many: you can follow {most}. "
            "`unfollow` one, or join some with `OR`."
        ) from None


def _told(
    begun: Sequence[Interest | UserError],
    recent: Lately,
    found: Mapping[str, Sequence[Paper]],
    proposals: Mapping[str, Proposal],
) -> list[Text]:
    """A line on each interest, as far as one message can hold them."""
    lines = [
        (*_begun(one, found[one.normal], len(recent.papers)), *proposals[one.normal].text)
        if isinstance(one, Interest)
        else _mistaken(one)
        for one in begun[:MOST_TOLD]
    ]
    more = len(begun) - MOST_TOLD
    if more > 0:
        lines.append(marked(f"… and {more} more: `interests` lists what you follow now."))
    return lines


def _begun(interest: Interest, met: Sequence[Paper], looked: int) -> Text:
    others = also(parse(interest.typed))
    read = interest.normal.casefold() != " ".join(interest.typed.casefold().split())
    return (
        *said("You follow ", bold(_short(interest.typed))),
        *(said(", read as ", code(_short(interest.normal))) if read else ()),
        *(said(f", and get {_either(others)} with it") if others else ()),
        *said(". ", *_would(met, looked)),
    )


def _would(met: Sequence[Paper], looked: int) -> Text:
    """How often a term would have matched lately."""
    if not looked:
        return said("Nothing has landed yet.")
    share = f"{len(met):,} of the last {counted(looked, 'paper')}"
    if not met:
        return said(f"It meets none of the last {counted(looked, 'paper')}.")
    titles = "; ".join(name(paper) for paper in met[:2])
    shown = f", {min(2, len(met))} shown" if len(met) > 1 else ""
    return said(f"It meets {share}{shown}: {titles}.")


def _mistaken(mistake: UserError) -> Text:
    return pointed(mistake) if isinstance(mistake, Unreadable) else marked(str(mistake))


def _undo(followed: Sequence[Interest]) -> tuple[Action, ...]:
    if not followed:
        return ()
    terms = ", ".join(interest.normal for interest in followed)
    return (Action("Undo", "unfollow", {"term": terms}), Action("My digest now", "today", style="primary"))


def _card(number: int, interest: Interest, count: int) -> Card:
    rest = Action("Unmute", "unmute") if interest.muted else Action("Mute", "mute")
    met = "muted" if interest.muted else f"{counted(count, 'paper')} in the last seven days"
    term = {"term": interest.normal}
    return Card(
        said(_short(interest.typed)),
        number,
        notes=(said(met),),
        actions=(Action(rest.label, rest.command, term), Action("Unfollow", "unfollow", term)),
    )


def _names(chosen: Sequence[Interest]) -> Text:
    shown = [bold(_short(interest.typed)) for interest in chosen[:MOST_TOLD]]
    more = len(chosen) - MOST_TOLD
    names = [part for span in shown for part in (", ", span)][1:]
    return said(*names, f" and {more} more" if more > 0 else "")


def _either(others: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(others[:-1]), others[-1])))


def _short(text: str) -> str:
    return shortened(" ".join(text.split()), MOST_SHOWN)
