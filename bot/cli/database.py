"""`db`: the tables of the database."""

from typing import Annotated

import typer

from bot.cli.screen import run, settings

db = typer.Typer(no_args_is_help=True, help="Look after the database.")


@db.command()
def upgrade(context: typer.Context) -> None:
    """Bring the tables up to date. SQLite does so by itself; PostgreSQL waits for this."""
    from bot import app

    run(app.upgrade(settings(context).database_url))
    typer.echo("The database is up to date.")


@db.command()
def downgrade(
    context: typer.Context,
    revision: Annotated[str, typer.Argument(help="A revision, -1 for one back, or base for nothing at all.")],
) -> None:
    """Take the tables back to an earlier version. What only the newer one knows is lost."""
    from bot import app

    run(app.downgrade(settings(context).database_url, revision))
    typer.echo(f"The database is back at {revision}.")


@db.command()
def check(context: typer.Context) -> None:
    """See whether the tables are what this version expects."""
    from bot import app

    run(app.check(settings(context).database_url))
    typer.echo("The database is what this version expects.")
