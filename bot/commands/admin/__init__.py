"""What admins can run, a module a theme."""

from bot.commands.admin import channels, health, hours, linking, record, setting, sourcing, spelling, telling
from bot.registry import CommandRegistry

__all__ = ["declare"]


def declare(commands: CommandRegistry) -> None:
    """Declare every admin command among *commands*."""
    for theme in (channels, hours, sourcing, spelling, setting, linking, health, telling, record):
        for command in theme.commands:
            commands.add(command)
    record.declare_undo(commands)
