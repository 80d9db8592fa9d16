"""Messages as posts: the first page of each, and a button that leads to the next."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from adapters.slack.render import MOST_VALUE, pages, row
from bot.buttons import LONG, Buttons, Pen, personal
from bot.messages import Action, Message
from bot.models import Address, Now, Value
from bot.notes import Notes

MORE: Final = "rest"
"""What the button that leads to the next page runs; no command of the registry has this name."""

KEPT: Final = timedelta(days=30)

Blocks = Sequence[dict[str, Any]]


class Stack:
    """Keeps what did not fit, pages and buttons, for whoever asks for it: with the person, or with the workspace."""

    def __init__(self, buttons: Buttons, notes: Notes, now: Now) -> None:
        self._buttons, self._notes, self._now = buttons, notes, now

    async def first(
        self, message: Message, owner: Address | None, at: Address, *, picture: str = ""
    ) -> Blocks:
        """The blocks to post at *at*, with buttons for *owner* or, with None, for everybody; see `pages`."""
        pen = Pen(self._buttons, owner, MOST_VALUE)
        shown = [page.blocks for page in pages(message, pen, picture)]
        return await self._leading(shown, pen, owner or _place(at))

    async def whole(self, message: Message, owner: Address) -> Blocks:
        """All of *message* for *owner*, where there is room for all pages."""
        pen = Pen(self._buttons, owner, MOST_VALUE)
        blocks = [block for page in pages(message, pen) for block in page.blocks]
        await self._keep(owner, pen.long)
        return blocks

    async def next(self, name: str, owner: Address, *, shared: bool) -> Blocks | None:
        """The blocks of the page kept under *name*, unless it is too old; *shared*: it is everybody's."""
        about = _place(owner) if shared else owner
        kept = await self._notes.read(about, name, now=self._now())
        pen = Pen(self._buttons, None if shared else owner, MOST_VALUE)
        return await self._leading(json.loads(kept), pen, about) if kept else None

    async def written(self, action: Action, owner: Address) -> str:
        """*action* as the value of a button of *owner*'s."""
        pen = Pen(self._buttons, owner, MOST_VALUE)
        value = pen(action)
        await self._keep(owner, pen.long)
        return value

    async def read(self, value: str, presser: Address) -> tuple[str, Mapping[str, Value]]:
        """The command and the arguments of a button. Raises NotAllowed, see `bot.buttons`."""
        text = value
        if value.startswith(LONG):
            about = presser if personal(value) else _place(presser)
            text = await self._notes.read(about, value, now=self._now())
        return self._buttons.read(text, presser)

    async def _leading(self, left: Sequence[Blocks], pen: Pen, about: Address) -> Blocks:
        if len(left) == 1:
            await self._keep(about, pen.long)
            return left[0]
        text = json.dumps(left[1:])
        name = f"rest:{hashlib.blake2b(text.encode(), digest_size=9).hexdigest()}"
        leads = list(row((Action("Show more", MORE, {"of": name}),), pen, iter([9_999])))
        await self._keep(about, {**pen.long, name: text})
        return [*left[0], *leads]

    async def _keep(self, about: Address, notes: Mapping[str, str]) -> None:
        if notes:
            await self._notes.write(about, notes, until=self._now() + KEPT)


def _place(at: Address) -> Address:
    return Address.whole(at.platform, at.workspace)
