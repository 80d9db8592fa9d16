"""What people can run, a module a theme: each declares its commands, and here they become one registry."""

from bot.commands import (
    admin,
    alike,
    beginning,
    explaining,
    guide,
    handing,
    interests,
    keeping,
    leaving,
    looking,
    mailing,
    reading,
    resting,
    sharing,
    tasting,
    timing,
    trending,
)
from bot.registry import CommandRegistry

__all__ = ["commands"]

commands = CommandRegistry()
guide.declare_help(commands)
for theme in (
    beginning,
    interests,
    looking,
    alike,
    reading,
    explaining,
    keeping,
    handing,
    tasting,
    timing,
    resting,
    sharing,
    trending,
    leaving,
    mailing,
):
    for command in theme.commands:
        commands.add(command)
admin.declare(commands)
