"""The commands as Discord's application commands, from the registry alone (pure)."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from bot.registry import Command, CommandRegistry, Option

Payload = dict[str, Any]

GROUP: Final = "papers"
ADMIN_GROUP: Final = "papers-admin"
MORE_GROUP: Final = "papers-more"
"""Where commands stand for which the first group has no place; their buttons are at hand everywhere."""

LIKE_THIS: Final = "Find papers like this"
WRITE: Final = "write"
MOST_IN_GROUP: Final = 25
SUGGESTED: Final = frozenset({"term", "paper", "command", "name"})
"""Options for which something is suggested while they are typed."""

_KINDS: Final = {str: 3, int: 4, bool: 5}
_SPECIAL: Final = {"channel": 7, "who": 9}
_TEXT_CHANNELS: Final = [0, 5, 10, 11, 12, 15]
_EVERYWHERE: Final[Payload] = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
_SERVERS: Final[Payload] = {"integration_types": [0], "contexts": [0]}
"""Who may administer is checked whenever a command is given: what Discord hides by default, it may show again."""
_FORM: Final[Payload] = {
    "type": 1,
    "name": WRITE,
    "description": "Write an interest in a form, and see what it finds",
}


def declared(commands: CommandRegistry) -> list[Payload]:
    """What Discord is told of *commands*."""
    listed = [command for command in commands if command.listed]
    people = sorted((one for one in listed if not one.admin), key=_by_button)
    first, others = people[: MOST_IN_GROUP - 1], people[MOST_IN_GROUP - 1 :]
    groups = [
        _group(GROUP, "Your papers: follow, read, keep", [*_tree(first), _FORM]) | _EVERYWHERE,
        _group(MORE_GROUP, "More to do with your papers", _tree(others)) | _EVERYWHERE,
        _group(ADMIN_GROUP, "Look after this server's digests", _tree([one for one in listed if one.admin]))
        | _SERVERS,
    ]
    menu: Payload = {"type": 3, "name": LIKE_THIS, "description": ""} | _EVERYWHERE
    return [*(group for group in groups if group["options"]), menu]


def fingerprint(payload: Sequence[Payload]) -> str:
    """What tells one payload from another."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def _by_button(command: Command) -> bool:
    """Commands that stand on the buttons of papers come last: they are typed least."""
    return bool(command.done) and command.name not in {"follow", "unfollow", "save"}


def _group(name: str, summary: str, options: list[Payload]) -> Payload:
    return {"type": 1, "name": name, "description": summary, "options": options}


def _tree(commands: Iterable[Command]) -> list[Payload]:
    """Subcommands; of commands with two words the first is a group of its own."""
    tree: dict[str, Payload] = {}
    for command in commands:
        *above, name = command.name.removeprefix("admin ").split()
        if not above:
            tree[name] = _command(name, command)
            continue
        group = tree.setdefault(above[0], _group(above[0], f"All about {above[0]}", []) | {"type": 2})
        group["options"].append(_command(name, command))
    return list(tree.values())


def _command(name: str, command: Command) -> Payload:
    options = sorted(command.options, key=lambda option: not option.required)
    return _group(name, command.summary, [_option(option) for option in options])


def _option(option: Option) -> Payload:
    kind = _SPECIAL.get(option.name, _KINDS[option.kind])
    told: Payload = {
        "type": kind,
        "name": option.name,
        "description": option.summary,
        "required": option.required,
    }
    if kind == 7:
        told["channel_types"] = _TEXT_CHANNELS
    if option.choices:
        told["choices"] = [{"name": choice, "value": choice} for choice in option.choices[:25]]
    elif option.name in SUGGESTED:
        told["autocomplete"] = True
    return told
