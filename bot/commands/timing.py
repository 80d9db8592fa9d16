"""When digests come, and what has become of the last ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from bot.commands.times import wish
from bot.commands.wording import answer, described, moment
from bot.dispatcher import Context
from bot.due import next_three
from bot.messages import Action, Heading, Message, Paragraph, marked
from bot.models import Address, Reader
from bot.owed import Fate
from bot.registry import CommandRegistry
from bot.schedules import INSTANTLY, OFF, Schedule
from bot.summary import shortened

commands = CommandRegistry()

LAST: Final = 10  # deliveries that `status` shows
USUAL: Final = "usual"  # what brings somebody's digests when everybody's come who has not said when


@commands.command("schedule")
async def schedule(
    context: Context,
    when: Annotated[str, "Such as 08:30, weekdays 08:30, monday 09:00, instantly or off"] = "",
    zone: Annotated[str, "The time zone you live by, such as Europe/Paris"] = "",
) -> Message:
    """Choose when your digests come, or see when they do.

    `instantly` sends each one as soon as it lands, `off` sends none, `usual` sends yours when everybody's come
    here. `schedule verbose` also tells you when nothing new has landed, `schedule quiet` does not.

    Example: `schedule weekdays 08:30 Europe/Paris`
    """
    return await rescheduled(context, context.user, f"{when} {zone}")


@commands.command("status")
async def status(context: Context) -> Message:
    """See when your next digest comes, and what has become of the last ones."""
    reader = await context.storage.people.reader(context.user)
    fates = await context.storage.outbox.lately(context.user, LAST)
    lines = [*standing(reader, context.now), *(_fate(fate, reader.zone) for fate in fates)]
    if not fates:
        lines.append("Nothing has been sent to you yet.")
    heading = "Your digests"
    return Message(heading, (Heading(heading), *(Paragraph(marked(line)) for line in lines)))


async def rescheduled(context: Context, reader: Address, typed: str) -> Message:
    """Change *reader*'s schedule as *typed*, where that says anything, and show it. Raises BadArguments."""
    if typed.strip():
        await retime(context, reader, typed)
    now = await context.storage.people.reader(reader)
    others = [("Instantly", INSTANTLY), ("Every day at 09:00", Schedule()), ("Off", OFF)]
    actions = [Action(label, "schedule", {"when": str(one)}) for label, one in others if one != now.schedule]
    return answer(*standing(now, context.now), actions=actions if reader == context.user else ())


async def retime(context: Context, address: Address, typed: str) -> None:
    """Bring the digests of the reader at *address* when *typed* says. Raises BadArguments."""
    people, before = context.storage.people, await context.storage.people.reader(address)
    if typed.strip().lower() == USUAL:
        return await people.schedule(address, None, now=context.now)
    wanted = wish(typed, before.schedule)
    if wanted.zone:
        await people.live_in(address, wanted.zone, now=context.now)
    if wanted.schedule or wanted.verbose is not None:
        kept = wanted.schedule or (before.schedule if before.decided else None)
        await people.schedule(address, kept, verbose=wanted.verbose, now=context.now)
    return None


def standing(reader: Reader, now: datetime) -> Sequence[str]:
    """When *reader*'s digests come, and when the next three do."""
    whose = "This channel’s digests" if reader.address.kind == "channel" else "Your digests"
    lines = [f"{whose} {described(reader)}."]
    if reader.closed:
        return [*lines, f"At the moment nothing reaches them: {reader.closed}. Any command brings them back."]
    if reader.paused(now):
        until = f" until {moment(reader.back, reader.zone)}" if reader.back else ""
        lines.append(f"They are paused{until}. `resume` brings them back.")
        if reader.back is None:
            return lines
    coming = [moment(one, reader.zone) for one in next_three(reader, now)]
    return [*lines, f"Next: {'; '.join(coming)}."] if coming else lines


def _fate(fate: Fate, zone: str) -> str:
    told = shortened(fate.reason, 120).replace("`", "'")
    reason = f": {told}" if told else ""
    if fate.sent:
        return f"✓ sent on {moment(fate.sent, zone)}"
    if fate.due:
        return f"… {fate.state}, due on {moment(fate.planned, zone)}{reason}"
    return f"✗ {fate.state}, due on {moment(fate.planned, zone)}{reason}"
