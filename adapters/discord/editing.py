"""Small changes of a post that is there already (pure)."""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.discord.render import IS_COMPONENTS_V2, NOBODY, Payload, label
from bot.messages import Action


def marked_as(message: Mapping[str, Any]) -> int:
    """What the post is found by in the history: it keeps that whatever it shows."""
    components = message.get("components") or ()
    found = int(components[0].get("id") or 0) if components else 0
    return found if found >= 1 << 29 else 0


def relabelled(message: Mapping[str, Any], pressed: str, said: str, written: str) -> Payload:
    """*message* with the button that was *pressed* saying something else, and being written so."""
    components = copy.deepcopy(list(message.get("components") or ()))
    for part in _walked(components):
        for holder, key in (
            (part, "custom_id"),
            *((option, "value") for option in part.get("options") or ()),
        ):
            if holder.get(key) == pressed:
                number = re.match(r"\d+ · ", str(holder.get("label", "")))
                holder["label"] = label(Action(f"{number[0] if number else ''}{said}", "done"))
                holder[key] = pressed[0] + written
    flags = int(message.get("flags") or 0) & IS_COMPONENTS_V2
    return {"components": components, "allowed_mentions": NOBODY} | ({"flags": flags} if flags else {})


def _walked(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in components:
        yield part
        yield from _walked([*(part.get("components") or ()), *filter(None, [part.get("accessory")])])
