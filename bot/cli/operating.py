"""`settings` and `doctor`: what an operator asks before and after something goes wrong."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.cli import screen
from bot.cli.screen import REFUSED, row, run

if TYPE_CHECKING:
    from bot.findings import Finding

SIGNS: Final = {"good": ("ok", "green"), "doubtful": ("look", "yellow"), "bad": ("BAD", "red")}


class Platform(StrEnum):
    """A chat platform that can be looked at alone."""

    SLACK = "slack"
    DISCORD = "discord"


def settings(
    context: typer.Context,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Answer in JSON Lines, a line a setting.")] = False,
) -> None:
    """List every setting: its value, where it comes from, and what it means. Secrets are not shown."""
    from dataclasses import asdict

    from bot.settings import explained

    found = explained(screen.settings(context), context.obj)
    if json_:
        for one in found:
            row(asdict(one))
        return
    for one in found:
        typer.secho(f"{one.name}={one.value}", bold=one.origin != "default", nl=False)
        typer.echo(f"  ({one.origin})\n    {one.meaning}")


def doctor(
    context: typer.Context,
    platform: Annotated[Platform | None, typer.Argument(help="Only this one: slack or discord.")] = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Answer in JSON Lines, a line a finding.")] = False,
) -> None:
    """Look whether everything is as it should be: database, keys, clock, tokens, sources; and say what to do.

    Nothing is changed or posted. Exit status: 0 when nothing is bad, else 1.
    """
    from dataclasses import asdict

    from bot.doctor import examine

    findings = run(examine(screen.settings(context), platform.value if platform else ""))
    for finding in findings:
        if json_:
            row(asdict(finding))
        else:
            _tell(finding)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(REFUSED)


def _tell(finding: "Finding") -> None:
    sign, colour = SIGNS[finding.state]
    typer.secho(f"{sign:5}", fg=colour, nl=False)
    typer.echo(f"{finding.subject}: {finding.says}")
    if finding.cure:
        typer.echo(f"     → {finding.cure}")
