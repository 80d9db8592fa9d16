"""Posting what is owed: by REST alone, in one attempt, never twice."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.discord.rest import Answer, Calling
from adapters.discord.sorting import GONE, UNKNOWN_CHANNEL, error_of
from adapters.discord.writing import Pen, mark_of, nonce_of, post
from adapters.routes import Routes
from bot.buttons import Buttons
from bot.errors import (
    Disconnected,
    NotPosted,
    SendError,
    Unavailable,
    Unreachable,
    Unseen,
)
from bot.messages import Message
from bot.models import Address, MessageRef, Now
from bot.notes import Notes

log = logging.getLogger(__name__)

NAME: Final = "discord"
REMEMBERED: Final = timedelta(seconds=60)
"""So long Discord surely knows a nonce: it says "a few minutes"."""

SKEW: Final = timedelta(minutes=2)
KEPT: Final = timedelta(days=90)  # that the further pages of a post can be turned to
PAGE: Final = 100  # messages of a history that Discord gives at once
MOST_READ: Final = 10  # pages back
EPOCH: Final = 1_420_070_400_000  # milliseconds: what Discord counts its ids from
DM: Final = "dm"


class Sender:
    """Posts messages by *call*, with *buttons*, and remembers in *notes* where people are written to."""

    def __init__(
        self, call: Calling, buttons: Buttons, notes: Notes, now: Now, *, classic: bool = False
    ) -> None:
        self._call, self._buttons, self._notes, self._now = call, buttons, notes, now
        self._classic = classic
        self._routes = Routes(notes, now)

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Post *message*; see `bot.interfaces.ChatAdapter.send`."""
        channel = to.id if to.kind == "channel" else await self.direct(to)
        if tried and self._now() - tried > REMEMBERED:
            async for found in self._marked(channel, mark_of(key), tried, proven=to.kind == "person"):
                return MessageRef(NAME, channel, found)
        pen = Pen(self._buttons, to if to.kind == "person" else None)
        written = post(message, pen, mark=mark_of(key), classic=self._classic)
        await self._notes.write(to, written.notes, until=self._now() + KEPT)
        body = {**written.payload, "nonce": nonce_of(key), "enforce_nonce": True}
        return await self._posted(
            to, channel, await self._call("POST", f"/channels/{channel}/messages", body)
        )

    async def take_back(self, to: Address, key: str, since: datetime) -> int:
        """Take away all but the first message with *key*, and say how many. Raises SendError."""
        channel = to.id if to.kind == "channel" else await self.direct(to)
        marked = self._marked(channel, mark_of(key), since, proven=True)
        found = sorted([int(one) async for one in marked])
        for later in found[1:]:
            answer = await self._call("DELETE", f"/channels/{channel}/messages/{later}")
            if not answer.good and answer.code != GONE:
                raise error_of(answer)
        return max(len(found) - 1, 0)

    async def direct(self, person: Address) -> str:
        """The channel in which *person* is written to, opened the first time and remembered."""
        known = await self._notes.read(person, DM)
        if known:
            return known
        everywhere = replace(person, workspace="")
        async with self._routes.open(everywhere, "opening"):  # too many too quickly: nobody's for a while
            try:
                answer = await self._call("POST", "/users/@me/channels", {"recipient_id": person.id})
            except Unavailable as error:
                raise NotPosted(f"the conversation could not be opened: {error}") from error
            if not answer.good:
                raise _unopened(answer)
        opened = str(answer.body["id"])
        await self._notes.write(person, {DM: opened})
        return opened

    async def _posted(self, to: Address, channel: str, answer: Answer) -> MessageRef:
        if answer.good and isinstance(answer.body, dict) and "id" in answer.body:
            return MessageRef(NAME, channel, str(answer.body["id"]))
        if answer.good:
            raise Unavailable("Discord's answer does not name the message")
        if answer.code == GONE:
            return MessageRef(NAME, channel, "")
        if answer.code == UNKNOWN_CHANNEL and to.kind == "person":
            await self._notes.write(to, {DM: ""})  # the next try opens another
            raise NotPosted("that conversation is closed; another is opened")
        raise error_of(answer)

    async def _marked(self, channel: str, mark: int, tried: datetime, *, proven: bool) -> AsyncIterator[str]:
        """The ids of the posts with *mark*, the newest first; that none comes is sure. Raises Unseen."""
        oldest, before = _snowflake(tried - SKEW), ""
        for _ in range(MOST_READ):
            query = f"?limit={PAGE}" + (f"&before={before}" if before else "")
            answer = await self._call("GET", f"/channels/{channel}/messages{query}")
            if not answer.good:
                raise _unread(error_of(answer))
            if not answer.body and not before and not proven:  # without the right to read it is empty as well
                raise Unseen("the channel shows no history: let the bot read it")
            for message in answer.body:
                if mark in _marks(message):
                    yield str(message["id"])
            ids = [int(message["id"]) for message in answer.body]
            if len(ids) < PAGE or min(ids) < oldest:
                return
            before = str(min(ids))
        raise Unseen("the earlier post would stand too far back in the conversation")


def _unread(error: SendError) -> SendError:
    """What it means that a conversation was not shown: only where we may not read it, nobody will ever see."""
    if isinstance(error, Unreachable):
        return Unseen(f"the conversation cannot be read: {error}")
    return error if isinstance(error, Disconnected) else Unavailable(f"while looking it up: {error}")


def _unopened(answer: Answer) -> Exception:
    error = error_of(answer)
    return NotPosted(str(error)) if isinstance(error, Unavailable) else error


def _marks(message: Mapping[str, Any]) -> Iterator[int]:
    for component in message.get("components") or ():
        yield int(component.get("id") or 0)
    for embed in message.get("embeds") or ():
        footer = str((embed.get("footer") or {}).get("text", ""))
        if footer.startswith("No. ") and footer[4:].isdecimal():
            yield int(footer[4:])


def _snowflake(moment: datetime) -> int:
    return int(moment.timestamp() * 1000) - EPOCH << 22
