"""What somebody wrote to the bot, out of what Discord sends (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.discord.sending import NAME
from bot.models import Address

_WRITTEN: Final = {0, 19}  # kinds of messages: written by a person, as they are or in answer to another


@dataclass(frozen=True, slots=True)
class Heard:
    """A message in the bot's conversation with a person: its *text*, and *files* as Discord tells of them."""

    id: str
    user: Address
    channel: str
    text: str
    files: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Heard | None":
        """What *told*, a message, says to us; None where it is on a server, by a bot, or says nothing."""
        author, text, files = (
            told["author"],
            str(told.get("content") or "").strip(),
            told.get("attachments") or (),
        )
        if told.get("guild_id") or author.get("bot") or told.get("type", 0) not in _WRITTEN:
            return None
        if not text and not files:
            return None
        return cls(
            str(told["id"]), Address(NAME, "", str(author["id"])), str(told["channel_id"]), text, files
        )
