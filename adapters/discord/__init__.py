"""Discord as a chat platform."""

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.embeds import render_embeds
from adapters.discord.gateway import Gateway
from adapters.discord.render import render
from adapters.discord.rest import Rest

__all__ = ["DiscordAdapter", "Gateway", "Rest", "render", "render_embeds"]
