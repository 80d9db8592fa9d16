"""What was posted before: found by the mark that a delivery leaves in its post."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.discord.rest import Calling
from adapters.discord.sorting import error_of
from bot.errors import Disconnected, SendError, Unavailable, Unreachable, Unseen

SKEW: Final = timedelta(minutes=2)
PAGE: Final = 100  # messages of a history that Discord gives at once
MOST_READ: Final = 10  # pages back
EPOCH: Final = 1_420_070_400_000  # milliseconds: what Discord counts its ids from


async def marked(
    call: Calling, channel: str, mark: int, tried: datetime, *, proven: bool
) -> AsyncGenerator[str, None]:
    """The ids of the posts with *mark*, the newest first; that none comes is sure. Raises Unseen.

    *proven*: an empty history is one, and not one that the bot may not read.
    """
    oldest, before = since(tried), ""
    for _ in range(MOST_READ):
        query = f"?limit={PAGE}" + (f"&before={before}" if before else "")
        answer = await call("GET", f"/channels/{channel}/messages{query}")
        if not answer.good:
            raise unread(error_of(answer))
        if not answer.body and not before and not proven:  # without the right to read it is empty as well
            raise Unseen("the channel shows no history: let the bot read it")
        for message in answer.body:
            if mark in marks(message):
                yield str(message["id"])
        ids = [int(message["id"]) for message in answer.body]
        if len(ids) < PAGE or min(ids) < oldest:
            return
        before = str(min(ids))
    raise Unseen("the earlier post would stand too far back in the conversation")


def marks(message: Mapping[str, Any]) -> Iterator[int]:
    """What a post may be found by."""
    for component in message.get("components") or ():
        yield int(component.get("id") or 0)
    for embed in message.get("embeds") or ():
        footer = str((embed.get("footer") or {}).get("text", ""))
        if footer.startswith("No. ") and footer[4:].isdecimal():
            yield int(footer[4:])


def since(moment: datetime) -> int:
    """The smallest id of what was made after *moment*, whatever the clocks say."""
    return int((moment - SKEW).timestamp() * 1000) - EPOCH << 22


def unread(error: SendError) -> SendError:
    """What it means that a conversation was not shown: only where we may not read it, nobody will ever see."""
    if isinstance(error, Unreachable):
        return Unseen(f"the conversation cannot be read: {error}")
    return error if isinstance(error, Disconnected) else Unavailable(f"while looking it up: {error}")
