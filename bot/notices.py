"""What admins are told of their sources, once: in their own conversation, or else in the workspace's channel."""

import logging
from collections.abc import Sequence
from typing import Final

from bot.interfaces import Storage
from bot.logs import redacted
from bot.messages import Action, Actions, Message, Paragraph, bold, code, plain, said
from bot.models import Address, Now
from bot.owed import saying
from bot.sources import EVERYWHERE, Source
from bot.summary import shortened

log = logging.getLogger(__name__)

ACTS: Final = 500  # acts back that somebody is remembered as an admin
MOST_TOLD: Final = 5  # admins, those who did something last before others


class Notices:
    """Brings word of a source's trouble to those who look after it, and word that it is over."""

    def __init__(self, storage: Storage, now: Now) -> None:
        self._storage, self._now = storage, now

    async def __call__(self, source: Source, trouble: str) -> None:
        """Owe them *trouble*, "" that it is over. Once a day for each kind of trouble, however often it is called."""
        kind = trouble.partition(":")[0]
        log.warning("source %s: %s", source.name, trouble or "it is well again")
        slot = f"source {source.id} {kind or 'well'} {self._now().date()}"
        message = _message(source, trouble)
        await self._storage.outbox.owe(
            [saying(message, to, slot, self._now()) for to in await self._looking_after(source)]
        )

    async def _looking_after(self, source: Source) -> Sequence[Address]:
        """Those who have administered sources there, else anything; else the first channel that can be posted to.

        Admins who read nothing here come last: whoever is posted to is a reader from then on.
        """
        platform, workspace = source.place if source.place != EVERYWHERE else ("console", "")
        acts = [act for act in await self._storage.audit.acts(platform, workspace, ACTS) if act.allowed]
        sourcing = [act for act in acts if act.command.startswith("admin source")]
        people = list(dict.fromkeys(act.person for act in sourcing or acts if act.person))
        # On some platforms a person is the same in every workspace, and belongs to none.
        homes = [Address(platform, home, one) for one in people for home in dict.fromkeys((workspace, ""))]
        known = {one.address: one for one in await self._storage.people.known(homes)}
        if found := [home for home in homes if home in known and not known[home].closed]:
            return found[:MOST_TOLD]
        readers = await self._storage.workspaces.readers(platform, workspace)
        channels = [one.address for one in readers if one.address.kind == "channel" and not one.closed]
        strangers = [Address(platform, workspace, one) for one in people]
        return channels[:1] or [one for one in strangers if one not in known][:MOST_TOLD]


def _message(source: Source, trouble: str) -> Message:
    """What is wrong, and what can be done."""
    kind, _, told = redacted(trouble).partition(": ")
    texts = {
        "failing": said(f" fails: {shortened(told, 300).rstrip('.')}. It goes on being tried."),
        "emptied by filters": said(
            f" brings nothing: {shortened(told, 300)}. Is what it is limited to written right?"
        ),
        "silent": said(f" is silent: {shortened(told, 300)}."),
    }
    text = said("The source ", bold(source.name), *texts.get(kind, said(" is well again.")))
    if not trouble:
        return Message(plain(text), (Paragraph(text),))
    more = said(code("admin source health"), " shows how reading goes.")
    again = Action("Read it now", "admin source read", {"name": source.name})
    return Message(plain(text), (Paragraph(text), Paragraph(more), Actions((again,))))
