"""A message to a person or a channel, in one attempt; looked up first when an earlier one may have arrived."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakValueDictionary

from adapters.slack.api import SlackApi
from adapters.slack.directs import Directs
from adapters.slack.errors import TROUBLE, code, sorted_out
from adapters.slack.files import Files
from adapters.slack.pages import Stack
from adapters.slack.render import fallback
from adapters.slack.threads import Heads, parted
from bot import bars
from bot.errors import Disconnected, RateLimited, SendError, Unavailable, Unsayable, Unseen
from bot.messages import Message
from bot.models import Address, MessageRef

log = logging.getLogger(__name__)

EVENT: Final = "paper_digest"  # the type of our metadata
REMEMBERED: Final = 5_000  # posts of this process
SKEW: Final = timedelta(minutes=2)  # between our clock and Slack's
PAGE: Final = 15  # messages: all that some apps get at once
MOST_PAGES: Final = 4

_BLIND: Final = frozenset(
    "missing_scope not_in_channel channel_not_found no_permission not_allowed_token_type".split()
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message goes: to a channel, or into a thread there."""

    to: Address
    channel: str
    thread: str = ""


class Sender:
    """Posts to Slack. The same key is posted once by one process, however often it is asked to."""

    def __init__(self, api: SlackApi, stack: Stack, directs: Directs, heads: Heads, files: Files) -> None:
        self._api, self._stack, self._directs, self._heads = api, stack, directs, heads
        self._files = files
        self._posted: OrderedDict[tuple[Address, str], MessageRef] = OrderedDict()
        self._turns: WeakValueDictionary[tuple[Address, str], asyncio.Lock] = WeakValueDictionary()

    async def send(self, to: Address, message: Message, key: str, tried: datetime | None) -> MessageRef:
        """Post, or give back what was posted before. Raises SendError, see `bot.interfaces.ChatAdapter`."""
        turn = self._turns.setdefault((to, key), asyncio.Lock())
        async with turn:
            if (to, key) not in self._posted:
                spot = Spot(to, await self._directs.channel(to))
                head, below = parted(message) if to.kind == "channel" else (message, None)
                if below:
                    ts = await self._folded(spot, head, below, key, tried)
                else:
                    ts = await self._stands(spot, key, tried) or await self._post(spot, message, key)
                self._posted[to, key] = MessageRef(to.platform, spot.channel, ts)
                while len(self._posted) > REMEMBERED:
                    self._posted.popitem(last=False)
            return self._posted[to, key]

    async def _folded(
        self, spot: Spot, head: Message, below: Message, key: str, tried: datetime | None
    ) -> str:
        """Post a head, and in its thread what stands below it, each once. Raises SendError."""
        ts = await self._heads.known(spot.to, key) or await self._stands(spot, key, tried)
        ts = ts or await self._post(spot, head, key)
        thread, mark = replace(spot, thread=ts), f"{key}/below"
        try:
            await self._heads.keep(spot.to, key, ts)
            if not await self._stands(thread, mark, tried):
                await self._post(thread, below, mark)
        except Unseen:
            raise
        except SendError as error:  # the head stands: whoever tries again has to look
            raise Unavailable(f"the thread of the post could not be written: {error}") from error
        return ts

    async def _stands(self, spot: Spot, key: str, tried: datetime | None) -> str | None:
        """The post of an earlier attempt since *tried*; None when it certainly is not there.

        Slack refuses to show a conversation that we may not read, so a page that comes is a page that can be
        trusted, once it reaches back far enough.
        """
        if tried:
            async for ts in self._marked(spot, key, tried):
                return ts
        return None

    async def take_back(self, to: Address, key: str, since: datetime) -> int:
        """Take away all but the first message with *key*, and say how many. Raises SendError."""
        spot = Spot(to, await self._directs.channel(to))
        found = [ts async for ts in self._marked(spot, key, since)]
        for ts in sorted(found, key=float)[1:]:
            try:
                await self._api.post(to.workspace, "chat.delete", channel=spot.channel, ts=ts)
            except TROUBLE as error:
                if code(error) != "message_not_found":  # somebody has done it
                    raise sorted_out(error) from error
        return max(len(found) - 1, 0)

    async def _marked(self, spot: Spot, key: str, since: datetime) -> AsyncIterator[str]:
        """The messages with *key* in a channel, or in a thread there, a page at a time."""
        asked: dict[str, Any] = {"oldest": f"{(since - SKEW).timestamp():.6f}", "limit": PAGE}
        for _ in range(MOST_PAGES):
            page = await self._history(spot, asked)
            for post in page.get("messages", ()):
                if post.get("metadata", {}).get("event_payload", {}).get("key") == key:
                    yield str(post["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not page.get("has_more") or not cursor:
                return
            asked["cursor"] = cursor
        raise Unseen("more was said there since than we may read back")

    async def _history(self, spot: Spot, asked: dict[str, Any]) -> dict[str, Any]:
        method, where = "conversations.history", {"channel": spot.channel}
        if spot.thread:
            method, where = "conversations.replies", {**where, "ts": spot.thread}
        async with self._directs.routes.open(spot.to, method.rpartition(".")[2]):
            try:
                return await self._api.ask(
                    spot.to.workspace, method, include_all_metadata=True, **where, **asked
                )
            except TROUBLE as error:
                if code(error) in _BLIND:
                    raise Unseen(f"the conversation cannot be read: {code(error)}") from error
                met = sorted_out(error)
                passes = isinstance(met, RateLimited | Disconnected)
                raise (met if passes else Unavailable(f"while looking it up: {met}")) from error

    async def _post(self, spot: Spot, message: Message, key: str) -> str:
        """As it is meant; where Slack refuses that, without its picture, and then without its blocks."""
        owner = spot.to if spot.to.kind == "person" else None
        picture = await self._picture(spot.to.workspace, message)
        for shown in dict.fromkeys((picture, "")):
            blocks = await self._stack.first(message, owner, spot.to, picture=shown)
            try:
                return await self._said(spot, message, key, blocks)
            except Unsayable as refused:
                log.warning("Slack refuses a message, which goes out with less: %s", refused)
        return await self._said(spot, message, key, ())

    async def _picture(self, workspace: str, message: Message) -> str:
        """The file at Slack with the bars of *message*, not shown to anybody yet; "" without."""
        found = bars.first(message.blocks)
        return await self._files.show(workspace, await asyncio.to_thread(bars.drawn, found)) if found else ""

    async def _said(self, spot: Spot, message: Message, key: str, blocks: Sequence[dict[str, Any]]) -> str:
        try:
            answer = await self._api.post(
                spot.to.workspace,
                "chat.postMessage",
                channel=spot.channel,
                text=fallback(message),
                **SAFE,
                **({"blocks": list(blocks)} if blocks else {}),
                **({"thread_ts": spot.thread} if spot.thread else {}),
                metadata={"event_type": EVENT, "event_payload": {"key": key}},
            )
            return str(answer["ts"])
        except SendError:
            raise
        except (*TROUBLE, KeyError) as error:
            raise sorted_out(error) from error


SAFE: Final = {
    "parse": "none",
    "link_names": False,
    "unfurl_links": False,
    "unfurl_media": False,
    "mrkdwn": False,
}
"""So that Slack reads nothing into a text."""
