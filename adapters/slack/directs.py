"""Direct messages: the channel in which each person is written to, opened once and remembered."""

from datetime import timedelta
from typing import Final

from adapters.routes import Routes
from adapters.slack.api import SlackApi
from adapters.slack.errors import TROUBLE, sorted_out
from bot.errors import NotPosted, Unavailable
from bot.models import Address, Now
from bot.notes import Notes

KEPT: Final = timedelta(days=365)  # a direct message's channel stays what it is


class Directs:
    """Where people are written to."""

    def __init__(self, api: SlackApi, notes: Notes, now: Now) -> None:
        self._api, self._notes, self._now = api, notes, now
        self.routes = Routes(notes, now)

    async def channel(self, to: Address) -> str:
        """The channel of *to*, a person or a channel. Raises SendError: nothing was posted."""
        if to.kind == "channel":
            return to.id
        if known := await self._notes.read(to, "dm", now=self._now()):
            return known
        async with self.routes.open(to, "opening"):
            try:
                answer = await self._api.post(to.workspace, "conversations.open", users=to.id)
                channel = str(answer["channel"]["id"])
            except (*TROUBLE, KeyError) as error:
                met = sorted_out(error)
                raise (NotPosted(str(met)) if isinstance(met, Unavailable) else met) from error
        await self._notes.write(to, {"dm": channel}, until=self._now() + KEPT)
        return channel
