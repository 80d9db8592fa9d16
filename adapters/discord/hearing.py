"""What people write to the bot in their conversation is answered: links and files of papers, and commands."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from adapters.discord.attachments import Attachments
from adapters.discord.heard import Heard
from adapters.discord.render import MOST_WRITTEN, NOBODY, Payload
from adapters.discord.rest import Calling
from adapters.discord.sending import KEPT
from adapters.discord.writing import nonce_of, post
from adapters.handed import MOST_FILES
from adapters.typed import heard as meant
from bot.buttons import Buttons, Pen
from bot.errors import NotPosted, RateLimited, SendError, Unavailable, UserError
from bot.interfaces import Dispatch
from bot.messages import File, Message, marked, refusal
from bot.models import Invocation, Now
from bot.notes import Notes
from bot.registry import CommandRegistry

log = logging.getLogger(__name__)

TRIES: Final = 4
LONGEST_WAIT: Final = 10.0  # seconds: who wrote still looks at the screen


@dataclass(frozen=True, slots=True)
class Hearing:
    """Answers in the conversation: what *dispatch* says to what is typed, and what was in a file."""

    commands: CommandRegistry
    dispatch: Dispatch
    call: Calling
    buttons: Buttons
    notes: Notes
    now: Now
    attachments: Attachments
    classic: bool = False

    async def __call__(self, heard: Heard) -> None:
        """Answer what was written; of many files the first few."""
        await self._typing(heard)
        for told in heard.files[:MOST_FILES]:
            await self._say(heard, str(told.get("id")), await self.attachments.taken(heard.user, told))
        if not heard.files:
            await self._say(heard, "", await self._answer(heard))

    async def _answer(self, heard: Heard) -> Message:
        try:
            command, arguments = meant(heard.text, self.commands)
        except UserError as mistake:
            return refusal(*marked(str(mistake)))
        return await self.dispatch(Invocation(command, heard.user, heard.user, arguments, id=heard.id))

    async def _typing(self, heard: Heard) -> None:
        """Show that an answer is on its way: reading what is behind a link takes a while."""
        try:
            await self.call("POST", f"/channels/{heard.channel}/typing")
        except SendError as error:
            log.info("nobody sees that an answer is on its way: %s", error)

    async def _say(self, heard: Heard, which: str, message: Message) -> None:
        written = post(message, Pen(self.buttons, heard.user, MOST_WRITTEN), classic=self.classic)
        await self.notes.write(heard.user, written.notes, until=self.now() + KEPT)
        await self._post(heard, f"{heard.id} {which}", written.payload)
        if message.files:
            told = ". ".join(filter(None, (file.alt for file in message.files))) or message.summary
            payload = {"content": told[:1_900], "allowed_mentions": NOBODY}
            await self._post(heard, f"{heard.id} {which} files", payload, message.files)

    async def _post(self, heard: Heard, key: str, payload: Payload, files: Sequence[File] = ()) -> None:
        """Post it, once: what may stand there already is known by its key."""
        body = {**payload, "nonce": nonce_of(key), "enforce_nonce": True}
        for again in range(TRIES):
            wait = 0.5 * 2**again
            try:
                answer = await self.call("POST", f"/channels/{heard.channel}/messages", body, files=files)
            except RateLimited as limit:
                wait = min(limit.retry_after, LONGEST_WAIT)
            except (NotPosted, Unavailable):
                pass
            else:
                if not answer.good:
                    log.error("Discord refused an answer: %s %s", answer.status, answer.body)
                return
            await asyncio.sleep(wait)
        log.warning("an answer did not reach Discord")
