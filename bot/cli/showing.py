"""`demo` and `preview`: a digest lands before your eyes, in a database that is gone afterwards."""

from pathlib import Path
from typing import Annotated, Final

import typer

from bot.cli.screen import WRONG_USAGE, progress, run, stopped
from bot.models import Invocation
from bot.sample import READERS, address

NEXT: Final = """\
Next: `./dev chat` to follow terms of your own, and to ask `today`, `try`, `search` and `why`.
And `./dev land FILE` to land a digest for it: a page of papers copied as text, or JSON Lines."""


def demo(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A digest; without one, the sample.")
    ] = None,
) -> None:
    """Land a digest and see what three readers and a channel get of it.

    Without FILE it is the sample of made-up papers that comes with the program. Nothing is kept.
    """
    run(_demo(file), about=file)


def preview(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A digest; without one, the sample.")
    ] = None,
    follow: Annotated[
        str, typer.Option("--follow", metavar="TERMS", help="What you follow; several with commas.")
    ] = "",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Without one, any that is free.")] = 0,
) -> None:
    """See in a browser what readers get of a digest on Slack, on Discord and in the terminal.

    `digestbot preview --follow "flow matching, RLHF" today.txt`

    The page is drawn from what the platforms would really be sent. It is served to this machine alone, until
    Ctrl-C; nothing is posted and nothing is kept.
    """
    from bot.preview import YOU, Asked, show

    first = Asked(YOU if follow else next(iter(READERS)), follow=follow)
    try:
        run(show(file, first, port, _opened), about=file)
    except OSError as error:
        raise stopped(f"The page cannot be served on port {port}: {error.strerror}", WRONG_USAGE) from None
    except KeyboardInterrupt:
        typer.echo()


def _opened(url: str) -> None:
    """Say where the page is, and open it where somebody sits before this."""
    import sys
    import webbrowser

    typer.echo(f"The preview is at {url} until you press Ctrl-C.")
    sys.stdout.flush()
    if sys.stdout.isatty():
        webbrowser.open(url)


async def _demo(file: Path | None) -> None:
    from bot.app import IN_MEMORY, App, read_digest, terminal

    async with App.open(IN_MEMORY) as app:
        for name, terms in READERS.items():
            reader = address(name)
            await app.storage.people.reader(reader)
            if terms:
                await app.dispatch(Invocation("follow", reader, reader, {"term": terms}))
        with progress("landing"):
            landing = await app.intake.land(await read_digest(file))
        typer.echo(
            f"A digest of {landing.papers:,} papers has landed. Here is what each of its readers gets.\n"
        )
        typer.echo("\n".join(f"  {name} {_follows(terms)}" for name, terms in READERS.items()))
        typer.echo()
        courier = app.courier(terminal())
        while await courier.deliver(most=1):
            pass  # one after the other, in the readers' order
    typer.echo(NEXT)


def _follows(terms: str) -> str:
    return f"follows {terms}" if terms else "follows nothing"
