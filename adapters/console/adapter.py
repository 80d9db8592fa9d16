"""The terminal as a chat platform: one person types, and sees what every reader is sent."""

import asyncio
import shlex
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from itertools import count
from pathlib import Path
from typing import Final, Protocol, TextIO

from rich.console import Console, RenderableType
from rich.text import Text as Line

from adapters.console.render import buttons, envelope, render
from adapters.typed import read
from bot.adapting import TakeFile
from bot.errors import Unreachable, UserError
from bot.interfaces import Dispatch, Pace
from bot.messages import Action, Card, File, Message, code, marked, note
from bot.models import Address, Invocation, MessageRef
from bot.registry import CommandRegistry

_WELCOME: Final = note(
    "Type a command, such as ",
    code("help"),
    " or ",
    code("follow flow matching"),
    ". What stands in brackets below a paper can be typed as well. ",
    code("quit"),
    " ends.",
)


MOST_FILE: Final = 100_000_000  # bytes that are looked into; what is too much for a digest is told then


class Source(Protocol):
    """Where lines are typed: iterating waits for the next."""

    def __iter__(self) -> Iterator[str]:
        """The lines, until whoever types leaves."""

    def isatty(self) -> bool:
        """Whether a person sees what they type."""


class ConsoleAdapter:
    """Reads commands from *source* and shows every message on *screen*, a terminal or not.

    Whoever types is the person called *user*, and as it is their own machine they also administer. A button is
    pressed by typing what stands in its brackets. Files are kept in *folder*, else where the program was started.
    A line that is the path of a file hands its papers over to *take*, as when one is dropped into the terminal.
    """

    def __init__(
        self,
        source: Source | None = None,
        screen: Console | None = None,
        *,
        user: str = "you",
        name: str = "console",
        folder: Path | None = None,
        take: TakeFile | None = None,
    ) -> None:
        self.name: Final = name
        self.pace: Final = Pace()
        self.user: Final = Address(name, "", user)
        self._source = source or _forgiving(sys.stdin)
        self._screen = screen or Console(file=_forgiving(sys.stdout), highlight=False)
        self._bare = not self._screen.is_terminal or self._screen.no_color or self._screen.is_dumb_terminal
        self._folder, self._take = folder, take
        self._buttons: dict[str, Action] = {}
        self._posted: dict[tuple[Address, str], MessageRef] = {}
        self._prompting = False

    async def run(self, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """Answer line after line, until `quit`, the end of the input or a cancel."""
        self._print(render(_WELCOME, bare=self._bare))
        self._prompt()
        async for line in _lines(self._source):
            self._prompting = False
            if line.strip().lower() in ("quit", "exit"):
                return
            if line.strip():
                self._echo(line)
                answer = await self._answer(line, commands, dispatch)
                self._show(answer)
                await self._keep(answer.files)
            self._prompt()
        self._leave_prompt()

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Show *message* under a line that says who it is for. Raises Unreachable when the screen is gone.

        What an earlier process may have shown (*tried*) cannot be seen any more: it is shown here.
        """
        if (to, key) not in self._posted:
            try:
                self._post(to, message)
            except (OSError, ValueError) as error:  # ValueError is what Python says of a closed file
                raise Unreachable("the terminal is gone") from error
            self._posted[to, key] = MessageRef(self.name, to.id, key)
        return self._posted[to, key]

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """What was shown on a terminal stays."""
        return 0

    def _post(self, to: Address, message: Message) -> None:
        interrupted = self._leave_prompt()
        self._print(envelope(to))
        self._show(message, pressable=to == self.user or to.kind == "channel")
        if interrupted:
            self._prompt()

    async def _answer(self, line: str, commands: CommandRegistry, dispatch: Dispatch) -> Message:
        pressed = self._buttons.get(" ".join(line.lower().split()))
        try:
            if not pressed and self._take and (path := await asyncio.to_thread(dropped, line)):
                return await self._take(self.user, await asyncio.to_thread(path.read_bytes))
            command, arguments = (pressed.command, pressed.arguments) if pressed else read(line, commands)
        except UserError as mistake:
            return note(*marked(str(mistake)))
        except OSError as error:
            return note(f"That file cannot be read: {error.strerror}.")
        return await dispatch(Invocation(command, self.user, self.user, arguments, admin=True))

    def _show(self, message: Message, *, pressable: bool = True) -> None:
        self._print(render(message, bare=self._bare))
        if pressable:
            # After a reply such as "Saved." the digest above it stays in reach; a new list takes its place.
            listed = any(isinstance(block, Card) for block in message.blocks)
            self._buttons = buttons(message) if listed else self._buttons | buttons(message)

    async def _keep(self, files: Sequence[File]) -> None:
        """Put *files* into the folder, and say where they are and what is in them."""
        for file in files:
            try:
                path = await asyncio.to_thread(kept, file, self._folder or Path.cwd())
                told = note("Kept as ", code(str(path)), f": {file.alt}")
            except OSError as error:
                told = note(f"{file.name} cannot be kept here: {error.strerror}")
            self._print(render(told, bare=self._bare))

    def _print(self, part: RenderableType) -> None:
        self._screen.print(part)
        self._screen.print()

    def _prompt(self) -> None:
        if self._source.isatty():
            self._screen.print(Line("› ", style="bold green"), end="")
            self._prompting = True

    def _leave_prompt(self) -> bool:
        """Begin a new line where somebody was asked to type; whether that was so."""
        if self._prompting:
            self._screen.print()
        left, self._prompting = self._prompting, False
        return left

    def _echo(self, line: str) -> None:
        """Show what was typed where the terminal has not: a transcript then reads like a conversation."""
        if not self._source.isatty():
            self._print(render(note(f"› {line.strip()[:200]}")))


def dropped(line: str) -> Path | None:
    """The file that *line* is the path of, alone or after `add`, quoted or not as terminals write a dropped one."""
    text = line.strip().removeprefix("add ").strip()
    if not text.startswith(("/", "~", ".", "'", '"')):
        return None
    with suppress(ValueError, OSError, RuntimeError):  # an open quote; a name too long; no such home
        for written in (text, *shlex.split(text)[:1]):
            if (path := Path(written).expanduser()).is_file() and path.stat().st_size <= MOST_FILE:
                return path
    return None


def kept(file: File, folder: Path) -> Path:
    """Where *file* is in *folder* from now on: nothing that is there is written over. Raises OSError."""
    name = Path(file.name).name
    for number in count(1):
        path = folder / (name if number == 1 else f"{Path(name).stem}-{number}{Path(name).suffix}")
        with suppress(FileExistsError), path.open("xb") as new:
            new.write(file.content)
            return path
    raise FileExistsError(name)


def _forgiving(stream: TextIO) -> TextIO:
    """*stream*, with a mark in place of characters that its encoding does not know."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")
    return stream


async def _lines(source: Source) -> AsyncIterator[str]:
    """The lines of *source* as they come, until it ends or breaks.

    A thread of its own waits for them. Being a daemon, it keeps nobody from leaving while it waits.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[str] = asyncio.Queue()

    def wait() -> None:
        with suppress(OSError, ValueError):
            for line in source:
                loop.call_soon_threadsafe(arrived.put_nowait, line)
        loop.call_soon_threadsafe(arrived.put_nowait, "")

    def listen() -> None:
        with suppress(RuntimeError):  # the loop has closed: nobody listens any more
            wait()

    threading.Thread(target=listen, name="console", daemon=True).start()
    while line := await arrived.get():
        yield line
