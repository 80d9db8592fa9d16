"""`db`: the tables of the database."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.screen import run, settings

db = typer.Typer(no_args_is_help=True, help="Look after the database.")


@db.command()
def upgrade(context: typer.Context) -> None:
    """Bring the tables up to date. SQLite does so by itself; PostgreSQL waits for this."""
    from bot import upkeep

    run(upkeep.upgrade(settings(context).database_url))
    typer.echo("The database is up to date.")


@db.command()
def downgrade(
    context: typer.Context,
    revision: Annotated[str, typer.Argument(help="A revision, -1 for one back, or base for nothing at all.")],
) -> None:
    """Take the tables back to an earlier version. What only the newer one knows is lost."""
    from bot import upkeep

    run(upkeep.downgrade(settings(context).database_url, revision))
    typer.echo(f"The database is back at {revision}.")


@db.command()
def check(context: typer.Context) -> None:
    """See whether the tables are what this version expects."""
    from bot import upkeep

    run(upkeep.check(settings(context).database_url))
    typer.echo("The database is what this version expects.")


@db.command()
def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="Where to, such as backup.jsonl.gz.")]
) -> None:
    """Write everything into one file, while the bot goes on. Keep the secret key as well: it is not in there."""
    from bot import upkeep

    rows = run(upkeep.backup(settings(context).database_url, file))
    typer.echo(f"{file} holds all {rows:,} rows. The secret key is not among them: keep that too.")


@db.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `db backup` wrote.")],
) -> None:
    """Fill a new database from a backup, of either kind of database and of an earlier version too.

    What fell due before now is looked for at the platform before it is posted, so nobody gets it twice.
    """
    from bot import upkeep

    rows = run(upkeep.restore(settings(context).database_url, file))
    typer.echo(f"All {rows:,} rows of {file} are back, and the database is up to date.")


@db.command()
def restored(
    context: typer.Context,
    hours: Annotated[
        float, typer.Option(min=0.1, max=720, help="How far back it may have forgotten what was posted.")
    ] = 24.0,
) -> None:
    """Say that the database came back by other means than `db restore`, such as a copy or a standby that lagged.

    What it may have forgotten is looked for at the platform before it is posted, so nobody gets it twice.
    """
    from bot import upkeep

    run(upkeep.forget(settings(context).database_url, hours))
    typer.echo(f"What was posted in the last {hours:g} hours is looked for before it is posted again.")
