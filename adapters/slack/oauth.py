"""Installing the app over OAuth v2, again or for a whole organisation."""

import hmac
import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta
from html import escape
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import TROUBLE, code
from adapters.slack.passes import INSTALLED, OAuthApp, renewed
from bot.installations import Installation, Installations
from bot.models import Address, Now
from bot.notes import Notes

log = logging.getLogger(__name__)

SCOPES: Final = (
    "commands chat:write im:write im:history users:read channels:read groups:read files:write files:read"
).split()
"""What `deploy/slack-manifest.yaml` asks for, with its reasons."""

COOKIE: Final = "digestbot-slack-state"
LIFETIME: Final = timedelta(minutes=10)
_STATES: Final = Address.whole("slack")


class OAuth:
    """`GET /slack/install` and `GET /slack/oauth_redirect`."""

    def __init__(
        self, client: AsyncWebClient, app: OAuthApp, kept: Installations, notes: Notes, now: Now
    ) -> None:
        self._client, self._app, self._kept, self._notes, self._now = client, app, kept, notes, now
        self.public_url = ""
        self.authorize_url = "https://slack.com/oauth/v2/authorize"

    def at(self, api_url: str, public_url: str) -> "OAuth":
        """Installing where Slack's API is at *api_url* and we are reached at *public_url*."""
        self.public_url = public_url.rstrip("/")
        self.authorize_url = f"{api_url.rstrip('/').removesuffix('/api')}/oauth/v2/authorize"
        return self

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Both pages."""
        return web.get("/slack/install", self._install), web.get("/slack/oauth_redirect", self._redirected)

    async def _install(self, request: web.Request) -> web.StreamResponse:
        """To Slack, with a state that only this browser can bring back, once."""
        state = secrets.token_urlsafe(24)
        await self._notes.write(_STATES, {f"state:{state}": "open"}, until=self._now() + LIFETIME)
        asked = {"client_id": self._app.client_id, "scope": ",".join(SCOPES), "state": state}
        if self.public_url:
            asked["redirect_uri"] = self._back()
        answer = web.Response(status=302, headers={"Location": f"{self.authorize_url}?{urlencode(asked)}"})
        secure = request.secure or self.public_url.startswith("https://")
        answer.set_cookie(
            COOKIE, state, max_age=int(LIFETIME.total_seconds()), secure=secure, httponly=True, samesite="Lax"
        )
        return answer

    async def _redirected(self, request: web.Request) -> web.StreamResponse:
        state, brought = request.query.get("state", ""), request.cookies.get(COOKIE, "")
        ours = hmac.compare_digest(state.encode("utf-8", "replace"), brought.encode("utf-8", "replace"))
        taken = await self._notes.take(_STATES, f"state:{state}", now=self._now()) if state and ours else None
        if not taken:
            return _page("That link is too old or was used before.", "Begin again at /slack/install.", 401)
        if request.query.get("error") or not request.query.get("code"):
            return _page("Slack was told not to install the app.", "Begin again at /slack/install.", 400)
        try:
            found = await self._exchanged(request.query["code"])
        except (*TROUBLE, KeyError, ValueError) as error:
            log.warning("an installation did not work: %s", code(error) or type(error).__name__)
            return _page("Slack did not confirm the installation.", "Begin again at /slack/install.", 400)
        await self._kept.keep(found, at=self._now())
        place = Address.whole("slack", found.workspace)
        await self._notes.write(place, {INSTALLED: str(self._now().timestamp())})
        log.info("the app is installed", extra={"workspace": found.workspace})
        answer = _page("Paper digest is installed.", "Type /papers in Slack to begin.", 200)
        answer.del_cookie(COOKIE)
        return answer

    async def _exchanged(self, given: str) -> Installation:
        """The installation that Slack gives for a code, which it gives once."""
        asked = {"client_id": self._app.client_id, "client_secret": self._app.client_secret, "code": given}
        if self.public_url:
            asked["redirect_uri"] = self._back()
        answer = await self._client.api_call("oauth.v2.access", params=asked)
        told = dict(answer.data) if isinstance(answer.data, dict) else {}
        whose = told.get("enterprise") if told.get("is_enterprise_install") else told.get("team")
        return renewed(Installation("slack", str((whose or {})["id"]), ""), told, now=self._now)

    def _back(self) -> str:
        return f"{self.public_url}/slack/oauth_redirect"


def _page(told: str, then: str, status: int) -> web.Response:
    text = f"<!doctype html><meta charset=utf-8><title>Paper digest</title><h1>{escape(told)}</h1><p>{escape(then)}"
    return web.Response(text=text, content_type="text/html", status=status)
