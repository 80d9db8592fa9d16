"""What readers would get, drawn as each platform shows it: with the readers of the demo, or one's own interests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from adapters import preview as drawing
from adapters.console import render as printed
from adapters.discord.render import MOST_WRITTEN
from adapters.discord.writing import post
from adapters.preview import Asked, Drawn, Frame, Preview
from adapters.slack.render import pages
from adapters.typed import read
from bot.app import IN_MEMORY, App, read_digest
from bot.buttons import Buttons, Pen
from bot.commands import commands
from bot.errors import UserError
from bot.landed import Landed, digest_of
from bot.messages import Message, marked, note
from bot.models import Address, Invocation, Landing, Now
from bot.sample import READERS, address

__all__ = ["YOU", "Asked", "Gallery", "drawn", "follow", "gallery", "show"]

YOU: Final = "You"
_BUTTONS: Final = Buttons((b"a preview's buttons cannot be pressed",))


class Gallery:
    """What each reader gets of a digest that has landed in *app*, drawn."""

    def __init__(self, app: App, landing: Landing) -> None:
        self._app, self._landing = app, landing
        self._followed = dict(READERS)
        self._turn = asyncio.Lock()  # what you follow is exchanged whole

    async def page(self, asked: Asked) -> str:
        """The page that is asked for; somebody unknown is the first of the readers."""
        known = (*READERS, YOU)
        asked = asked if asked.reader in known else replace(asked, reader=known[0])
        async with self._turn:
            if asked.reader == YOU and asked.follow != self._followed.get(YOU, ""):
                mistake = await self._exchange(asked.follow)
            else:
                mistake = None
            message = mistake or await self.message(asked.reader, asked.say)
        frame = Frame(
            known, asked.reader, self._told(asked.reader), _places(asked.reader), asked.reader == YOU
        )
        return await asyncio.to_thread(
            lambda: drawing.page(asked, frame, drawn(message, address(asked.reader)))
        )

    async def message(self, reader: str, say: str = "") -> Message:
        """The digest for *reader*, or the answer to what they *say*."""
        whose = address(reader)
        landed = await Landed.of(self._app.storage, self._landing.digest)
        if landed is None:
            return note("Nothing new has landed.")
        digest = await digest_of(self._app.storage, landed, whose)  # `why 1` is said of what one has seen
        return await self._answer(whose, say) if say.strip() else digest

    async def _answer(self, whose: Address, line: str) -> Message:
        user = replace(whose, kind="person")
        try:
            command, arguments = read(line, commands)
        except UserError as mistake:
            return note(*marked(str(mistake)))
        return await self._app.dispatch(Invocation(command, user, whose, arguments, admin=True))

    async def _exchange(self, terms: str) -> Message | None:
        """Let you follow *terms* and nothing else; what is wrong with them, if anything."""
        you, people = address(YOU), self._app.storage.people
        for interest in await people.interests(you):
            await people.unfollow(you, interest.normal)
        self._followed[YOU] = terms
        if not terms.strip():
            return None
        answer = await self._app.dispatch(Invocation("follow", you, you, {"term": terms}))
        return answer if answer.refusal else None

    def _told(self, reader: str) -> str:
        terms = self._followed.get(reader, "")
        return f"{reader} follow{'s' * (reader != YOU)} {terms or 'nothing yet'}"


@asynccontextmanager
async def gallery(file: Path | None, now: Now | None = None) -> AsyncIterator[Gallery]:
    """A digest landed for the readers of the demo, in a database that is gone afterwards. Raises Refused."""
    async with App.open(IN_MEMORY, *([now] if now else [])) as app:
        await follow(app, READERS)
        yield Gallery(app, await app.intake.land(await read_digest(file)))


async def follow(app: App, readers: Mapping[str, str]) -> None:
    """Let each of *readers* follow their terms."""
    for name, terms in readers.items():
        await app.storage.people.reader(address(name))
        if terms:
            await app.dispatch(Invocation("follow", address(name), address(name), {"term": terms}))


def drawn(message: Message, whose: Address) -> Drawn:
    """*message* to *whose* as HTML, from what each platform is sent."""
    owner = whose if whose.kind == "person" else None
    blocks = pages(message, lambda action: _BUTTONS.written(action, owner))[0].blocks
    payload = post(message, Pen(_BUTTONS, owner, MOST_WRITTEN)).payload
    return drawing.drawn(blocks, payload, printed(message), message.files)


async def show(file: Path | None, first: Asked, port: int, opened: Callable[[str], None]) -> None:
    """Serve the pages until cancelled, and tell *opened* where. Raises Refused, OSError."""
    async with gallery(file) as found:
        await Preview(found.page, first, port).run(opened)


def _places(reader: str) -> Mapping[str, str]:
    channel = reader.startswith("#")
    return {
        "slack": f"# {reader[1:]}" if channel else "digestbot",
        "discord": f"# {reader[1:]}" if channel else "@ digestbot",
        "terminal": "digestbot chat",
    }
