"""Answers to what people do, by the token of the act: acknowledged at once, put in place when they are ready."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from adapters.discord.acts import Act
from adapters.discord.render import Payload
from adapters.discord.rest import Calling
from adapters.discord.wire import Answer, Json
from bot.errors import NotPosted, RateLimited, SendError, Unavailable
from bot.messages import File

log = logging.getLogger(__name__)

EPHEMERAL: Final = 1 << 6
TRIES: Final = 6
LONGEST_WAIT: Final = 10.0  # seconds: who asked still looks at the screen
ANSWERED: Final = 40060
"""Discord's word for an act that was acknowledged before: by another process, or by us when the answer got lost."""


class Replies:
    """Answers one act after another by *call*."""

    def __init__(self, call: Calling) -> None:
        self._call = call

    async def thinking(self, act: Act) -> bool:
        """Say that an answer for their eyes alone is on its way. False when the act is not ours to answer."""
        return await self.called_back(act, 5, {"flags": EPHEMERAL})

    async def changing(self, act: Act) -> bool:
        """Say that the post which was acted on will change. False when the act is not ours to answer."""
        return await self.called_back(act, 6)

    async def called_back(self, act: Act, kind: int, told: Payload | None = None) -> bool:
        """Make the first answer, which has to come within three seconds. False when the act is not ours."""
        body = {"type": kind, **({"data": told} if told is not None else {})}
        for again in range(3):
            try:
                answer = await self._call(
                    "POST", f"/interactions/{act.id}/{act.token}/callback", body, own=False
                )
            except SendError as error:
                log.info("an act could not be acknowledged: %s", error)
                continue
            if answer.good or (again and answer.code == ANSWERED):
                return True
            if answer.status < 500:
                log.warning("an act is not ours to answer: %s", answer.body)
                return False
        return False

    async def put(self, act: Act, payload: Payload) -> None:
        """Put the answer where it was promised, or in the place of the post."""
        body = {name: value for name, value in payload.items() if name != "nonce"}
        await self._patient("PATCH", f"/webhooks/{act.application}/{act.token}/messages/@original", body)

    async def add(self, act: Act, payload: Payload, files: Sequence[File] = ()) -> None:
        """Answer once more, for their eyes alone."""
        body = {**payload, "flags": payload.get("flags", 0) | EPHEMERAL}
        await self._patient("POST", f"/webhooks/{act.application}/{act.token}", body, files)

    async def _patient(self, method: str, path: str, body: Json, files: Sequence[File] = ()) -> Answer | None:
        """Try until it is done: changing a message twice is changing it once, and adding is not repeated blindly."""
        for again in range(TRIES):
            wait = 0.5 * 2**again
            try:
                answer = await self._call(method, path, body, own=False, files=files)
            except RateLimited as limit:
                wait = min(limit.retry_after, LONGEST_WAIT)
            except NotPosted:
                pass
            except Unavailable:
                if method == "POST":
                    return None
            else:
                if answer.status < 500:
                    self._note(answer)
                    return answer
            await asyncio.sleep(wait)
        log.warning("an answer did not reach Discord: %s %s", method, path.rpartition("/")[2])
        return None

    @staticmethod
    def _note(answer: Answer) -> None:
        if not answer.good:
            log.error("Discord refused an answer: %s %s", answer.status, answer.body)
