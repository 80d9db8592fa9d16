"""`keys`: the secrets of the installation, changed while the bot is at work."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import screen
from bot.cli.screen import row, run

if TYPE_CHECKING:
    from bot.settings import Settings

keys = typer.Typer(no_args_is_help=True, help="Look after the secrets that seal tokens and sign buttons.")


@keys.callback()
def root() -> None:
    """Look after the secrets that seal tokens and sign buttons."""


@keys.command()
def rotate(
    context: typer.Context,
    *,
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Keep no older secret: buttons of older posts stop working.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Answer in JSON Lines.")] = False,
) -> None:
    """Make a new secret, and seal every kept token with it. The bot may go on running, and need not be restarted.

    Older secrets still open what they sealed and signed. Where DIGESTBOT_SECRET_KEY is set it is yours to change:
    put the new secret before the old one, with a comma between, restart every process, then run this; afterwards
    the old one can go.
    """
    found = screen.settings(context)
    known, sealed = run(_rotated(found, forget_old=forget_old))
    if json_:
        row({"secrets": known, "resealed": sealed})
        return
    many, secrets = f"{sealed:,} installation{'s' * (sealed != 1)}", f"{known:,} secret{'s' * (known != 1)}"
    typer.echo(f"{many} sealed anew with the newest of {secrets}.")
    if found.secret_key and known == 1:
        typer.echo(
            "DIGESTBOT_SECRET_KEY holds one secret, so nothing was changed by that: put a new one before it."
        )


async def _rotated(settings: "Settings", *, forget_old: bool) -> tuple[int, int]:
    """How many secrets are known then, and how many installations were sealed anew."""
    from bot import keys as kept
    from bot.platforms import key_folder
    from bot.platforms import keys as known
    from bot.upkeep import reseal

    if not settings.secret_key:
        kept.rotate(key_folder(settings))
    sealed = await reseal(settings.database_url, known(settings))
    if forget_old and not settings.secret_key:
        kept.forget_old(key_folder(settings))
    return len(known(settings).secrets), sealed
