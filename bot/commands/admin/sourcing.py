"""Where a workspace's papers come from."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from bot.commands.admin.channels import Sure
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.errors import BadArguments, NotAllowed
from bot.kinds import sourced
from bot.logs import redacted
from bot.messages import Action, Message, Text, bold, said
from bot.registry import CommandRegistry
from bot.sources import EVERYWHERE, Place, Source
from bot.summary import shortened

commands = CommandRegistry()

MOST_LISTED: Final = 20
MOST_CAUSES: Final = 5
OPERATORS: Final = frozenset({"folder", "mailbox"})
"""Kinds that reach into the machine I run on: only whoever runs me may add them, in the terminal."""

Name = Annotated[str, "The source's name, as admin source list shows it"]


@commands.command("admin source add")
async def add(
    context: Context,
    address: Annotated[str, "Such as cs.LG+cs.CL, huggingface, or a feed's address"],
    kind: Annotated[str, "What it is, where the address does not say: arxiv, feed and so on"] = "",
    name: Annotated[str, "What to call it"] = "",
    now: Annotated[bool, "Yes: also bring what it shows already"] = False,  # noqa: FBT002  # an option as people give it
) -> Message:
    """Read new papers from a source.

    What it shows already lands quietly, so that nobody is flooded, unless you want it brought. A source that was
    removed within a week goes on where it stood.

    Example: `admin source add cs.LG+cs.CL`
    """
    place = place_of(context)
    if "now" in (kind.lower(), name.lower()):  # as it is typed, after the address
        kind, name, now = (*("" if word.lower() == "now" else word for word in (kind, name)), True)
    source = sourced(address, kind, name, place)
    if now:
        source = replace(source, options={**source.options, "first": "last"})
    if source.kind in OPERATORS and place != EVERYWHERE:
        raise NotAllowed(f"A `{source.kind}` can only be added by whoever runs me, in `digestbot chat`.")
    have = [one for one in await context.storage.sources.listed(place) if one.place == place]
    if len(have) >= context.workspace.limits.sources:
        raise BadArguments(
            f"{counted(len(have), 'source')} are as many as the limit allows: `admin source remove` one first."
        )
    kept = await context.storage.sources.add(source, at=context.now)
    undo = await context.undoable(("admin source remove", {"name": kept.name, "sure": True}))
    return answer(said(bold(kept.name), f" ({kept.kind}) is read from now on."), actions=[undo])


@commands.command("admin source remove")
async def remove(context: Context, name: Name, sure: Sure = False) -> Message:  # noqa: FBT002  # an option as people give it
    """Read a source no longer; its papers stay.

    Example: `admin source remove arxiv-cs.lg`
    """
    source = await context.storage.sources.get(name, place_of(context))
    if not sure:
        yes = Action("Remove", "admin source remove", {"name": source.name, "sure": True}, "danger")
        return answer(said("Shall ", bold(source.name), " be read no longer?"), actions=[yes])
    back = {"address": source.address, "kind": source.kind, "name": source.name}
    undo = await context.undoable(("admin source add", back))
    await context.storage.sources.remove(source.name, place_of(context), at=context.now)
    return answer(said(bold(source.name), " is read no longer."), actions=[undo])


@commands.command("admin source list")
async def list_(context: Context) -> Message:
    """See where papers come from."""
    sources = await context.storage.sources.listed(place_of(context))
    if not sources:
        return answer("No source is read yet. `admin source add huggingface` begins.")
    return answer(f"{counted(len(sources), 'source')}:", *map(_line, sources[:MOST_LISTED]))


@commands.command("admin source pause")
async def pause(
    context: Context,
    name: Name,
    resume: Annotated[bool, "Yes: read it again"] = False,  # noqa: FBT002  # an option as people give it
) -> Message:
    """Let a source rest, or read it again.

    Example: `admin source pause arxiv-cs.lg`
    """
    source = await context.storage.sources.pause(name, place_of(context), paused=not resume)
    undo = await context.undoable(("admin source pause", {"name": source.name, "resume": not resume}))
    return answer(said(bold(source.name), " is read again." if resume else " rests now."), actions=[undo])


@commands.command("admin source read")
async def read(context: Context, name: Name) -> Message:
    """Read a source now, without waiting for its time.

    Example: `admin source read arxiv-cs.lg`
    """
    source = await context.storage.sources.read_now(name, place_of(context), at=context.now)
    return answer(said(bold(source.name), " is read within the next seconds."))


@commands.command("admin source health")
async def health(context: Context) -> Message:
    """See how reading the sources goes, and what troubles them."""
    sources = await context.storage.sources.listed(place_of(context))
    if not sources:
        return answer("No source is read yet. `admin source add huggingface` begins.")
    return answer("How reading goes:", *map(_health, sources[:MOST_LISTED]))


def place_of(context: Context) -> Place:
    """The workspace's own sources; whoever types in the terminal looks after those that everybody shares."""
    here = context.workspace
    return (here.platform, here.name) if here.name else EVERYWHERE


def _line(source: Source) -> Text:
    shared = ", for everybody" if source.place == EVERYWHERE else ""
    address = shortened(redacted(source.address), 120)
    return said(bold(source.name), f": {source.kind} {address}{', paused' if source.paused else ''}{shared}")


def _health(source: Source) -> Text:
    brought = f"{counted(source.papers, 'paper')} first brought by it, the last {_moment(source.last_new)}"
    parts = [f"read {_moment(source.last_read)}", brought if source.papers else "no paper brought by it yet"]
    if source.failures:
        why = shortened(redacted(source.last_error), 160).rstrip(".")
        parts = [f"failed {counted(source.failures, 'time')} in a row: {why}", *parts]
    causes = ", ".join(f"{cause} {count}" for cause, count in [*source.errors.items()][-MOST_CAUSES:])
    parts += [f"failures ever: {causes}"] if causes else []
    parts.append("resting" if source.paused else f"next read {_moment(source.next_read)}")
    return said(bold(source.name), f": {shortened('; '.join(parts), 230)}")


def _moment(at: datetime | None) -> str:
    return f"{at.day} {at:%b %H:%M} UTC" if at else "never"
