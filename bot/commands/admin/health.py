"""Health at a glance, and what an admin can do about deliveries that failed."""

import platform
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

from bot import __version__
from bot.commands.admin.sourcing import place_of
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.logs import redacted
from bot.messages import Action, Actions, Heading, Message, Paragraph, Text, bold, marked, said
from bot.owed import Fate
from bot.registry import CommandRegistry
from bot.sources import Source
from bot.standing import Health
from bot.summary import shortened

commands = CommandRegistry()

WEEK: Final = timedelta(days=7)
MOST_LISTED: Final = 10
MOST_RETRIED: Final = 1_000
MOST_REASON: Final = 160

Repeat = Annotated[bool, "Yes: also those that may have been posted already"]


@commands.command("admin status")
async def status(context: Context) -> Message:
    """See how I am: sources, the next digests, what failed and why, and which version I am."""
    here, now = context.workspace, context.now
    health = await context.storage.standing.health(here.platform, here.name, now=now, since=now - WEEK)
    sources = await context.storage.sources.listed(place_of(context))
    heading = "How I am"
    lines = [
        *([marked("Everything rests here. `admin resume-all` ends that.")] if here.paused else []),
        _readers(health),
        _coming(health),
        *_deliveries(health),
        *_sources(sources),
        said(f"Versions: digestbot {__version__}, Python {platform.python_version()}, {health.database}."),
    ]
    retry = [Actions((Action("Try again what failed", "admin retry"),))] if health.failures else []
    return Message(heading, (Heading(heading), *map(Paragraph, lines), *retry))


@commands.command("admin retry")
async def retry(context: Context, repeat: Repeat = False) -> Message:  # noqa: FBT002  # an option as people give it
    """Try the deliveries again that were given up.

    Those of which I cannot find out whether they were posted come again only when you say so: somebody may then
    see one twice.

    Example: `admin retry`
    """
    here, outbox = context.workspace, context.storage.outbox
    failed = await outbox.failed(here.platform, here.name, MOST_RETRIED)
    unsure = [fate for fate in failed if fate.state == "held"]
    chosen = failed if repeat else [fate for fate in failed if fate.state != "held"]
    tried = sum([await outbox.retry(fate.key, now=context.now) for fate in chosen])
    lines: list[str | Text] = []
    if tried:
        lines.append(f"{tried:,} {'delivery is' if tried == 1 else 'deliveries are'} tried again now.")
    if unsure and not repeat:
        lines.append(f"{len(unsure):,} may have been posted, and I cannot see whether they were:")
        lines += map(_fate, unsure[:MOST_LISTED])
        again = Action("Send them again all the same", "admin retry", {"repeat": True}, "danger")
        return answer(*lines, actions=[again])
    return answer(*(lines or ["Nothing has failed here: there is nothing to try again."]))


def _readers(health: Health) -> Text:
    closed = f"; nothing reaches {health.closed:,} of them" if health.closed else ""
    people = f"{health.people:,} {'person' if health.people == 1 else 'people'}"
    return said(bold("Readers: "), f"{people} and {counted(health.channels, 'channel')} here{closed}.")


def _coming(health: Health) -> Text:
    when = [f"{moment:%a %d %b %H:%M} UTC for {count:,}" for moment, count in health.coming]
    if health.instantly:
        when.append(f"for {health.instantly:,} as soon as something lands")
    return said(bold("Next digests: "), f"{'; '.join(when) or 'none is to come'}.")


def _deliveries(health: Health) -> list[Text]:
    late = (
        f" {health.late:,} {'is' if health.late == 1 else 'are'} due and on the way." if health.late else ""
    )
    lines = [said(bold("Deliveries: "), f"{health.sent:,} sent in the last seven days.{late}")]
    for reason, count in health.failures:
        lines.append(said(f"✗ {count:,} × {shortened(redacted(reason), MOST_REASON)}"))
    return lines


def _sources(sources: Sequence[Source]) -> list[Text]:
    ill = [one for one in sources if one.failures]
    resting = sum(one.paused for one in sources)
    rest = f", {resting} of them paused" if resting else ""
    if not sources:
        return [marked("No source is read yet. `admin source add huggingface` begins.")]
    lines = [said(bold("Sources: "), f"{counted(len(sources), 'source')}{rest}, {len(ill)} in trouble.")]
    for one in ill[:MOST_LISTED]:
        why = shortened(redacted(one.last_error), MOST_REASON)
        lines.append(said(f"✗ {one.name}: failed {one.failures} times in a row. {why}"))
    return lines


def _fate(fate: Fate) -> Text:
    where = f"#{fate.to.id}".replace("##", "#") if fate.to.kind == "channel" else f"@{fate.to.id}"
    return said(
        f"{where}, due {fate.planned:%d %b %H:%M} UTC: {shortened(redacted(fate.reason), MOST_REASON)}"
    )
