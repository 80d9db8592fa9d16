"""Cards below the links of papers that people post, where an admin wants them."""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from adapters.slack.api import SlackApi
from adapters.slack.errors import TROUBLE, code
from adapters.slack.pages import Stack
from bot.cards import cards, name
from bot.errors import SendError
from bot.interfaces import Storage
from bot.messages import Message
from bot.models import Address, Paper
from bot.notes import UNFURL
from bot.ranking import Ranked

log = logging.getLogger(__name__)

MOST: Final = 5  # links of one message
ROOM: Final = 1_000  # characters of a card
_ARXIV: Final = re.compile(
    r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/(?P<id>\d{4}\.\d{4,5})(?!\d)", re.IGNORECASE
)


class Unfurls:
    """Shows what has landed of a paper below its link."""

    def __init__(self, api: SlackApi, storage: Storage, stack: Stack) -> None:
        self._api, self._storage, self._stack = api, storage, stack

    async def linked(self, place: Address, event: Mapping[str, Any]) -> None:
        """Put cards below the links that *event* tells of, if they are wanted in the workspace *place*."""
        if await self._storage.notes.read(place, UNFURL) != "on":
            return
        found = {}
        for link in (event.get("links") or ())[:MOST]:
            if paper := await self._paper(str(link.get("url") or "")):
                found[str(link["url"])] = {"blocks": list(await self._card(paper, place))}
        if found:
            await self._show(place, event, found)

    async def _paper(self, url: str) -> Paper | None:
        known = _ARXIV.match(url)
        papers = await self._storage.papers.find(known["id"]) if known else ()
        return next((paper for paper in papers if known and paper.arxiv_id == known["id"]), None)

    async def _card(self, paper: Paper, place: Address) -> list[dict[str, Any]]:
        [card] = cards([Ranked(paper, 0.0, ())], ROOM, personal=False)
        shown = replace(card, number=None)
        return list(await self._stack.first(Message(name(paper), (shown,)), None, place))

    async def _show(self, place: Address, event: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        where = {"channel": event.get("channel"), "ts": event.get("message_ts")}
        if event.get("unfurl_id") and event.get("source"):
            where = {"unfurl_id": event["unfurl_id"], "source": event["source"]}
        try:
            await self._api.post(place.workspace, "chat.unfurl", unfurls=found, **where)
        except (*TROUBLE, SendError) as error:
            log.info("a link got no card: %s", code(error) or type(error).__name__)
