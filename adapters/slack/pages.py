"""Messages as posts: the first page of each, and a button that leads to the next."""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from adapters.slack.render import pages, row
from bot.buttons import Buttons
from bot.messages import Action, Message
from bot.models import Address, Now
from bot.notes import Notes

MORE: Final = "rest"
"""What the button that leads to the next page runs; no command of the registry has this name."""

KEPT: Final = timedelta(days=30)


class Stack:
    """Keeps the pages that did not fit, for whoever asks for them."""

    def __init__(self, buttons: Buttons, notes: Notes, now: Now) -> None:
        self._buttons, self._notes, self._now = buttons, notes, now

    async def first(self, message: Message, owner: Address | None, at: Address) -> Sequence[dict[str, Any]]:
        """The blocks to post at *at*, with buttons for *owner* or, with None, for everybody."""
        found = pages(message, lambda action: self._buttons.written(action, owner))
        return await self._leading([page.blocks for page in found], owner, at)

    async def next(self, name: str, owner: Address | None, at: Address) -> Sequence[dict[str, Any]] | None:
        """The blocks of the page kept under *name*, unless it is too old."""
        kept = await self._notes.read(_place(at), name, now=self._now())
        return await self._leading(json.loads(kept), owner, at) if kept else None

    async def _leading(
        self, left: Sequence[Sequence[dict[str, Any]]], owner: Address | None, at: Address
    ) -> Sequence[dict[str, Any]]:
        if len(left) == 1:
            return left[0]
        text = json.dumps(left[1:])
        name = f"rest:{hashlib.blake2b(text.encode(), digest_size=9).hexdigest()}"
        await self._notes.write(_place(at), {name: text}, until=self._now() + KEPT)
        action = Action("Show more", MORE, {"of": name})
        leads = row((action,), lambda action: self._buttons.written(action, owner), iter([9_999]))
        return [*left[0], *leads]


def _place(at: Address) -> Address:
    return Address(at.platform, at.workspace, "", "channel")
