"""What is kept about a person: all of it to take along, and all of it forgotten."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any, Final

from bot.commands.records import as_csv, as_json
from bot.commands.wording import answer, counted
from bot.dispatcher import Context
from bot.messages import Action, File, Message
from bot.models import Paper
from bot.registry import CommandRegistry

commands = CommandRegistry()

MOST_SENT: Final = 10_000  # deliveries: more than are kept of anybody
FATE: Final = ("slot", "state", "planned", "sent", "reason")


@commands.command("export")
async def export(context: Context) -> Message:
    """Get everything I keep about you, as files to read and to take elsewhere."""
    kept = await _kept(context)
    interests, saved = kept["interests"], kept["saved"]
    files = await asyncio.to_thread(_files, kept)
    told = answer(
        f"This is all I keep about you: how you read, {counted(len(interests), 'interest')}, "
        f"{counted(len(saved), 'saved paper')}, what you thought of papers, what was sent to you, and what "
        "the chat platform needs me to remember. "
        "The JSON holds everything; the CSV files open as tables. `forget-me` deletes it all.",
    )
    return replace(told, files=files)


@commands.command("forget-me")
async def forget_me(
    context: Context,
    sure: Annotated[bool, "Yes: forget me without asking again"] = False,  # noqa: FBT002  # an option as people give it
) -> Message:
    """Have me forget everything about you, at once and for good."""
    if not sure:
        return await _asked(context)
    await context.storage.workspaces.forget_reader(context.user)
    return answer(
        "You are forgotten: your interests, saved papers, opinions and digests are deleted, and nothing more "
        "is sent to you. What I posted before stays in your chat, where only you can delete it. "
        "`follow <term>` would begin anew."
    )


async def _asked(context: Context) -> Message:
    interests = await context.storage.people.interests(context.user)
    saved = await context.storage.shelf.saved(context.user)
    return answer(
        f"This deletes your {counted(len(interests), 'interest')}, {counted(len(saved), 'saved paper')}, your "
        "opinions and what is still to be sent to you, at once. It cannot be undone; `export` gives you a copy "
        "before.",
        actions=[
            Action("Forget me", "forget-me", {"sure": True}, "danger"),
            Action("Export first", "export"),
        ],
    )


async def _kept(context: Context) -> dict[str, Any]:
    """Everything that is kept about the person, as plain values."""
    storage, user = context.storage, context.user
    reader = asdict(await storage.people.reader(user))
    interests = [
        {"typed": one.typed, "normal": one.normal, "muted": one.muted}
        for one in await storage.people.interests(user)
    ]
    saved = await storage.papers.get(await storage.shelf.saved(user))
    rated = await storage.shelf.rated(user)
    thought = [{**_paper(paper), "feedback": rated[paper.id]} for paper in await storage.papers.get([*rated])]
    shown = await storage.papers.get(await storage.shelf.shown(user))
    sent = await storage.outbox.lately(user, MOST_SENT)
    return {
        "reader": reader,
        "inbox": inbox.id if (inbox := await storage.inboxes.of(user)) else "",
        "related": await storage.shelf.wants_related(user),
        "versions": await storage.shelf.wants_versions(user),
        "interests": interests,
        "saved": [_paper(paper) for paper in saved],
        "feedback": thought,
        "lists": [asdict(one) for one in await storage.lists.shared(user)],
        "shown": [_paper(paper) for paper in shown],
        "deliveries": [{name: getattr(one, name) for name in FATE} for one in sent],
        "notes": dict(await storage.notes.about(user)),
    }


def _paper(paper: Paper) -> dict[str, Any]:
    return {name: getattr(paper, name) for name in ("title", "url", "arxiv_id", "doi", "authors")}


def _files(kept: Mapping[str, Any]) -> tuple[File, ...]:
    tables = {
        "interests": ("typed", "normal", "muted"),
        "saved": ("title", "url", "arxiv_id", "doi", "authors"),
        "feedback": ("feedback", "title", "url", "arxiv_id", "doi", "authors"),
    }
    return (
        File("digestbot.json", as_json(kept), "everything I keep about you, as JSON"),
        *(
            File(f"digestbot-{name}.csv", as_csv(columns, kept[name]), f"your {name} as a table")
            for name, columns in tables.items()
        ),
    )
