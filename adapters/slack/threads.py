"""Posts whose papers stand in their thread: what goes where, and where the post stands already."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.messages import Card, Message, Paragraph, said
from bot.models import Address, Now
from bot.notes import Notes

KEPT: Final = timedelta(days=30)  # longer than anything is tried again
BELOW: Final = Paragraph(said("The papers are in the thread."))


def parted(message: Message) -> tuple[Message, Message | None]:
    """What of *message* goes into the channel, and what into the thread below it, if anything does."""
    first = next((at for at, block in enumerate(message.blocks) if isinstance(block, Card)), 0)
    if not message.folded or not first:
        return message, None
    head = replace(message, blocks=(*message.blocks[:first], BELOW), folded=False)
    return head, replace(message, blocks=message.blocks[first:], folded=False)


class Heads:
    """Remembers where the head of a thread stands, for whoever tries again to write below it."""

    def __init__(self, notes: Notes, now: Now) -> None:
        self._notes, self._now = notes, now

    async def known(self, to: Address, key: str) -> str:
        """The `ts` of the head that was posted for *key*, or ""."""
        return await self._notes.read(_place(to), f"head:{key}", now=self._now())

    async def keep(self, to: Address, key: str, ts: str) -> None:
        """The head for *key* stands at *ts*."""
        await self._notes.write(_place(to), {f"head:{key}": ts}, until=self._now() + KEPT)


def _place(to: Address) -> Address:
    return Address.whole(to.platform, to.workspace)
