"""What Discord's answers to a post mean for what is owed (pure)."""

from typing import Final

from adapters.discord.wire import Answer
from bot.errors import (
    Disconnected,
    NotPosted,
    RateLimited,
    Rests,
    SendError,
    Unavailable,
    Unreachable,
    Unsayable,
)

GONE: Final = 10008
"""Discord's answer to a nonce whose message was posted and then deleted: it had arrived."""

UNKNOWN_CHANNEL: Final = 10003

_CLOSED: Final = {
    UNKNOWN_CHANNEL: "the channel is gone",
    10004: "the bot is not in that server any more",
    10013: "there is no such person",
    50001: "the bot cannot see the channel: let it view the channel",
    50007: "they take no direct messages from this bot",
    50013: "the bot may not write there: let it send messages and embed links",
    50033: "they cannot be written to",
    50083: "the thread is archived",
    50278: "they share no server with the bot, so Discord lets it write to them nowhere",
}
SERVER: Final = 20029
"""So much is written in all of a server that nobody may for a while."""

_WAITING: Final = {40003: 600.0, 20016: 60.0, 20022: 60.0, 20028: 60.0, SERVER: 60.0}


def error_of(answer: Answer) -> SendError:
    """What it means that a post was answered so."""
    if answer.code in _CLOSED:
        return Unreachable(f"{_CLOSED[answer.code]} (Discord {answer.code})")
    if answer.code in _WAITING:
        told = answer.body.get("retry_after")
        rests: Rests = "workspace" if answer.code == SERVER else "address"
        return RateLimited(float(told) if isinstance(told, int | float) else _WAITING[answer.code], rests)
    said = f"Discord answered {answer.status} ({answer.code or 'no code'})"
    if answer.status == 401:
        return Disconnected("Discord refuses the bot's token: copy it again from the developer portal", "bot")
    if answer.status >= 500:
        return Unavailable(said)
    if answer.status in {403, 404}:
        return Unreachable(f"the bot may not write there: {said}")
    if answer.status in {400, 413}:
        return Unsayable(said)
    return NotPosted(said)
