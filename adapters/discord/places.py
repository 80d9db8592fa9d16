"""Channels that admins name: whether they are the server's own, and what the bot is missing there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from adapters.discord.acts import Act
from adapters.discord.permissions import allowed, missing
from adapters.discord.rest import Calling
from bot.errors import SendError

_ID: Final = re.compile(r"[0-9]{15,20}")


@dataclass(frozen=True, slots=True)
class Places:
    """Asks Discord by *call*."""

    call: Calling

    async def refused(self, act: Act) -> str:
        """Why the channel that *act* names cannot be meant; "" when it can, or when it names none."""
        channel = channel_of(act)
        if not channel or channel in act.resolved:
            return ""
        try:
            answer = await self.call("GET", f"/channels/{channel}")
        except SendError:
            return "Discord does not answer whether that channel is on this server. Try again in a minute."
        if not answer.good:
            return "I cannot see that channel. Let me view it: channel settings → Permissions."
        here = str(answer.body.get("guild_id") or "") == act.place.workspace
        return "" if here else "That channel is not on this server."

    async def missing(self, act: Act) -> Sequence[str]:
        """What the bot may not do in the channel that *act* names, as Discord's settings call it."""
        try:
            return await lacking(self.call, act.application, act.place.workspace, channel_of(act)) or ()
        except SendError:
            return ()  # the doctor looks again


def channel_of(act: Act) -> str:
    """The id of the channel that *act* names, on a server; else ""."""
    found = _ID.search(str(act.arguments.get("channel", "")))
    return found[0] if found and act.place.kind == "channel" else ""


async def lacking(call: Calling, me: str, guild: str, channel: str) -> Sequence[str] | None:
    """What *me* is missing in the channel; None where Discord does not tell. Raises SendError."""
    about = await call("GET", f"/channels/{channel}")
    member = await call("GET", f"/guilds/{guild}/members/{me}")
    roles = await call("GET", f"/guilds/{guild}/roles")
    if not (about.good and member.good and roles.good):
        return None
    every = {str(role["id"]): int(role["permissions"]) for role in roles.body}
    mine = map(str, member.body.get("roles") or ())
    may = allowed(every, mine, about.body.get("permission_overwrites") or (), me, guild)
    return missing(may)
