"""What admins can run, a module a theme."""

from bot.commands.admin import (
    channels,
    health,
    hours,
    linking,
    moving,
    record,
    setting,
    sourcing,
    spelling,
    subjects,
    telling,
)
from bot.registry import CommandRegistry

__all__ = ["declare"]


def declare(commands: CommandRegistry) -> None:
    """Declare every admin command among *commands*."""
    themes = (
        channels,
        subjects,
        hours,
        sourcing,
        spelling,
        setting,
        linking,
        health,
        telling,
        moving,
        record,
    )
    for theme in themes:
        for command in theme.commands:
            commands.add(command)
    record.declare_undo(commands)
