"""When digests come: to a channel, and to everybody who has not said when."""

from dataclasses import replace
from typing import Annotated

from bot.commands.admin.channels import Where, known
from bot.commands.times import wish
from bot.commands.timing import USUAL, retime, standing
from bot.commands.wording import answer, counted, described
from bot.dispatcher import Context
from bot.errors import BadArguments
from bot.messages import Message, said
from bot.models import Reader, usual
from bot.registry import CommandRegistry
from bot.schedules import Schedule

commands = CommandRegistry()


@commands.command("admin channel schedule")
async def schedule_channel(
    context: Context,
    channel: Where,
    when: Annotated[str, "Such as instantly, 08:30, weekdays 08:30, monday 09:00, usual or off"] = "",
) -> Message:
    """Choose when a channel's digests come, or see when they do.

    `instantly` brings each one as soon as it lands. A time zone may stand behind a time, such as `Europe/Paris`.

    Example: `admin channel schedule #papers instantly`
    """
    _, there = await known(context, channel)
    before = await context.storage.people.reader(there)
    if not when.strip():
        return answer(*standing(before, context.now))
    await retime(context, there, when)
    after = await context.storage.people.reader(there)
    back = [before.zone] * (before.zone != after.zone) + [str(before.schedule) if before.decided else USUAL]
    steps = [("admin channel schedule", {"channel": channel, "when": one}) for one in back]
    undo = await context.undoable(*steps)
    return answer(*standing(after, context.now), actions=[undo])


@commands.command("admin schedule")
async def schedule_all(
    context: Context, when: Annotated[str, "Such as weekdays 08:30, instantly or usual"] = ""
) -> Message:
    """Choose when digests come to everybody here who has not said when, or see it.

    A time is that of everybody's own clock. `usual` is what I do where nobody decides: every day at 09:00.

    Example: `admin schedule weekdays 08:30`
    """
    here = context.workspace
    if not when.strip():
        return answer(f"Unless they say otherwise, everybody’s digests here {await _described(context)}.")
    chosen = "" if when.strip().lower() == USUAL else str(_timed(when, await _current(context)))
    readers = await context.storage.workspaces.readers(here.platform, here.name)
    moved = sum(not reader.decided for reader in readers)
    undo = await context.undoable(("admin schedule", {"when": here.schedule or USUAL}))
    changed = replace(here, schedule=chosen)
    await context.storage.workspaces.keep(changed)
    told = await _described(replace(context, workspace=changed))
    whom = f"That goes for {counted(moved, 'reader')} here who had not said when, and for all to come."
    return answer(said(f"From now on digests here {told}. {whom}"), actions=[undo])


def _timed(when: str, before: Schedule) -> Schedule:
    """Raises BadArguments: a time zone is everybody's own to say."""
    wanted = wish(when, before)
    if wanted.zone or wanted.verbose is not None or wanted.schedule is None:
        raise BadArguments(
            "Write a time alone, such as `admin schedule weekdays 08:30`: everybody’s own clock tells it."
        )
    return wanted.schedule


async def _current(context: Context) -> Schedule:
    here = context.workspace
    return Schedule.read(here.schedule) if here.schedule else usual(context.user)


async def _described(context: Context) -> str:
    """Such as "come every day at 09:00"."""
    return described(Reader(context.user, schedule=await _current(context))).removesuffix(", UTC")
