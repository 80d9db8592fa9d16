"""Posts that one person sees for a while. Slack does not tell what stands on them, so it is kept here."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from bot.models import Address, Now
from bot.notes import Notes

KEPT: Final = timedelta(days=1)  # such a post is gone when Slack is opened again


class Whispers:
    """Remembers such posts by the names of their rows of buttons."""

    def __init__(self, notes: Notes, now: Now) -> None:
        self._notes, self._now = notes, now

    async def kept(self, owner: Address, text: str, blocks: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """*blocks* with names on their rows of buttons, by which they are known again; without buttons, as they are."""
        if not any(block.get("type") == "actions" for block in blocks):
            return blocks
        name = f"whisper:{secrets.token_hex(8)}"
        named = [
            {**block, "block_id": f"{name}:{number}"} if block.get("type") == "actions" else block
            for number, block in enumerate(blocks)
        ]
        await self.write(owner, name, {"text": text, "blocks": named})
        return named

    async def write(self, owner: Address, name: str, post: Mapping[str, Any]) -> None:
        """Keep what stands on the post of this name now."""
        await self._notes.write(owner, {name: json.dumps(post)}, until=self._now() + KEPT)

    async def read(self, owner: Address, name: str) -> Mapping[str, Any] | None:
        """What stands on the post of this name; None where nobody knows any more."""
        kept = await self._notes.read(owner, name, now=self._now()) if name else ""
        found: Mapping[str, Any] | None = json.loads(kept) if kept else None
        return found


def name_of(pressed: Mapping[str, Any]) -> str:
    """The name of the post on which the pressed button stands, or ""."""
    name, _, number = str(pressed.get("block_id") or "").rpartition(":")
    return name if name.startswith("whisper:") and number.isdecimal() else ""
