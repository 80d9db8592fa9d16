"""Is everything there that Slack needs? Each finding names what is wrong, and the cure."""

from collections.abc import Mapping, Sequence
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import web_client
from adapters.slack.errors import TROUBLE, code
from adapters.slack.oauth import SCOPES
from bot.findings import Finding, bad, good
from bot.settings import Settings

REINSTALL: Final = "add it under OAuth & Permissions at api.slack.com/apps, then press Reinstall"
NEEDED: Final[Mapping[str, str]] = {
    "commands": "without it there is no /papers",
    "chat:write": "without it nothing can be sent",
    "im:write": "without it no direct message can be opened",
    "im:history": "without it an uncertain digest cannot be looked up, and may come twice",
    "users:read": "without it nobody is known to be an admin, and no time zone",
    "channels:read": "without it #papers cannot be found by its name",
    "groups:read": "without it private channels cannot be found by their names",
    "files:write": "without it exports and pictures cannot be sent",
    "files:read": "without it files of papers in direct messages cannot be read",
}


WAYS: Final[Mapping[str, tuple[str, str]]] = {
    "command": ("commands", "add /papers under Slash Commands, as in deploy/slack-manifest.yaml"),
    "press": ("buttons", "turn Interactivity & Shortcuts on, and press a button of mine"),
    "event": (
        "events",
        "turn Event Subscriptions on with the events of deploy/slack-manifest.yaml; then open my App Home",
    ),
}
"""The ways in by which Slack comes, and how each is turned on."""


async def examined(settings: Settings) -> Sequence[Finding]:
    """What a look at *settings* and at Slack found; nothing is changed there."""
    found = [*_settings(settings), *_oauth(settings)]
    async with web_client(settings.slack_api_url) as client:
        if settings.slack_bot_token:
            found += await _bot(client, settings.slack_bot_token.get_secret_value())
        if settings.slack_app_token:
            found.append(await _link(client, settings.slack_app_token.get_secret_value()))
    return found


def _oauth(settings: Settings) -> Sequence[Finding]:
    """What is missing for many workspaces, where it is asked for."""
    if not settings.slack_client_id or settings.slack_client_secret:
        return []
    told = "DIGESTBOT_SLACK_CLIENT_SECRET is not set beside the client id"
    return [bad("client secret", told, "copy it from Basic Information → App Credentials")]


def heard(ways: Mapping[str, str]) -> Sequence[Finding]:
    """What it says that these ways (see `asking.way`) have led to us, with the time of each, or "" for never."""
    never = [WAYS[way] for way in WAYS if not ways.get(way)]
    if len(never) == len(WAYS):
        return [good("way in", "nothing has come from Slack yet: type /papers there, then look again")]
    return [
        bad(name, "nothing has ever come this way, though other things have", cure) for name, cure in never
    ] or [good("way in", "commands, presses and events come through")]


def _settings(settings: Settings) -> Sequence[Finding]:
    bot, app = settings.slack_bot_token, settings.slack_app_token
    if not bot and not settings.slack_client_id:
        return [
            bad(
                "bot token",
                "DIGESTBOT_SLACK_BOT_TOKEN is not set",
                "copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions",
            )
        ]
    found = []
    if bot and not bot.get_secret_value().startswith(("xoxb-", "xoxe.")):
        found.append(
            bad(
                "bot token",
                "DIGESTBOT_SLACK_BOT_TOKEN is no bot token",
                "take the one that begins with xoxb-",
            )
        )
    if app and not app.get_secret_value().startswith("xapp-"):
        found.append(
            bad(
                "app token",
                "DIGESTBOT_SLACK_APP_TOKEN is no app token",
                "take the one that begins with xapp-",
            )
        )
    if not app and not settings.slack_signing_secret:
        found.append(
            bad(
                "way in",
                "there is neither an app token nor a signing secret",
                "set DIGESTBOT_SLACK_APP_TOKEN (Basic Information → App-Level Tokens, scope connections:write), "
                "or DIGESTBOT_SLACK_SIGNING_SECRET for HTTP",
            )
        )
    if not app and not settings.public_url:
        told = "DIGESTBOT_PUBLIC_URL is not set, and Slack has to reach us"
        found.append(bad("public address", told, "set it to the https:// address that leads here"))
    return found


async def _bot(client: AsyncWebClient, token: str) -> Sequence[Finding]:
    try:
        answer = await client.api_call("auth.test", params={"token": token})
    except TROUBLE as error:
        return [_refused("bot token", error, "copy the Bot User OAuth Token again, or reinstall the app")]
    headers = {str(name).lower(): value for name, value in dict(answer.headers).items()}
    where = f"in {answer.get('team')} as {answer.get('user')}"
    return [good("bot token", f"works, {where}"), *_scopes(str(headers.get("x-oauth-scopes", "")))]


def _scopes(told: str) -> Sequence[Finding]:
    """What the token may not do. Slack says in a header what it may."""
    have = {scope.strip() for scope in told.split(",") if scope.strip()}
    if not have:
        return [good("scopes", "Slack does not say which the token has")]
    missing = [scope for scope in SCOPES if scope in NEEDED and scope not in have]
    if not missing:
        return [good("scopes", "all there")]
    return [bad(f"scope {scope}", f"is missing: {NEEDED[scope]}", REINSTALL) for scope in missing]


async def _link(client: AsyncWebClient, token: str) -> Finding:
    try:
        await client.api_call("apps.connections.open", params={"token": token})
    except TROUBLE as error:
        cure = "turn Socket Mode on, and make a token with connections:write under Basic Information → App-Level Tokens"
        return _refused("app token", error, cure)
    return good("app token", "opens a connection")


def _refused(name: str, error: Exception, cure: str) -> Finding:
    if told := code(error):
        return bad(name, f"Slack says {told}", cure)
    return bad(
        name, f"Slack cannot be reached: {type(error).__name__}", "see that this machine may go out to it"
    )
