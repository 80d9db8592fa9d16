"""From what somebody did to what they see: commands, buttons, pages, forms and suggestions."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from adapters.discord.acts import Act
from adapters.discord.declaring import WRITE
from adapters.discord.editing import marked_as, relabelled
from adapters.discord.forms import FORM, form
from adapters.discord.places import Places
from adapters.discord.render import IS_COMPONENTS_V2, MOST_WRITTEN, NOBODY
from adapters.discord.replying import Replies
from adapters.discord.sending import DM, KEPT, Sender
from adapters.discord.suggesting import suggested
from adapters.discord.writing import PAGE, post, reread
from adapters.typed import read
from bot.buttons import LONG, Buttons, Pen, command_of, personal
from bot.errors import NotAllowed, SendError, UserError
from bot.interfaces import Dispatch, Storage
from bot.messages import Action, Actions, Message, Paragraph, refusal, said
from bot.models import Address, Invocation, Now, Value
from bot.registry import CommandRegistry

log = logging.getLogger(__name__)

IN_TIME: Final = 2.0  # seconds for what has to be known before the first answer, which is due after three
ADDING: Final = "admin channel add"
_BEGIN: Final = frozenset({"follow", "start", "join"})  # whoever does that will be written to
_OLD: Final = refusal("That button is too old. `help` lists what you can do instead.")


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers every act with what *dispatch* says."""

    commands: CommandRegistry
    dispatch: Dispatch
    replies: Replies
    sender: Sender
    buttons: Buttons
    storage: Storage
    now: Now
    places: Places
    classic: bool = False

    async def __call__(self, act: Act) -> None:
        """Acknowledge *act* at once, and answer it."""
        match act.kind:
            case "suggest":
                await self._suggest(act)
            case "press":
                await self._pressed(act)
            case "form":
                await self._filled(act)
            case _ if act.command == WRITE:
                await self.replies.called_back(act, 9, form(""))
            case _:
                if await self.replies.thinking(act):
                    await self._put(act, await self._given(act))
                    await self._met(act)

    async def _given(self, act: Act) -> Message:
        """What a command answers. Discord may still show one that an earlier version had."""
        command, arguments = act.command, act.arguments
        if refused := await self.places.refused(act):
            return refusal(refused)
        if command not in self.commands:
            try:
                command, arguments = read(command, self.commands)
            except UserError as mistake:
                return refusal(str(mistake))
        message = await self._run(act, command, arguments)
        if command != ADDING or message.refusal or not (lacks := await self.places.missing(act)):
            return message
        told = f"I may not do everything there yet. Allow me: {', '.join(lacks)} (channel settings → Permissions)."
        return replace(message, blocks=(*message.blocks, Paragraph(said(told))))

    async def _run(self, act: Act, command: str, arguments: Mapping[str, Value]) -> Message:
        return await self.dispatch(
            Invocation(command, act.user, act.place, arguments, id=act.id, admin=act.admin, roles=act.roles)
        )

    async def _suggest(self, act: Act) -> None:
        try:
            async with asyncio.timeout(IN_TIME):
                found = await suggested(act, self.commands, self.storage)
        except Exception:  # nothing suggested is better than nothing typed
            log.warning("nothing could be suggested", exc_info=True)
            found = []
        choices = [{"name": shown, "value": taken} for shown, taken in found]
        await self.replies.called_back(act, 8, {"choices": choices})

    async def _pressed(self, act: Act) -> None:
        text = act.pressed[1:]
        command = command_of(text)
        if command == FORM:
            await self._open_form(act, text)
        elif personal(text) and command == PAGE:
            await self._turned(act, text)
        elif personal(text) and command in self.commands and self.commands[command].in_place:
            await self._replaced(act, text)
        elif personal(text) and command in self.commands and self.commands[command].done:
            await self._done(act, text)
        elif await self.replies.changing(act):  # the post stays as it is, and the answer is another
            message, page = await self._answer(act, text)
            await self._add(act, message, page=page)

    async def _answer(self, act: Act, text: str) -> tuple[Message, int]:
        """What a button answers, and the page of it that is asked for."""
        read = await self._read(act, text)
        if isinstance(read, Message):
            return read, 0
        command, arguments = read
        if command == PAGE:
            kept = await self.storage.notes.read(_about(act, text), str(arguments["of"]))
            return reread(kept) or _OLD, int(arguments["page"])
        return await self._run(act, command, arguments), 0

    async def _read(self, act: Act, text: str) -> tuple[str, Mapping[str, Value]] | Message:
        """The command and arguments of a button, or why it does not work."""
        if text.startswith(LONG):
            text = await self.storage.notes.read(_about(act, text), text)
        try:
            return self.buttons.read(text, act.user) if text else _OLD
        except NotAllowed as mistake:
            return refusal(str(mistake))

    async def _turned(self, act: Act, text: str) -> None:
        if await self.replies.changing(act):
            message, page = await self._answer(act, text)
            if message.refusal:
                await self._add(act, message)
            else:
                await self._put(act, message, page=page)

    async def _replaced(self, act: Act, text: str) -> None:
        if await self.replies.changing(act):
            message, _ = await self._answer(act, text)
            await (self._add if message.refusal else self._put)(act, message)

    async def _done(self, act: Act, text: str) -> None:
        """The button tells that it was done, and takes it back when it is pressed again."""
        if not await self.replies.changing(act):
            return
        read = await self._read(act, text)
        message = read if isinstance(read, Message) else await self._run(act, *read)
        if message.refusal or isinstance(read, Message):
            await self._add(act, message)
            return
        command = self.commands[read[0]]
        pen = Pen(self.buttons, act.user, MOST_WRITTEN)
        written = pen(Action(command.done, command.undo, read[1]))
        await self.storage.notes.write(act.user, pen.long, until=self.now() + KEPT)
        await self.replies.put(act, relabelled(act.message, act.pressed, command.done, written))

    async def _open_form(self, act: Act, text: str) -> None:
        try:
            async with asyncio.timeout(IN_TIME):
                read = await self._read(act, text)
        except TimeoutError:
            read = _OLD
        if not isinstance(read, Message):
            await self.replies.called_back(act, 9, form(str(read[1].get("term", ""))))
        elif await self.replies.changing(act):
            await self._add(act, read)

    async def _filled(self, act: Act) -> None:
        """A form: what the term would have found, with a button that opens the form again."""
        ours = bool(act.message.get("flags", 0) & 64)  # the answer to the form before: it changes in place
        if await (self.replies.changing if ours else self.replies.thinking)(act):
            message = await self._run(act, "try", act.arguments)
            edit = Actions((Action("Edit", FORM, dict(act.arguments)),))
            await self._put(act, replace(message, blocks=(*message.blocks, edit)))

    async def _put(self, act: Act, message: Message, *, page: int = 0) -> None:
        there = act.message  # what is there keeps its kind: Discord changes none into the other
        classic = not int(there.get("flags") or 0) & IS_COMPONENTS_V2 if there else self.classic
        pen = Pen(self.buttons, act.user, MOST_WRITTEN)
        written = post(message, pen, page=page, mark=marked_as(there), classic=classic)
        await self.storage.notes.write(act.user, written.notes, until=self.now() + KEPT)
        await self.replies.put(act, written.payload)
        await self._hand_over(act, message)

    async def _add(self, act: Act, message: Message, *, page: int = 0) -> None:
        written = post(message, Pen(self.buttons, act.user, MOST_WRITTEN), page=page, classic=self.classic)
        await self.storage.notes.write(act.user, written.notes, until=self.now() + KEPT)
        await self.replies.add(act, written.payload)
        await self._hand_over(act, message)

    async def _hand_over(self, act: Act, message: Message) -> None:
        if message.files:
            told = ". ".join(filter(None, (file.alt for file in message.files))) or message.summary
            await self.replies.add(act, {"content": told[:1_900], "allowed_mentions": NOBODY}, message.files)

    async def _met(self, act: Act) -> None:
        """Open the conversation with who begins to follow, one by one as they come."""
        if act.command not in _BEGIN:
            return
        try:
            if act.direct:
                await self.storage.notes.write(act.user, {DM: act.direct})
            else:
                await self.sender.direct(act.user)
        except SendError as error:
            log.info("a conversation could not be opened yet: %s", error)


def _about(act: Act, text: str) -> Address:
    """Whose notes hold what a button needs."""
    return act.user if personal(text) else act.place
