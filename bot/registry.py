"""Commands, declared once: a coroutine's signature is the schema and its docstring the help.

A bad declaration fails at import. The rules are the stricter of the two platforms': words of lower-case letters,
digits and hyphens, at most 32 characters; summaries of 1 to 100 characters; at most 25 options.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

from bot.errors import UnknownCommand
from bot.messages import Message
from bot.models import Value

Handler = Callable[..., Awaitable[Message]]
H = TypeVar("H", bound=Handler)
Kind = type[str] | type[int] | type[bool]

REQUIRED: Final = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a command can be given. *default* is REQUIRED when it must be; *choices* when only these will do."""

    name: str
    summary: str
    kind: Kind = str
    default: Any = REQUIRED
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self.name, self.summary, words=1)

    @property
    def required(self) -> bool:
        """Whether the command cannot run without it."""
        return self.default is REQUIRED

    @property
    def usage(self) -> str:
        """How it is written in a line of help."""
        return f"<{self.name}>" if self.required else f"[{self.name}]"


@dataclass(frozen=True, slots=True)
class Command:
    """Something people can run. *listed* ones stand in help and menus; the others are only behind buttons."""

    name: str
    summary: str
    handler: Handler
    options: tuple[Option, ...] = ()
    details: str = ""
    private: bool = True  # known before it runs: a platform must choose who sees the answer at once
    listed: bool = True
    done: str = ""  # what its button says once it was pressed, such as "Saved ✓": then it runs *undo*
    undo: str = ""
    in_place: bool = False  # pressed, its answer takes the place of the post that the button stands on

    def __post_init__(self) -> None:
        _check(self.name, self.summary, words=3)
        if len(self.options) > 25:
            raise ValueError(f"{self.name}: at most 25 options")

    @property
    def admin(self) -> bool:
        """Whether only those may run it who look after the workspace."""
        return self.name.startswith("admin ")

    @property
    def usage(self) -> str:
        """How it is typed: its name and its options."""
        return " ".join([self.name, *(option.usage for option in self.options)])


class CommandRegistry:
    """The commands, in the order they were declared."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    def command(
        self, name: str, *, listed: bool = True, done: str = "", undo: str = "", in_place: bool = False
    ) -> Callable[[H], H]:
        """Declare the decorated coroutine as *name*; its first parameter is the context, the others its options."""

        def declare(handler: H) -> H:
            summary, _, details = (inspect.getdoc(handler) or "").partition("\n")
            self.add(
                Command(
                    name,
                    summary,
                    handler,
                    options(handler),
                    details.strip(),
                    listed=listed,
                    done=done,
                    undo=undo,
                    in_place=in_place,
                )
            )
            return handler

        return declare

    def add(self, command: Command) -> None:
        """Take *command* in. Raises ValueError when the name is taken."""
        if command.name in self._commands:
            raise ValueError(f"{command.name} is declared twice")
        self._commands[command.name] = command

    def __getitem__(self, name: str) -> Command:
        """The command called *name*. Raises UnknownCommand."""
        try:
            return self._commands[name]
        except KeyError:
            raise UnknownCommand(f"There is no command “{name}”. `help` lists what there is.") from None

    def __contains__(self, name: object) -> bool:
        return name in self._commands

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())


def options(handler: Handler) -> tuple[Option, ...]:
    """The options of *handler*, read from its signature: every parameter but the first."""
    hints = get_type_hints(handler, include_extras=True)
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    return tuple(
        _option(parameter.name, hints[parameter.name], parameter.default) for parameter in parameters
    )


def _option(name: str, hint: object, default: object) -> Option:
    if get_origin(hint) is not Annotated:
        raise ValueError(f"{name}: an option is Annotated[type, 'summary']")
    kind, summary = get_args(hint)[:2]
    choices: tuple[str, ...] = ()
    if get_origin(kind) is Literal:
        kind, choices = str, get_args(kind)
    if kind not in (str, int, bool):
        raise ValueError(f"{name}: an option is str, int, bool or a Literal of strings")
    return Option(name.replace("_", "-"), summary, kind, default, choices)


def _check(name: str, summary: str, *, words: int) -> None:
    if not re.fullmatch(rf"[a-z0-9-]{{1,32}}( [a-z0-9-]{{1,32}}){{0,{words - 1}}}", name):
        raise ValueError(f"{name!r}: a name is lower-case letters, digits and hyphens")
    if not 1 <= len(summary) <= 100:
        raise ValueError(f"{name}: a summary has 1 to 100 characters, not {len(summary)}")


Arguments = dict[str, Value]
"""What a command is called with: option names to values."""
