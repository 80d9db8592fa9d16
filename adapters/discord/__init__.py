"""Discord as a chat platform."""

from adapters.discord.embeds import render_embeds
from adapters.discord.render import render

__all__ = ["render", "render_embeds"]
