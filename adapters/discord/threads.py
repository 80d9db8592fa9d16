"""A channel's digest where its admins want the papers apart: in a thread below the post, or as a post of a forum."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.discord.rest import Calling
from adapters.discord.wire import Answer
from bot.messages import Actions, Block, Card, Divider, File, Heading, Message, Paragraph, Text, bold, said

NO_TEXT_CHANNEL: Final = 50008  # Discord's answer to a message for a forum
THERE_ALREADY: Final = 160004  # there is a thread below this message
LONGEST_NAME: Final = 100
MOST_LOOKED_AT: Final = 25  # posts of a forum, the newest first
_NAMES: Final = 90  # characters of a title in the list


def parted(message: Message) -> tuple[Message, Message]:
    """What stands in the channel, and what stands in the thread below it (pure)."""
    blocks = message.blocks
    first = next((at for at, block in enumerate(blocks) if isinstance(block, Card | Actions)), len(blocks))
    listed = tuple(_titles(blocks[first:]))
    head = replace(message, blocks=(*blocks[:first], *listed), folded=False)
    return head, replace(message, blocks=blocks[first:] or blocks, folded=False)


def name_of(message: Message) -> str:
    """What a thread with this message is called (pure)."""
    heading = next((block.text for block in message.blocks if isinstance(block, Heading)), message.summary)
    text = " ".join(heading.split()) or "Papers"
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _titles(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    for block in blocks:
        match block:
            case Card(title=title, number=number, url=url):
                yield Paragraph((*_numbered(number), *_linked(title, url)))
            case Paragraph():
                yield block
            case Heading() | Divider() | Actions():
                pass


def _numbered(number: int | None) -> Text:
    return said(bold(f"{number}. ")) if number is not None else ()


def _linked(title: Text, url: str) -> Text:
    shown = "".join(span.text for span in title)
    short = shown if len(shown) <= _NAMES else f"{shown[: _NAMES - 1]}…"
    return tuple(replace(span, url=url) for span in said(short))


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads and forum posts, opened and found by *call*."""

    call: Calling

    async def below(self, channel: str, post: str, name: str) -> Answer:
        """A thread below *post*; that there is one already is as good."""
        answer = await self.call("POST", f"/channels/{channel}/messages/{post}/threads", {"name": name})
        if answer.code == THERE_ALREADY:  # such a thread has the id of its post
            return await self._started(channel, post)
        return answer

    async def in_forum(
        self, forum: str, name: str, payload: Mapping[str, Any], files: Sequence[File] = ()
    ) -> Answer:
        """A new post in *forum*."""
        body = {key: value for key, value in payload.items() if key not in {"nonce", "enforce_nonce"}}
        return await self.call(
            "POST", f"/channels/{forum}/threads", {"name": name, "message": body}, files=files
        )

    async def posts(self, guild: str, forum: str, oldest: int) -> AsyncGenerator[Answer, None]:
        """The first messages of the forum's posts since the id *oldest*, the newest first; or why there are none."""
        answer = await self.call("GET", f"/guilds/{guild}/threads/active")
        if not answer.good:
            yield answer
            return
        ids = [int(one["id"]) for one in answer.body["threads"] if str(one.get("parent_id")) == forum]
        for id_ in sorted((one for one in ids if one >= oldest), reverse=True)[:MOST_LOOKED_AT]:
            yield await self.call("GET", f"/channels/{id_}/messages/{id_}")

    async def _started(self, channel: str, post: str) -> Answer:
        answer = await self.call("GET", f"/channels/{channel}/messages/{post}")
        thread = answer.body.get("thread") if answer.good else None
        return Answer(200, thread or {"id": post}) if answer.good else answer
