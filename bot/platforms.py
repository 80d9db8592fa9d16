"""The chat platforms that the settings hold tokens for, each opened as its adapter asks."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

from adapters import slack
from adapters.discord import ITSELF, Allowance, Attachments, DiscordAdapter, Gateway, Place, Rest, Ways, Wire
from bot.adapting import GROUP, Opener, Surroundings
from bot.app import App
from bot.buttons import Buttons
from bot.errors import BadSettings
from bot.interfaces import ChatAdapter
from bot.keys import Keys
from bot.settings import Settings


@asynccontextmanager
async def platforms(app: App, settings: Settings, keys: Keys) -> AsyncIterator[Sequence[ChatAdapter]]:
    """The chat platforms that *settings* hold tokens for, opened, and closed again on leaving.

    Raises:
        BadSettings: there is none.
    """
    adapters: list[ChatAdapter] = []
    async with AsyncExitStack() as opened:
        if slack.is_set(settings):
            adapters.append(
                await opened.enter_async_context(
                    slack.open_slack(settings, app.storage, keys, app.take_file, app.now)
                )
            )
        if settings.discord_token:
            adapters.append(await opened.enter_async_context(discord(app, settings, keys)))
        if settings.smtp_url:
            adapters.append(email(app, settings, keys))
        here = Surroundings(os.environ, app.storage, keys, app.now, app.take_file, settings.public_url)
        openings = [opener(here) for opener in others()]
        adapters += [await opened.enter_async_context(one) for one in openings if one]
        if not adapters:
            raise BadSettings(
                "There is no chat platform to serve: set DIGESTBOT_SLACK_BOT_TOKEN and DIGESTBOT_SLACK_APP_TOKEN, "
                "or DIGESTBOT_DISCORD_TOKEN."
            )
        yield adapters


@asynccontextmanager
async def discord(app: App, settings: Settings, keys: Keys) -> AsyncIterator[DiscordAdapter]:
    """Discord, as *settings* say."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    notes = app.storage.notes
    rest = Rest(
        Wire(settings.discord_api_url, token), Allowance(app.now, partial(notes.change, ITSELF, "pace"))
    )
    place = Place(settings.discord_api_url, settings.discord_gateway_url, settings.discord_shards)
    gateway = Gateway(place, token, notes, app.now)
    classic = settings.discord_look == "embeds"
    try:
        ways = Ways(rest, gateway, Attachments(settings.discord_api_url, app.take_file))
        yield DiscordAdapter(ways, Buttons(keys.derived("buttons")), app.storage, app.now, classic=classic)
    finally:
        await rest.close()


def email(app: App, settings: Settings, keys: Keys) -> ChatAdapter:
    """E-mail, as *settings* say. Raises BadSettings."""
    from adapters.email import EmailAdapter, Links, mail_settings  # noqa: PLC0415  # most send none

    url = settings.smtp_url.get_secret_value() if settings.smtp_url else ""
    server = mail_settings(url, settings.mail_from, settings.public_url)
    app.answers.mails = True
    return EmailAdapter(server, Links(settings.public_url, keys.derived("email")), app.now)


def others() -> Sequence[Opener]:
    """The adapters of others that are installed beside us, by their names."""
    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return [point.load() for point in found]


def keys(settings: Settings) -> Keys:
    """The installation's secrets: those that are set, else those kept beside the SQLite file. Raises BadSettings."""
    if settings.secret_key:
        return Keys.read(settings.secret_key.get_secret_value())
    return Keys.beside(key_folder(settings))


def key_folder(settings: Settings) -> Path:
    """Where the secrets are kept that are not set: beside the SQLite file. Raises BadSettings."""
    path = settings.database_url.removeprefix("sqlite:///")
    if path == settings.database_url:
        raise BadSettings(
            "DIGESTBOT_SECRET_KEY: set it where the database is PostgreSQL, alike for every process"
        )
    return Path(path).absolute().parent
