"""The terminal as a chat platform."""

from adapters.console.adapter import ConsoleAdapter
from adapters.console.render import buttons, render

__all__ = ["ConsoleAdapter", "buttons", "render"]
