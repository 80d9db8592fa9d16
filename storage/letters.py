"""A message as JSON and back: each block says of what kind it is, so that none is taken for another."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from pydantic import TypeAdapter

from bot.messages import Block, Message

_KINDS: Final = {kind.__name__.lower(): TypeAdapter[Block](kind) for kind in get_args(Block)}


def written(message: Message) -> dict[str, Any]:
    """*message* as JSON can hold it."""
    kinds = [(type(block).__name__.lower(), block) for block in message.blocks]
    blocks = [{"kind": kind, **_KINDS[kind].dump_python(block)} for kind, block in kinds]
    return {"summary": message.summary, "blocks": blocks, **({"folded": True} if message.folded else {})}


def read(letter: Mapping[str, Any]) -> Message:
    """The message that was `written`. Raises ValueError when it is none, or of a kind nobody knows any more."""
    try:
        blocks = tuple(_block(**block) for block in letter["blocks"])
        return Message(letter["summary"], blocks, folded=bool(letter.get("folded")))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a message: {error!r}") from error


def _block(kind: str, **fields: object) -> Block:
    return _KINDS[kind].validate_python(fields)
