"""What people can run, a module a theme: each declares its commands, and here they become one registry."""

from bot.commands import admin, explaining, guide, interests, keeping, leaving, looking, reading, resting
from bot.registry import CommandRegistry

__all__ = ["commands"]

commands = CommandRegistry()
guide.declare_help(commands)
for theme in (interests, looking, reading, explaining, keeping, resting, leaving):
    for command in theme.commands:
        commands.add(command)
admin.declare(commands)
