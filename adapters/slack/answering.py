"""Answers on Slack: seen by the asker alone, or in the place of the post whose button was pressed."""

import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

import aiohttp

from adapters.slack.api import SlackApi
from adapters.slack.asking import Asker
from adapters.slack.errors import TROUBLE
from adapters.slack.files import Files
from adapters.slack.pages import Stack
from adapters.slack.render import fallback, plain
from adapters.slack.sending import SAFE
from adapters.slack.whispers import Whispers, name_of
from bot.errors import SendError
from bot.messages import Action, File, Message, note

log = logging.getLogger(__name__)

LONGEST_ANSWER: Final = aiohttp.ClientTimeout(total=10)
MOST_TITLE: Final = 24  # characters of a form's title

Blocks = Sequence[Mapping[str, Any]]


class Answers:
    """Shows messages to whoever asked."""

    def __init__(self, api: SlackApi, stack: Stack, whispers: Whispers, files: Files) -> None:
        self._api, self._stack, self._whispers, self._files = api, stack, whispers, files

    async def show(
        self, asker: Asker, message: Message, *, private: bool = True, place: bool = False
    ) -> None:
        """Show *message* to the asker, or with *private* false to all; *place*: where the pressed post stands."""
        owner = asker.user if private else None
        await self.post(
            asker,
            fallback(message),
            await self._stack.first(message, owner, asker.user),
            private=private,
            place=place,
        )
        if message.files:
            await self._attach(asker, message.files, private=private)

    async def rest(self, asker: Asker, name: str, *, shared: bool) -> None:
        """Show the page that was kept under *name*; *shared*: it is everybody's."""
        blocks = await self._stack.next(name, asker.user, shared=shared)
        if blocks is None:
            await self.show(asker, note("That page is too old to be shown. Ask again for it."))
        else:
            await self.post(asker, "The rest", blocks, private=True, place=False)

    async def post(self, asker: Asker, text: str, blocks: Blocks, *, private: bool, place: bool) -> None:
        """Show these blocks, by whatever way is open."""
        if asker.view is not None:
            await self._in_form(asker, text, blocks)
            return
        if place and asker.post and not asker.fleeting and asker.private:
            await self.edit(asker, text, blocks)
            return
        if private and asker.answer_to:
            blocks = await self._whispers.kept(asker.user, text, blocks)
        if not await self._by_address(asker, text, blocks, private=private, place=place and asker.private):
            await self._by_name(asker, text, blocks)

    async def press(self, asker: Asker, pressed: Mapping[str, Any], then: Action) -> bool:
        """Let the pressed button become *then*, where the post is the asker's own and is known."""
        name = name_of(pressed)
        post = asker.post or await self._whispers.read(asker.user, name)
        if not (post and asker.private):
            return False
        value = await self._stack.written(then, asker.user)
        blocks = turned(post.get("blocks", ()), pressed, then, value)
        if blocks is None:
            return False
        text = str(post.get("text") or "")
        if not asker.fleeting:
            return await self.edit(asker, text, blocks)
        if name:
            await self._whispers.write(asker.user, name, {"text": text, "blocks": blocks})
        return await self._by_address(asker, text, blocks, private=True, place=True)

    async def edit(self, asker: Asker, text: str, blocks: Blocks) -> bool:
        """Put these blocks in the place of the asker's post."""
        said = {"text": text, "blocks": list(blocks), "parse": "none", "link_names": False}
        there = {"channel": asker.channel, "ts": (asker.post or {}).get("ts")}
        return await self._called(asker, "chat.update", **there, **said)

    async def _attach(self, asker: Asker, files: Sequence[File], *, private: bool) -> None:
        """Send the files; say where they went when that is elsewhere, and what is in them when they did not."""
        if not private and await self._files.give(asker, files, private=False):
            return
        names = ", ".join(file.name for file in files)
        if not await self._files.give(asker, files, private=True):
            told = "; ".join(f"{file.name}: {file.alt}" if file.alt else file.name for file in files)
            await self.show(asker, note(f"Slack did not take the files ({told}). Try again in a while."))
        elif asker.channel and not asker.private:
            await self.show(asker, note(f"{names}: in your direct messages with me."))

    async def _by_address(
        self, asker: Asker, text: str, blocks: Blocks, *, private: bool, place: bool
    ) -> bool:
        """Whether Slack's address for answers took it; it closes after half an hour, or five answers."""
        if not asker.answer_to.startswith(("https://", "http://")):
            return False
        kind = "ephemeral" if private else "in_channel"
        said = {
            "response_type": kind,
            "replace_original": place,
            "text": text,
            "blocks": list(blocks),
            **SAFE,
            **_beside(asker),
        }
        try:
            async with self._api.session.post(
                asker.answer_to, json=said, timeout=LONGEST_ANSWER, allow_redirects=False
            ) as taken:
                return taken.status == 200
        except TROUBLE:
            return False

    async def _by_name(self, asker: Asker, text: str, blocks: Blocks) -> None:
        said = {"text": text, "blocks": list(blocks), **SAFE}
        there = asker.channel or asker.user.id
        if asker.place.kind == "channel" and await self._called(
            asker, "chat.postEphemeral", channel=there, user=asker.user.id, **said, **_beside(asker)
        ):
            return
        if not await self._called(asker, "chat.postMessage", channel=asker.user.id, **said):
            log.warning("an answer could not be shown", extra={"workspace": asker.user.workspace})

    async def _in_form(self, asker: Asker, text: str, blocks: Blocks) -> None:
        """The App Home is no place for answers: they open over it."""
        view = {
            "type": "modal",
            "title": plain("Paper digest", MOST_TITLE),
            "close": plain("Close", MOST_TITLE),
            "blocks": list(blocks),
        }
        inside = (asker.view or {}).get("type") == "modal"
        method = "views.push" if inside else "views.open"
        if not (asker.trigger and await self._called(asker, method, trigger_id=asker.trigger, view=view)):
            await self._by_name(asker, text, blocks)

    async def _called(self, asker: Asker, method: str, **given: object) -> bool:
        try:
            await self._api.post(asker.user.workspace, method, **given)
        except (*TROUBLE, SendError) as error:
            log.info("%s did not work: %s", method, type(error).__name__)
            return False
        return True


def _beside(asker: Asker) -> Mapping[str, str]:
    """An answer to what stands in a thread stands there too."""
    return {"thread_ts": asker.thread} if asker.thread else {}


def turned(
    blocks: Blocks, pressed: Mapping[str, Any], then: Action, value: str
) -> list[dict[str, Any]] | None:
    """*blocks* with the pressed button turned into *then*, or None where it is not among them."""
    found = deepcopy([dict(block) for block in blocks])
    for block in found:
        for element in block.get("elements", ()) if block.get("type") == "actions" else ():
            alike = all(element.get(name) == pressed.get(name) for name in ("action_id", "value"))
            if alike and pressed.get("block_id") in (None, block.get("block_id")):
                element["text"], element["value"] = plain(then.label, 75), value
                return found
    return None
