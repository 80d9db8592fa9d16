"""Posting what is owed: by REST alone, in one attempt, never twice."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from adapters.discord.history import marked, marks, since, unread
from adapters.discord.openings import Openings
from adapters.discord.render import MOST_WRITTEN
from adapters.discord.rest import Calling
from adapters.discord.sorting import GONE, UNKNOWN_CHANNEL, error_of
from adapters.discord.threads import NO_TEXT_CHANNEL, Threads, name_of, parted
from adapters.discord.wire import Answer
from adapters.discord.writing import Post, mark_of, nonce_of, post
from adapters.routes import Routes
from bot import bars
from bot.buttons import Buttons, Pen
from bot.errors import NotPosted, RateLimited, SendError, Unavailable, Unreachable, Unsayable
from bot.messages import File, Message
from bot.models import Address, MessageRef, Now
from bot.notes import Notes
from bot.together import Together

log = logging.getLogger(__name__)

NAME: Final = "discord"
REMEMBERED: Final = timedelta(seconds=60)
"""So long Discord surely knows a nonce: it says "a few minutes"."""

KEPT: Final = timedelta(days=90)  # that the further pages of a post can be turned to
DM: Final = "dm"
NO_FILES: Final = frozenset({400, 403, 413})  # the answers to a file that is not wanted: nothing was posted
_BELOW: Final = "\0thread"  # what tells the key of a thread's post from that of the post above it


class Sender:
    """Posts messages by *call*, with *buttons*, and remembers in *notes* where people are written to."""

    def __init__(
        self, call: Calling, buttons: Buttons, notes: Notes, now: Now, *, classic: bool = False
    ) -> None:
        self._call, self._buttons, self._notes, self._now = call, buttons, notes, now
        self._classic = classic
        self._threads = Threads(call)
        self._directs = Together(partial(notes.each, name=DM))
        self._openings, self._routes = Openings(), Routes(notes, now)

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Post *message*; see `bot.interfaces.ChatAdapter.send`."""
        if to.kind == "person":
            return await self._sent(to, await self.direct(to), message, key, tried)
        if await self._notes.read(to, _forum(to)):
            return await self._in_forum(to, message, key, tried)
        head, papers = parted(message) if message.folded else (message, None)
        try:
            ref = await self._sent(to, to.id, head, key, tried)
        except _NoTextChannel:
            await self._notes.write(to, {_forum(to): "yes"})
            return await self._in_forum(to, message, key, tried)
        if papers and ref.id:
            await self._below(to, ref, message, papers, key, tried)
        return ref

    async def take_back(self, to: Address, key: str, since: datetime) -> int:
        """Take away all but the first message with *key*, and say how many. Raises SendError."""
        channel = to.id if to.kind == "channel" else await self.direct(to)
        found = [int(one) async for one in marked(self._call, channel, mark_of(key), since, proven=True)]
        for later in sorted(found)[1:]:
            answer = await self._call("DELETE", f"/channels/{channel}/messages/{later}")
            if not answer.good and answer.code != GONE:
                raise error_of(answer)
        return max(len(found) - 1, 0)

    async def direct(self, person: Address) -> str:
        """The channel in which *person* is written to, opened the first time and remembered."""
        known = await self._directs(person)
        if known:
            return known
        wait = self._openings.wait(person.id, self._now())
        if wait > 0:
            raise RateLimited(wait, "address")
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

    async def _sent(
        self, to: Address, channel: str, message: Message, key: str, tried: datetime | None
    ) -> MessageRef:
        """Post it in *channel*, unless it stands there."""
        if tried and self._now() - tried > REMEMBERED:
            proven = to.kind == "person" or key.endswith(_BELOW)
            async with aclosing(marked(self._call, channel, mark_of(key), tried, proven=proven)) as found:
                async for earlier in found:
                    return MessageRef(NAME, channel, earlier)
        once = {"nonce": nonce_of(key), "enforce_nonce": True}

        async def put(written: Post) -> Answer:
            body = {**written.payload, **once}
            return await self._call("POST", f"/channels/{channel}/messages", body, files=written.files)

        return await self._posted(to, channel, await self._put(to, message, key, put))

    async def _put(
        self, to: Address, message: Message, key: str, put: Callable[[Post], Awaitable[Answer]]
    ) -> Answer:
        """Post it with its picture, which is part of the one call; where Discord takes no files, without."""
        found = bars.first(message.blocks)
        picture = await asyncio.to_thread(bars.drawn, found) if found else None
        answer = await put(await self._written(to, message, key, picture))
        if picture and answer.status in NO_FILES:
            answer = await put(await self._written(to, message, key))
        return answer

    async def _written(self, to: Address, message: Message, key: str, picture: File | None = None) -> Post:
        pen = Pen(self._buttons, to if to.kind == "person" else None, MOST_WRITTEN)
        written = post(message, pen, mark=mark_of(key), classic=self._classic, picture=picture)
        await self._notes.write(to, written.notes, until=self._now() + KEPT)
        return written

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
        if answer.code == NO_TEXT_CHANNEL and channel == to.id:
            raise _NoTextChannel
        raise error_of(answer)

    async def _below(
        self,
        to: Address,
        ref: MessageRef,
        message: Message,
        papers: Message,
        key: str,
        tried: datetime | None,
    ) -> None:
        """Put the *papers* into a thread below the post, or into it where no thread may be.

        The post stands already: whatever stops us now, the next try goes on where this one ended.
        """
        try:
            thread = await self._threads.below(ref.channel, ref.id, name_of(message))
            if not thread.good:
                raise error_of(thread)
            await self._sent(to, str(thread.body["id"]), papers, f"{key}{_BELOW}", tried)
            return
        except (Unreachable, Unsayable) as error:
            log.info("no thread below a digest: %s", error)
        except SendError as error:
            raise Unavailable(f"the thread below the post is not there yet: {error}") from error
        whole = await self._written(to, message, key)
        answer = await self._call("PATCH", f"/channels/{ref.channel}/messages/{ref.id}", whole.payload)
        if not answer.good:
            raise Unavailable(f"the post could not be completed: {error_of(answer)}")

    async def _in_forum(self, to: Address, message: Message, key: str, tried: datetime | None) -> MessageRef:
        """Post it as a post of a forum, unless it stands there: Discord knows no nonce for those."""
        if tried:
            async with aclosing(self._threads.posts(to.workspace, to.id, since(tried))) as posts:
                async for first in posts:
                    if not first.good and first.code != GONE:
                        raise unread(error_of(first))
                    if first.good and mark_of(key) in marks(first.body):
                        return MessageRef(NAME, str(first.body["channel_id"]), str(first.body["id"]))

        async def put(written: Post) -> Answer:
            return await self._threads.in_forum(to.id, name_of(message), written.payload, written.files)

        answer = await self._put(to, message, key, put)
        if not answer.good:
            raise error_of(answer)
        return MessageRef(NAME, str(answer.body["id"]), str(answer.body["id"]))


class _NoTextChannel(Exception):  # the fact is the name
    """The channel takes no messages, only posts with a title: a forum."""


def _unopened(answer: Answer) -> Exception:
    error = error_of(answer)
    return NotPosted(str(error)) if isinstance(error, Unavailable) else error


def _forum(to: Address) -> str:
    return f"forum {to.id}"
