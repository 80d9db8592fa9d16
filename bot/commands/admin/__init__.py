"""What admins can run, a module a theme."""

from bot.commands.admin import channels, hours, record, setting, sourcing, spelling
from bot.registry import CommandRegistry

__all__ = ["declare"]


def declare(commands: CommandRegistry) -> None:
    """Declare every admin command among *commands*."""
    for theme in (channels, hours, sourcing, spelling, setting, record):
        for command in theme.commands:
            commands.add(command)
    record.declare_undo(commands)
