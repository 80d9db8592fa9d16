"""Rest from digests, and have them back."""

from typing import Annotated

from bot.commands.until import until as meant
from bot.commands.wording import answer, described, moment
from bot.dispatcher import Context
from bot.messages import Action, Message
from bot.models import FOREVER
from bot.registry import CommandRegistry

commands = CommandRegistry()


@commands.command("pause")
async def pause(
    context: Context, until: Annotated[str, "Such as tomorrow, monday, 3 days or 2026-12-01"] = ""
) -> Message:
    """Rest your digests until a day, or until you resume.

    What lands meanwhile is not sent later; `today` and `search` still find it.

    Example: `pause monday`
    """
    reader = await context.storage.people.reader(context.user)
    end = meant(until, context.now, reader.zone) if until else FOREVER
    await context.storage.people.pause(context.user, end, now=context.now)
    when = (
        f"until {moment(end, reader.zone)}. `resume` brings them back sooner."
        if until
        else "until you `resume`."
    )
    return answer(f"Your digests rest {when}", actions=[Action("Resume", "resume")])


@commands.command("resume")
async def resume(context: Context) -> Message:
    """Have your digests back after a pause."""
    reader = await context.storage.people.reader(context.user)
    if not reader.paused(context.now):
        return answer("Your digests are not paused. `pause` gives you a rest from them.")
    await context.storage.people.pause(context.user, None, now=context.now)
    shown = Action("Show the last one", "today")
    return answer(f"Your digests are back: they {described(reader)}.", actions=[shown])
