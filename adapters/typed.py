"""A typed line to a command and its arguments: for terminals, and for platforms where people type.

Values stay the words that were typed. The dispatcher reads numbers and choices out of them, as for every
platform, and answers whatever is missing or cannot be read.
"""

import difflib
import re
from typing import Final

from bot.errors import BadArguments, UnknownCommand
from bot.registry import Arguments, Command, CommandRegistry, Option

PROSE: Final = "text"
"""The option that is what people say to others: a yes at its end is theirs."""

_ADDRESSED: Final = re.compile(r"\s*/?\s*papers(?!\S)|\s*/", re.IGNORECASE)  # how a slash command begins
_LINK: Final = re.compile(r"<?https?://\S+", re.IGNORECASE)
_CLOSING: Final = {'"': '"', "“": "”", "„": "“", "«": "»"}
_CONFIRMED: Final = {"yes", "no"}
_SHOWN: Final = 40  # characters of what was typed that an answer repeats


def read(line: str, commands: CommandRegistry) -> tuple[str, Arguments]:
    """The command that *line* names, and its options by name; an empty line asks for help.

    Words fill the options from the left, several within quotes count as one, and the last option that is text
    takes the rest of the line as it stands: quotes and commas there belong to the language of interests. A yes or no
    at its end is meant for the command where that asks whether one is sure. A line
    that only begins the name of a command, such as `admin channel`, asks for help on it.

    Raises:
        UnknownCommand: no command begins the line; the nearest name is in the text.
        BadArguments: there is more on the line than the command takes.
    """
    addressed = _ADDRESSED.match(line)
    text = line[addressed.end() if addressed else 0 :].strip() or "help"
    if _LINK.fullmatch(text) and "add" in commands:  # a link alone, as people drop one
        return "add", {"link": text}
    for count in (3, 2, 1):  # the longest name wins
        words = text.split(maxsplit=count)
        name = " ".join(words[:count]).lower()
        if name in commands:
            return name, _arguments(commands[name], "".join(words[count:]))
    if any(command.name.startswith(f"{name} ") for command in commands if command.listed):
        return "help", {"command": name}  # only the beginning of one: how it goes on
    raise _unknown(text, commands)


def heard(line: str, commands: CommandRegistry) -> tuple[str, Arguments]:
    """What *line* means in a conversation: like `read`, but a link among words that are no command is handed over."""
    try:
        return read(line, commands)
    except UnknownCommand:
        if "add" not in commands or not re.search("https?://", line):
            raise
        return "add", {"link": line}


def _arguments(command: Command, rest: str) -> Arguments:
    given: Arguments = {}
    last = next((option for option in reversed(command.options) if option.kind is str), None)
    confirmed = command.options[-1].kind is bool if command.options else False
    for option in command.options:
        if rest:
            whole = option is last and not option.choices
            word, rest = _whole(rest, confirmed=confirmed and option.name != PROSE) if whole else _first(rest)
            given[option.name] = _chosen(option, word)
    if rest:
        raise BadArguments(f"`{command.name}` does not take “{_shown(rest)}”. Write `{command.usage}`.")
    return given


def _whole(rest: str, *, confirmed: bool) -> tuple[str, str]:
    """All of *rest*, but for a yes or no at its end where the command may be *confirmed*."""
    *words, last = rest.rsplit(maxsplit=1)
    return (words[0], last) if confirmed and words and last.lower() in _CONFIRMED else (rest, "")


def _first(rest: str) -> tuple[str, str]:
    """The first word, or what stands first in quotes, and what follows it."""
    closing = _CLOSING.get(rest[0])
    if closing and closing in rest[1:]:
        word, _, after = rest[1:].partition(closing)
        return word, after.strip()
    word, *others = rest.split(maxsplit=1)
    return word, "".join(others)


def _chosen(option: Option, word: str) -> str:
    """The choice that *word* spells in any case, or *word* itself."""
    return next((choice for choice in option.choices if choice.lower() == word.lower()), word)


def _unknown(text: str, commands: CommandRegistry) -> UnknownCommand:
    words = text[: 2 * _SHOWN].lower().split()
    names = [command.name for command in commands if command.listed]
    tried = (" ".join(words[:3]), " ".join(words[:2]), words[0])
    near = [name for typed in tried for name in difflib.get_close_matches(typed, names, n=1)]
    guess = f"Did you mean `{near[0]}`? " if near else ""
    return UnknownCommand(f"There is no command “{_shown(words[0])}”. {guess}`help` lists what there is.")


def _shown(text: str) -> str:
    """As much of *text* as an answer repeats, without the signs that mark code."""
    short = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return short.replace("`", "'")
