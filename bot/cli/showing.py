"""`demo`: a digest lands before your eyes, in a database that is gone afterwards."""

from pathlib import Path
from typing import Annotated, Final

import typer

from bot.cli.screen import progress, run
from bot.models import Address, Invocation

READERS: Final = {
    Address("console", "", "ada"): "RLHF OR DPO, LLM agents, retrieval-augmented generation",
    Address("console", "", "ben"): "diffusion -medical, flow matching, gaussian splatting OR NeRF",
    Address("console", "", "chidi"): "",
    Address(
        "console", "", "papers", "channel"
    ): "title:benchmark*, long context, (LLM OR VLM) AND (training-free OR fine-tuning)",
}
"""Who reads in the demo, and what they follow."""

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


async def _demo(file: Path | None) -> None:
    from bot.app import IN_MEMORY, App, read_digest, terminal

    async with App.open(IN_MEMORY) as app:
        for reader, terms in READERS.items():
            await app.storage.people.reader(reader)
            if terms:
                await app.dispatch(Invocation("follow", reader, reader, {"term": terms}))
        with progress("landing"):
            landing = await app.intake.land(await read_digest(file))
        typer.echo(
            f"A digest of {landing.papers:,} papers has landed. Here is what each of its readers gets.\n"
        )
        typer.echo("\n".join(f"  {_called(reader)} {_follows(terms)}" for reader, terms in READERS.items()))
        typer.echo()
        courier = app.courier(terminal())
        while await courier.deliver(most=1):
            pass  # one after the other, in the readers' order
    typer.echo(NEXT)


def _called(reader: Address) -> str:
    return f"#{reader.id}" if reader.kind == "channel" else reader.id.title()


def _follows(terms: str) -> str:
    return f"follows {terms}" if terms else "follows nothing"
