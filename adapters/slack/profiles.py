"""What Slack knows of people and channels: who may administer, where they live, what a channel is called."""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.slack.api import SlackApi
from adapters.slack.errors import TROUBLE, code
from bot.errors import SendError
from bot.models import Address, Now

log = logging.getLogger(__name__)

FRESH: Final = timedelta(seconds=60)  # an admin who no longer is one is refused after that
KNOWN: Final = timedelta(hours=6)  # people seldom move
REMEMBERED: Final = 10_000
PAGE: Final = 999
MOST_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Profile:
    """A person, as Slack told at a time."""

    admin: bool
    zone: str
    at: datetime


class Profiles:
    """Asks Slack, and remembers for a while."""

    def __init__(self, api: SlackApi, now: Now) -> None:
        self._api, self._now = api, now
        self._people: OrderedDict[Address, Profile] = OrderedDict()
        self._channels: dict[str, tuple[datetime, Mapping[str, str]]] = {}

    async def admin(self, user: Address) -> bool:
        """Whether *user* administers their workspace, as of a minute ago at most; on any doubt, not."""
        found = await self._profile(user, FRESH)
        return found is not None and found.admin

    async def zone(self, user: Address) -> str:
        """The time zone in the profile of *user*, or ""."""
        found = await self._profile(user, KNOWN)
        return found.zone if found else ""

    async def channel(self, workspace: str, name: str) -> str:
        """The id of the channel called *name*, or "" when we see none."""
        at, names = self._channels.get(workspace, (None, {}))
        if at is None or self._now() - at > FRESH:
            names = {}
            for types in ("public_channel,private_channel", "public_channel"):  # as far as our scopes go
                if await self._named(workspace, types, names):
                    self._channels[workspace] = (self._now(), names)
                    break
        return names.get(name.lower(), "")

    async def _profile(self, user: Address, age: timedelta) -> Profile | None:
        known = self._people.get(user)
        if known and self._now() - known.at <= age:
            return known
        try:
            told = (await self._api.ask(user.workspace, "users.info", user=user.id)).get("user") or {}
        except (*TROUBLE, SendError):
            return None
        found = Profile(_administers(told), str(told.get("tz") or ""), self._now())
        self._people[user] = found
        while len(self._people) > REMEMBERED:
            self._people.popitem(last=False)
        return found

    async def _named(self, workspace: str, types: str, names: dict[str, str]) -> bool:
        """Whether Slack told all channels of these types; as far as it did they are among *names* then."""
        asked: dict[str, Any] = {"types": types, "limit": PAGE}
        try:
            for _ in range(MOST_PAGES):
                page = await self._api.ask(workspace, "conversations.list", exclude_archived=True, **asked)
                names |= {
                    str(one.get("name", "")).lower(): str(one["id"]) for one in page.get("channels", ())
                }
                asked["cursor"] = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not asked["cursor"]:
                    break
        except (*TROUBLE, SendError) as error:
            log.info("Slack does not list the channels: %s", code(error) or type(error).__name__)
            return False
        return True


def _administers(user: Mapping[str, Any]) -> bool:
    return not user.get("deleted") and any(
        user.get(role) is True for role in ("is_admin", "is_owner", "is_primary_owner")
    )
