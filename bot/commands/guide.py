"""Help, made from the declarations themselves."""

import difflib
from typing import Annotated

from bot.dispatcher import Context
from bot.errors import UnknownCommand
from bot.messages import Action, Actions, Heading, Message, Paragraph, Span, Text, code, marked
from bot.registry import Command, CommandRegistry
from bot.summary import shortened


def declare_help(commands: CommandRegistry) -> None:
    """Declare `help` among *commands*, about all of them."""

    @commands.command("help")
    async def help_(context: Context, command: Annotated[str, "The command to explain"] = "") -> Message:
        """See what I can do, or how one command is typed.

        Example: `help follow`
        """
        if not command:
            return _all(commands, new=not await context.storage.people.interests(context.user))
        return _group(commands, command) or _explained(_named(commands, command))


def _group(commands: CommandRegistry, typed: str) -> Message | None:
    """The commands that go on from the words *typed*, such as those of `admin channel`; None when there are none."""
    begun = " ".join(typed.strip(" /`").lower().split())
    lines = [
        line for one in commands if one.listed and one.name.startswith(f"{begun} ") for line in _line(one)
    ]
    if not lines or begun in commands:
        return None
    heading = f"How {begun} goes on"
    return Message(heading, (Heading(heading), Paragraph(tuple(lines[:-1]))))


def _all(commands: CommandRegistry, *, new: bool) -> Message:
    """Every command; where to begin stands first, for whoever is *new*."""
    lines = [line for command in commands if command.listed and not command.admin for line in _line(command)]
    return Message(
        "What I can do",
        (
            Heading("What I can do"),
            Paragraph(
                marked(
                    "I bring you the new papers that meet your interests. Begin with `start` or `follow <term>`."
                )
            ),
            Actions(
                (
                    Action("Start", "start", style="primary" if new else "default"),
                    Action("My digest", "today"),
                    Action("My interests", "interests"),
                )
            ),
            Paragraph(tuple(lines[:-1])),
        ),
    )


def _line(command: Command) -> Text:
    return (code(command.usage), Span(" – "), *marked(command.summary), Span("\n"))


def _explained(command: Command) -> Message:
    told = (command.summary, *command.details.split("\n\n"))
    parts = [Paragraph(marked(" ".join(part.split("\n")))) for part in told if part]
    return Message(f"How to use {command.name}", (Heading(command.usage), *parts))


def _named(commands: CommandRegistry, typed: str) -> Command:
    name = typed.strip(" /`").lower()
    if name in commands:
        return commands[name]
    near = difflib.get_close_matches(name[:40], [command.name for command in commands if command.listed], 1)
    cure = f"Did you mean `{near[0]}`?" if near else "`help` lists what there is."
    raise UnknownCommand(f"There is no command “{shortened(name, 80)}”. {cure}")
