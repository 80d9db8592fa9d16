"""The command line: what operators and scripts run, a module a theme.

A command imports the parts it needs when it runs, so that `--help` answers at once.
"""

from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli import asking, database, operating, rotating, running, showing

__all__ = ["digestbot"]

digestbot = typer.Typer(rich_markup_mode="markdown", pretty_exceptions_enable=False, add_completion=False)


@digestbot.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    env_file: Annotated[
        Path | None, typer.Option("--env-file", metavar="FILE", help="Settings to read instead of .env.")
    ] = None,
    *,
    version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False,
) -> None:
    """Brings each reader the new papers they asked for.

    - `digestbot demo` shows what readers get of a digest, without setting anything up.
    - `digestbot chat` lets you follow something, and read what has landed.
    - `digestbot land FILE` lands a digest, also while somebody chats.

    Settings are environment variables that begin with DIGESTBOT_, such as DIGESTBOT_DATABASE_URL, or stand in
    a file. Exit status: 0 done, 1 refused or partly refused, 2 wrong usage.
    """
    context.obj = env_file
    if version:
        typer.echo(f"digestbot {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


digestbot.command("run")(running.serve)
for command in (
    showing.demo,
    showing.preview,
    running.chat,
    running.land,
    asking.match,
    asking.rank,
    operating.settings,
    operating.doctor,
):
    digestbot.command()(command)
digestbot.add_typer(database.db, name="db")
digestbot.add_typer(rotating.keys, name="keys")
