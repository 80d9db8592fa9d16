"""Slack: slash commands, buttons, the App Home and digests, in one workspace or in many."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.adapter import Entrance, SlackAdapter
from adapters.slack.api import Passes, SlackApi, web_client
from adapters.slack.oauth import OAuth
from adapters.slack.pages import Stack
from adapters.slack.passes import ManyWorkspaces, OAuthApp, OneWorkspace
from adapters.slack.socket import listen
from bot.adapting import TakeFile
from bot.buttons import Buttons
from bot.errors import BadSettings
from bot.interfaces import Storage
from bot.keys import Keys
from bot.models import Now
from bot.settings import Settings

__all__ = ["SlackAdapter", "is_set", "open_slack"]


def is_set(settings: Settings) -> bool:
    """Whether *settings* speak of Slack at all."""
    return bool(settings.slack_bot_token or settings.slack_client_id)


@asynccontextmanager
async def open_slack(
    settings: Settings, storage: Storage, keys: Keys, take: TakeFile, now: Now
) -> AsyncIterator[SlackAdapter]:
    """Slack as *settings* describe it, closed again on leaving. *take* takes in what people hand over.

    Raises:
        BadSettings: something is missing; the text says what.
    """
    signing, app_token = settings.slack_signing_secret, settings.slack_app_token
    if not signing and not app_token:
        raise BadSettings(
            "DIGESTBOT_SLACK_APP_TOKEN: set it for Socket Mode, or DIGESTBOT_SLACK_SIGNING_SECRET for HTTP"
        )
    async with web_client(settings.slack_api_url) as client:
        passes, pages = _passes(settings, storage, keys, client, now)
        entrance = Entrance(
            signing.get_secret_value() if signing else "",
            partial(listen, client, app_token.get_secret_value()) if app_token else None,
            pages.routes() if pages else (),
        )
        buttons = Buttons(keys.derived("buttons"))
        api, stack = SlackApi(client, passes), Stack(buttons, storage.notes, now)
        yield SlackAdapter(api, storage, stack, entrance, take, now)


def _passes(
    settings: Settings, storage: Storage, keys: Keys, client: AsyncWebClient, now: Now
) -> tuple[Passes, OAuth | None]:
    if settings.slack_bot_token:
        return OneWorkspace(client, settings.slack_bot_token.get_secret_value()), None
    if not settings.slack_client_secret:
        raise BadSettings("DIGESTBOT_SLACK_CLIENT_SECRET: set it beside DIGESTBOT_SLACK_CLIENT_ID")
    app = OAuthApp(settings.slack_client_id, settings.slack_client_secret.get_secret_value())
    kept = storage.installations(keys.derived("tokens"))
    pages = OAuth(client, app, kept, storage.notes, now).at(settings.slack_api_url, settings.public_url)
    return ManyWorkspaces(client, kept, storage.notes, app, now), pages
