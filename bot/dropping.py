"""What a person hands to the bot: the link of a paper, or a file with a list of them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from bot.errors import BadArguments, Refused, Unread
from bot.intake import Intake
from bot.interfaces import Storage
from bot.messages import Action, Actions, Heading, Message, Paragraph, said
from bot.models import Address, Digest, Now

MOST_NAMED: Final = 5

ReadLink = Callable[[str], Awaitable[Digest]]
ReadFile = Callable[[bytes], Awaitable[Digest]]


class Dropping:
    """Takes in what people hand over. It lands quietly: everybody can find it, and nobody else is sent it."""

    def __init__(self, storage: Storage, intake: Intake, now: Now, link: ReadLink, file: ReadFile) -> None:
        self._storage, self._intake, self._now = storage, intake, now
        self._link, self._file = link, file

    async def link(self, user: Address, url: str) -> Message:
        """Take in the paper, or the list, at *url*; one paper alone is saved for *user*. Raises UserError."""
        try:
            digest = await self._link(url)
        except Unread as unread:
            raise BadArguments(f"I could not read that link: {unread.reason}.") from None
        except Refused as refused:
            raise BadArguments(f"I found no paper behind that link: {refused.reason}.") from None
        return await self._taken(user, digest)

    async def file(self, user: Address, content: bytes) -> Message:
        """Take in the papers of a file; one paper alone is saved for *user*. Raises UserError."""
        try:
            digest = await self._file(content)
        except Refused as refused:
            raise BadArguments(f"I could not read that file: {refused}.") from None
        return await self._taken(user, digest)

    async def _taken(self, user: Address, digest: Digest) -> Message:
        # Whoever hands over a mail must not decide that the true one of that name never lands.
        landing = await self._intake.land(replace(digest, quiet=True, letter=""))
        ids = await self._storage.papers.standing(digest.papers[:50])
        if not ids:
            raise BadArguments("There is no new paper in it.")
        papers = await self._storage.papers.get(ids)
        await self._storage.shelf.show(user, ids)
        if len(ids) == 1:
            await self._storage.shelf.save(user, ids[0], at=self._now())
            undo = Actions((Action("Undo", "unsave", {"paper": f"#{ids[0]}"}),))
            told = f"“{papers[0].title}” is saved. `saved` lists what you keep."
            return Message(told, (Paragraph(said(told)), undo))
        heading = f"{landing.papers:,} papers, {landing.new:,} of them new"
        lines = [f"{number}. {paper.title}" for number, paper in enumerate(papers[:MOST_NAMED], 1)]
        more = [f"… and {len(papers) - MOST_NAMED} more"] if len(papers) > MOST_NAMED else []
        listed = Paragraph(said("\n".join([*lines, *more, "`save 1` keeps the first one."])))
        return Message(heading, (Heading(heading), listed))
