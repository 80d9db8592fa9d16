"""What lets us into workspaces: one token from the settings, or those that came by OAuth, renewed in time."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from weakref import WeakValueDictionary

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Pass
from adapters.slack.errors import TROUBLE, code
from bot.installations import Installation, Installations
from bot.models import Address, Now
from bot.notes import Notes

log = logging.getLogger(__name__)

EARLY: Final = timedelta(
    hours=3
)  # before its end a token is renewed: the old one still lives if that goes wrong
INSTALLED: Final = "installed"
"""Under this name stands when a workspace installed the app last, in seconds since 1970."""

CLAIM: Final = timedelta(minutes=1)  # for which nobody else renews it


class OneWorkspace:
    """The pass of the one workspace whose token stands in the settings."""

    def __init__(self, client: AsyncWebClient, token: str) -> None:
        self._client, self._token, self._bot = client, token, ""
        self._asking = asyncio.Lock()

    async def __call__(self, workspace: str) -> Pass | None:
        """The pass; who we are is asked once, and again where that went wrong."""
        async with self._asking:
            if not self._bot:
                try:
                    told = await self._client.api_call("auth.test", params={"token": self._token})
                    self._bot = str(told.get("user_id") or "")
                except TROUBLE as error:
                    log.warning("Slack does not say who we are: %s", code(error) or type(error).__name__)
        return Pass(self._token, self._bot)

    async def belongs(self, workspace: str, organisation: str) -> None:
        """There is but one."""

    async def covered(self, workspace: str, organisation: str) -> Sequence[str]:
        """That one alone."""
        return (workspace,)


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """The app as Slack knows it."""

    client_id: str
    client_secret: str = field(repr=False)


class ManyWorkspaces:
    """The passes of all who installed the app. A workspace of an organisation may have that one's."""

    def __init__(
        self, client: AsyncWebClient, kept: Installations, notes: Notes, app: OAuthApp, now: Now
    ) -> None:
        self._client, self._kept, self._notes, self._app, self._now = client, kept, notes, app, now
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, workspace: str) -> Pass | None:
        """The pass for *workspace*, renewed when it is about to end; None where the app is not installed."""
        turn = self._turns.setdefault(workspace, asyncio.Lock())
        async with turn:
            found = await self._installation(workspace)
            if found and found.refresh and found.expires and found.expires - self._now() < EARLY:
                found = await self._renewed(found)
        return Pass(found.token, found.bot) if found else None

    async def belongs(self, workspace: str, organisation: str) -> None:
        """Remember that *workspace* is part of *organisation*, which installed the app for all of its own."""
        place = Address.whole("slack", workspace)
        until = self._now() + timedelta(days=3650)
        await self._notes.write(place, {"organisation": organisation}, until=until)
        whole = Address.whole("slack", organisation)
        await self._notes.change(whole, "members", lambda kept: " ".join(sorted({*kept.split(), workspace})))

    async def covered(self, workspace: str, organisation: str) -> Sequence[str]:
        """The workspaces that came with the installation of *workspace*; all of an organisation's come with its own."""
        if await self._kept.get("slack", workspace) and workspace != organisation:
            return (workspace,)
        place = Address.whole("slack", workspace)
        whole = organisation or await self._notes.read(place, "organisation", now=self._now()) or workspace
        members = await self._notes.read(Address.whole("slack", whole), "members")
        return tuple(dict.fromkeys((*members.split(), workspace, whole)))

    async def _installation(self, workspace: str) -> Installation | None:
        if found := await self._kept.get("slack", workspace):
            return found
        place = Address.whole("slack", workspace)
        organisation = await self._notes.read(place, "organisation", now=self._now())
        return await self._kept.get("slack", organisation) if organisation else None

    async def _renewed(self, old: Installation) -> Installation:
        """The installation with its next token, by whichever process claimed it; else as it is."""
        now = self._now()
        if not await self._kept.claim(old, now=now, until=now + CLAIM):
            return await self._kept.get("slack", old.workspace) or old
        try:
            told = await self._client.api_call(
                "oauth.v2.access",
                params={
                    "client_id": self._app.client_id,
                    "client_secret": self._app.client_secret,
                    "grant_type": "refresh_token",
                    "refresh_token": old.refresh,
                },
            )
            new = renewed(old, dict(told.data) if isinstance(told.data, dict) else {}, now=self._now)
        except (*TROUBLE, KeyError, ValueError) as error:
            current = await self._kept.get("slack", old.workspace)
            if current and current.token != old.token:
                return current  # somebody else has it
            left = old.expires - now if old.expires else timedelta(0)
            reason = code(error) or type(error).__name__
            log.error(  # noqa: TRY400  # a trace holds what was said
                "the token of workspace %s could not be renewed (%s) and ends in %s: if this goes on, "
                "its admin has to install the app again",
                old.workspace,
                reason,
                str(left).split(".", maxsplit=1)[0],
            )
            return old
        await self._kept.keep(new, at=self._now())
        return new


def renewed(old: Installation, told: dict[str, Any], *, now: Now) -> Installation:
    """*old* with the tokens that Slack *told*. Raises KeyError where it told none."""
    ends = now() + timedelta(seconds=int(told.get("expires_in") or 0)) if told.get("expires_in") else None
    return replace(
        old,
        token=str(told["access_token"]),
        refresh=str(told.get("refresh_token") or ""),
        expires=ends,
        bot=str(told.get("bot_user_id") or old.bot),
        scopes=str(told.get("scope") or old.scopes),
    )
