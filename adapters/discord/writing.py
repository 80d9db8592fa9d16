"""A message as a post: rendered, with its buttons written, and what has to be kept so that they work (pure)."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from adapters.discord.embeds import render_embeds
from adapters.discord.render import MOST_ALT, Payload, render
from bot.buttons import Pen
from bot.messages import Action, File, Message

PAGE: Final = "/page"
"""What turns the pages of a post: no command is called so."""

_JSON: Final = TypeAdapter(Message)


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent, and notes to keep first: texts of buttons and further pages, by name."""

    payload: Payload
    notes: Mapping[str, str]
    files: Sequence[File] = ()


def post(  # what a post is made of
    message: Message,
    pen: Pen,
    *,
    page: int = 0,
    mark: int = 0,
    classic: bool = False,
    picture: File | None = None,
) -> Post:
    """The page of *message* as a post, in Components V2 or *classic* embeds. *picture* shows its bars."""
    kept: dict[str, str] = {}

    def turn(to: int) -> Action:
        if not kept:
            whole = json.dumps(_JSON.dump_python(message, exclude={"files"}))  # whatever signs a title holds
            kept[_named(whole)] = whole
        return Action("", PAGE, {"of": next(iter(kept)), "page": to})

    draw = render_embeds if classic else render
    payload = draw(message, pen, turn, page=page, mark=mark, pictured=bool(picture))
    files = [picture] if picture else []
    if files:
        named = [
            {"id": at, "filename": one.name, "description": one.alt[:MOST_ALT]}
            for at, one in enumerate(files)
        ]
        payload = {**payload, "attachments": named}
    return Post(payload, pen.long | kept, files)


def reread(kept: str) -> Message | None:
    """The message that was kept for its further pages; None when there is none any more."""
    try:
        return _JSON.validate_python(json.loads(kept)) if kept else None
    except ValueError:
        return None


def nonce_of(key: str) -> str:
    """What Discord knows a delivery by for some minutes: 24 characters of its key's digest."""
    return base64.b32encode(hashlib.blake2b(key.encode(), digest_size=15).digest()).decode().lower()


def mark_of(key: str) -> int:
    """What a delivery's post is found by in the history later: a component's id, which readers do not see."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest()) >> 1 | 1 << 29


def _named(kept: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(kept.encode()).digest()[:15]).decode()
