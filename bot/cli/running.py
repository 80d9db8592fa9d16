"""`land` and `chat`: digests in, and a terminal to talk to the bot."""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.screen import REFUSED, errors, progress, row, run, settings
from bot.errors import Refused
from bot.models import Landing

if TYPE_CHECKING:
    from bot.settings import Settings


def land(
    context: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Digests in any known format, or links to some.")
    ],
    source: Annotated[
        str, typer.Option("--source", help="Where they came from, for source: to find. Else their text says.")
    ] = "",
    *,
    json_: Annotated[bool, typer.Option("--json", help="Answer in JSON Lines, a line a file.")] = False,
) -> None:
    """Land digests: new papers in, and a delivery due for everyone who reads.

    A digest is a page of trending papers copied as text, JSON Lines or a JSON array, a feed of RSS or Atom, an
    answer of a known API, a mail (.eml), BibTeX or RIS, packed with gzip or not. A link is fetched; that of a
    paper's page lands the paper.
    The same digest twice is one digest. What is none is refused, with the line and the reason, and nothing of
    it lands; the others still do, and the exit status is 1.

    A bot that runs on the same database delivers, such as `digestbot chat`.
    """
    if run(_land(settings(context), files, source, as_json=json_)):
        raise typer.Exit(REFUSED)


def serve(
    context: typer.Context,
    roles: Annotated[
        str, typer.Option("--roles", help="What this process does: of chat, web, worker, clock. Else all.")
    ] = "",
) -> None:
    """Serve Slack, Discord or both, until stopped. What to connect to stands in the settings.

    Any number of these may run on one PostgreSQL, each with the roles it is for.
    """
    run(_serve(settings(context, roles=roles)))


def chat(context: typer.Context) -> None:
    """Talk to the bot in this terminal, as one of its readers.

    Type `help` to see what it can do and `quit` to leave. What
    `digestbot land FILE` lands meanwhile is delivered here, sources are
    read, and a link or a file that is dropped into it is taken in.
    """
    run(_chat(settings(context)))


async def _serve(settings: "Settings") -> None:
    from bot.app import App
    from bot.platforms import keys, platforms
    from bot.tracing import traced

    here = asyncio.current_task()
    if here:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, here.cancel)
    secrets = keys(settings)
    try:
        async with (
            App.open(settings.database_url) as app,
            traced(app, settings),
            platforms(app, settings, secrets) as adapters,
        ):
            await app.run(settings, adapters)
    except asyncio.CancelledError:  # told to stop, and everything is in order
        return


async def _chat(settings: "Settings") -> None:
    from bot.app import App, terminal
    from bot.tracing import traced

    async with App.open(settings.database_url) as app, traced(app, settings):
        app.answers.mails = bool(settings.smtp_url)  # a bot that runs beside this sends them
        adapter = terminal(app)
        await app.storage.people.reader(adapter.user)  # whoever reads gets digests, before following anything
        await app.chat(adapter, settings)


async def _land(settings: "Settings", files: Sequence[str], source: str, *, as_json: bool) -> int:
    """How many of the files were refused."""
    from bot.app import App, read_digest
    from bot.tracing import traced

    refused = 0
    async with App.open(settings.database_url) as app, traced(app, settings):
        for file in files:
            linked, begun = file.startswith(("https://", "http://")), app.now()
            try:
                with progress(f"landing {file}"):
                    reading = app.read_link(file, source) if linked else read_digest(Path(file), source)
                    landing = await app.intake.land(await reading, since=begun)
            except Refused as refusal:
                refused += 1
                _refuse(file, refusal, as_json=as_json)
            else:
                _tell(file, landing, as_json=as_json)
    return refused


def _tell(file: str, landing: Landing, *, as_json: bool) -> None:
    if as_json:
        row({"file": file, **asdict(landing), "day": str(landing.day), "at": landing.at.isoformat()})
    elif landing.again:
        typer.echo(f"{file}: it had landed before; nothing changed")
    else:
        typer.echo(f"{file}: {landing.papers:,} papers landed, {landing.new:,} of them new")


def _refuse(file: str, refusal: Refused, *, as_json: bool) -> None:
    if as_json:
        row({"file": file, "error": refusal.reason, "line": refusal.line})
    errors().print(f"{file}: {refusal}", style="red", markup=False)
