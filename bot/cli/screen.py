"""What is shown beside the answers: progress and refusals, on standard error, and bars only on a terminal."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeVar

import typer
from rich.console import Console

from bot.errors import BadSettings, Refused

if TYPE_CHECKING:
    from bot.settings import Settings

T = TypeVar("T")

REFUSED: Final = 1
WRONG_USAGE: Final = 2


def row(found: Mapping[str, Any], out: TextIO | None = None) -> None:
    """Write one line of JSON, to standard output unless told otherwise."""
    (out or sys.stdout).write(f"{json.dumps(found)}\n")


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar that shows how far *what* has come, gone when it is done; without *total* something that turns.

    Where rows go to the same terminal they show the progress themselves, and a bar would be in their way.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    counting = [BarColumn(), MofNCompleteColumn()] if total is not None else []
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), *counting)
    console = errors()
    hidden = not console.is_terminal or (total is not None and sys.stdout.isatty())
    # Rows are for standard output: rich would take them to its own console, which is standard error.
    with Progress(*columns, console=console, transient=True, disable=hidden, redirect_stdout=False) as shown:
        task = shown.add_task(what, total=total)
        yield lambda count: shown.advance(task, count)


def run(work: Coroutine[Any, Any, T], about: object = "") -> T:
    """The result of *work*. What cannot be used, or read *about*, ends the program with the reason."""
    try:
        return asyncio.run(work)
    except BadSettings as mistake:
        raise stopped(str(mistake), WRONG_USAGE) from None
    except Refused as refusal:
        raise stopped(f"{about}: {refusal}", REFUSED) from None
    except BaseExceptionGroup as several:  # what fails in a part ends all of them, and comes in a group
        if not (mistakes := sorted({str(one) for one in _leaves(several) if isinstance(one, BadSettings)})):
            raise
        raise stopped("\n".join(mistakes), WRONG_USAGE) from None


def settings(context: typer.Context, **given: str) -> "Settings":
    """The settings in force, with logs written as they say. Ends the program when they cannot be used.

    What is *given* on the command line, unless empty, goes before everything else.
    """
    from bot.logs import set_up
    from bot.settings import read

    try:
        found = read(context.obj, **given)
    except BadSettings as mistake:
        raise stopped(str(mistake), WRONG_USAGE) from None
    set_up(found.log_level, found.log_format, secrets=found.secrets)
    return found


def errors() -> Console:
    """Standard error, as it is now."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def _leaves(several: BaseException) -> Iterator[BaseException]:
    if not isinstance(several, BaseExceptionGroup):
        yield several
        return
    for one in several.exceptions:
        yield from _leaves(one)


def stopped(reason: str, status: int) -> typer.Exit:
    """The end of the program, to be raised, with its *reason* told."""
    errors().print(reason, style="red", markup=False)
    return typer.Exit(status)
