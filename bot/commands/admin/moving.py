"""Take what admins decided along, and bring it back."""

import asyncio
from dataclasses import replace
from typing import Annotated

from bot.commands.admin import snapshot
from bot.commands.admin.channels import Sure, channels_of
from bot.commands.admin.setting import check_chief
from bot.commands.admin.snapshot import ChannelPart, Snapshot
from bot.commands.admin.sourcing import OPERATORS, place_of
from bot.commands.admin.spelling import spelling, widened
from bot.commands.admin.subjects import began, tried
from bot.commands.mentions import address, channel
from bot.commands.records import as_csv
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.errors import UserError
from bot.kinds import sourced
from bot.messages import Action, File, Message
from bot.models import Address, Interest, Value
from bot.registry import CommandRegistry
from bot.schedules import Schedule
from bot.workspaces import Limits, Step

commands = CommandRegistry()


@commands.command("admin export")
async def export(context: Context) -> Message:
    """Get what admins decided here as files: channels, sources, spellings, limits, times and roles.

    What members follow and keep is theirs and not in it. `admin import` brings it back, here or elsewhere.
    """
    now = await snapshot.taken(context)
    text = now.model_dump_json(indent=2)
    files = [File("digestbot-workspace.json", f"{text}\n".encode(), "what admins decided here, as JSON")]
    for name, (columns, rows) in snapshot.tables(now).items():
        table = await asyncio.to_thread(as_csv, columns, rows)
        files.append(File(f"digestbot-{name}.csv", table, f"the {name} as a table"))
    told = f"{counted(len(now.channels), 'channel')} and {counted(len(now.sources), 'source')} are in these files."
    return replace(answer(f"{told} No secret is, nor what members follow."), files=tuple(files))


@commands.command("admin import")
async def import_(
    context: Context,
    settings: Annotated[str, "What is in the JSON file of admin export"],
    sure: Sure = False,  # noqa: FBT002  # an option as people give it
) -> Message:
    """Bring back what `admin export` gave: channels, spellings, limits, times and roles become as it says.

    Sources are added where they are missing, and none is removed.

    Example: `admin import {"channels": [{"channel": "#papers", "follows": ["flow matching"]}]}`
    """
    wanted, before = snapshot.read(settings), await snapshot.taken(context)
    if wanted.roles != before.roles:
        check_chief(context)
    if not sure:
        yes = Action("Import", "admin import", {"settings": settings, "sure": True}, "danger")
        return answer(f"Shall this become so? {_difference(before, wanted)}", actions=[yes])
    wanted, refused = _here(context, wanted, before)
    added, more = await _sources(context, wanted)
    refused += [*more, *await _become(context, wanted)]
    gone = {one.channel for one in before.channels} - {one.channel for one in wanted.channels}
    back: dict[str, Value] = {
        "settings": snapshot.written(before.model_copy(update={"sources": ()})),
        "sure": True,
    }
    steps: list[Step] = [("admin source remove", {"name": name, "sure": True}) for name in added]
    steps += [("admin channel add", {"channel": name}) for name in sorted(gone)]
    undo = await context.undoable(*steps, ("admin import", back))
    return answer("It is as the file says now.", *refused, actions=[undo])


def _here(context: Context, wanted: Snapshot, before: Snapshot) -> tuple[Snapshot, list[str]]:
    """*wanted* without channels that may be somebody else's, and what is to say of those.

    Where people belong to no workspace, as on Discord, a channel's id is the whole platform's: only when somebody
    picks one here (`admin channel add`) the platform itself says that it is of this server.
    """
    if context.user.workspace or not context.workspace.name:
        return wanted, []
    known = {one.channel for one in before.channels}
    kept = tuple(one for one in wanted.channels if channel(one.channel).id in known)
    left = [one.channel for one in wanted.channels if one not in kept]
    refused = [f"The channel {name} was left out: `admin channel add` it here first." for name in left]
    return wanted.model_copy(update={"channels": kept}), refused


def _difference(before: Snapshot, wanted: Snapshot) -> str:
    """How many of what come and go."""
    old, new = ({one.channel for one in part.channels} for part in (before, wanted))
    sources = {one.name for one in wanted.sources} - {one.name for one in before.sources}
    parts = [
        f"{counted(len(new - old), 'channel')} would be added",
        f"{counted(len(old - new), 'channel')} removed",
        f"{counted(len(new & old), 'channel')} set anew",
        f"{counted(len(sources), 'source')} added",
    ]
    return f"{', '.join(parts)}; limits, times, spellings and roles as in the file."


async def _become(context: Context, wanted: Snapshot) -> list[str]:
    """Let everything but the sources be as *wanted*; says what could not be."""
    storage, here = context.storage, context.workspace
    limits = Limits(**wanted.limits.model_dump()) if wanted.limits else Limits()
    places = {address(channel(one.channel), context.place): one for one in wanted.channels}
    for gone in set(await channels_of(context)) - places.keys():
        await storage.workspaces.forget_reader(gone)
    styles = {there.id: one.style for there, one in places.items() if one.style != "full"}
    changed = replace(here, limits=limits, schedule=wanted.schedule, roles=wanted.roles, styles=styles)
    await storage.workspaces.keep(changed)
    await _spell(context, wanted)
    after = replace(context, workspace=changed)
    return [line for there, one in places.items() for line in await _channel(after, there, one)]


async def _channel(context: Context, there: Address, wanted: ChannelPart) -> list[str]:
    people, now = context.storage.people, context.now
    await people.reader(there)
    await people.schedule(there, Schedule.read(wanted.schedule) if wanted.schedule else None, now=now)
    if wanted.zone:
        await people.live_in(there, wanted.zone, now=now)
    have = {one.typed: one for one in await people.interests(there)}
    for typed in have.keys() - set(wanted.follows):
        await people.unfollow(there, have[typed].normal)
    begun = [await tried(context, there, typed) for typed in wanted.follows if typed not in have]
    await began(context, [one for one in begun if isinstance(one, Interest)])
    return [f"#{there.id.lstrip('#')}: {one}" for one in begun if isinstance(one, UserError)]


async def _spell(context: Context, wanted: Snapshot) -> None:
    aliases, home = context.storage.aliases, context.home
    have = set(await aliases.pairs(home))
    pairs = {(spelling(one), spelling(other)) for one, other in wanted.spellings}
    for one, other in have - pairs:
        await aliases.remove(home, one, other)
    for one, other in sorted(pairs - have):
        await aliases.add(home, one, other)
    if have != pairs:
        await widened(context)


async def _sources(context: Context, wanted: Snapshot) -> tuple[list[str], list[str]]:
    """The names of those that were added, and what is to say of those that were not."""
    place, added, refused = place_of(context), list[str](), list[str]()
    own = [one for one in await context.storage.sources.listed(place) if one.place == place]
    most = wanted.limits.sources if wanted.limits else Limits().sources
    for part in wanted.sources:
        if part.name in {one.name for one in own}:
            continue
        try:
            source = sourced(part.address, part.kind, part.name, place)
            if (source.kind in OPERATORS and context.workspace.name) or len(own) + len(added) >= most:
                refused.append(f"The source {source.name} was left out: it may not be added here.")
                continue
            kept = await context.storage.sources.add(replace(source, paused=part.paused), at=context.now)
            added.append(kept.name)
        except UserError as mistake:
            refused.append(f"The source {part.name} was left out: {mistake}")
    return added, refused
