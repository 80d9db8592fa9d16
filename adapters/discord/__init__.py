"""Discord as a chat platform."""

from adapters.discord.adapter import DiscordAdapter, Ways
from adapters.discord.allowance import Allowance
from adapters.discord.attachments import Attachments
from adapters.discord.embeds import render_embeds
from adapters.discord.gateway import ITSELF, Gateway, Place
from adapters.discord.render import render
from adapters.discord.rest import Rest
from adapters.discord.wire import Wire

__all__ = [
    "ITSELF",
    "Allowance",
    "Attachments",
    "DiscordAdapter",
    "Gateway",
    "Place",
    "Rest",
    "Ways",
    "Wire",
    "render",
    "render_embeds",
]
