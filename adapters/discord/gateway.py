"""Discord's gateway, through discord.py: it connects, resumes and reconnects; what people do comes out as JSON."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.budget import spend
from adapters.discord.sending import NAME
from adapters.discord.turn import ASKED, RENEWED, Turn
from bot.errors import BadSettings
from bot.models import Address, Now
from bot.notes import Notes

log = logging.getLogger(__name__)

ITSELF: Final = Address.whole(NAME)
"""Whom notes are about that concern the bot and nobody else."""

INTENTS: Final = discord.Intents(guilds=True, dm_messages=True)
"""What Discord is asked to tell of: servers, and what people write to the bot alone. None of it is privileged."""

REFUSED: Final = (
    "DIGESTBOT_DISCORD_TOKEN: Discord refuses it. Copy it again from https://discord.com/developers/applications: "
    "your application → Bot → Reset Token. `digestbot doctor discord` looks at the rest."
)

_FIRST_WAIT, _LONGEST_WAIT = 2.0, 60.0  # seconds before the door is tried again


class Listener(Protocol):
    """Who hears of what happens at the gateway."""

    async def opened(self, application: str) -> None:
        """The bot has logged in, as this application."""

    def told(self, interaction: Mapping[str, Any]) -> None:
        """Somebody has done something. Returns at once."""

    def wrote(self, message: Mapping[str, Any]) -> None:
        """Somebody, or the bot itself, has written a message in a conversation. Returns at once."""

    async def left(self, guild: str) -> None:
        """The bot is not in this guild any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where Discord is: the REST interface at *base*, the gateway at *url* or where REST says it is.

    *shards*: into so many parts the connection is parted; 0: as many as Discord advises.
    """

    base: str
    url: str = ""
    shards: int = 0


class Gateway:
    """The gateway at *place*."""

    def __init__(self, place: Place, token: str, notes: Notes, now: Now) -> None:
        self._place, self._token, self._notes, self._now = place, token, notes, now
        self._turn = Turn(notes, ITSELF, now)
        self._worked = False  # the token: one that was revoked later may come back

    async def run(self, listener: Listener) -> None:
        """Hold the gateway whenever it is this process's turn, until cancelled. Raises BadSettings for a bad token."""
        waited = False
        while True:
            if await self._turn.taken():
                try:
                    await self._hold(listener)
                finally:
                    with suppress(Exception):
                        await self._turn.given_up()
            elif not waited:
                log.info("another process holds the Discord gateway; this one steps in when it is gone")
                waited = True
            await asyncio.sleep(ASKED)

    async def _hold(self, listener: Listener) -> None:
        """Stay connected as long as the turn is ours."""
        connected = asyncio.create_task(self._connected(listener), name="discord gateway")
        kept = asyncio.create_task(self._kept(), name="discord turn")
        try:
            done, _ = await asyncio.wait((connected, kept), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (connected, kept):
                task.cancel()
            await asyncio.gather(connected, kept, return_exceptions=True)

    async def _kept(self) -> None:
        while True:
            await asyncio.sleep(RENEWED)
            try:
                if not await self._turn.taken():
                    log.warning("another process took over the Discord gateway")
                    return
            except Exception:  # noqa: BLE001  # without the database nobody else can take it either
                log.warning("the turn at the Discord gateway could not be renewed")

    async def _connected(self, listener: Listener) -> None:
        wait = _FIRST_WAIT
        while True:
            Route.BASE = self._place.base.rstrip("/")  # discord.py has no setting for either
            if self._place.url:
                DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self._place.url)
            try:
                async with _Client(listener, self.may_identify, self._place) as client:
                    await client.login(self._token)
                    self._worked = True
                    await client.connect()
            except discord.LoginFailure as error:
                if not self._worked:
                    raise BadSettings(REFUSED) from error
                log.error(  # noqa: TRY400  # the sentence says it all
                    "%s Until then nothing is answered.", REFUSED
                )
                wait = _LONGEST_WAIT
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                log.warning("Discord is out of reach (%s); trying again in %g s", error, wait)
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    async def may_identify(self) -> None:
        """Wait until one more login is within the budget of all processes and restarts."""
        while True:
            wait = 0.0

            def spent(note: str) -> str:
                nonlocal wait
                note, span = spend(note, self._now())
                wait = span.total_seconds()
                return note

            await self._notes.change(ITSELF, "identified", spent)
            if not wait:
                return
            log.warning("too many logins at Discord today; the next one in %.0f s", wait)
            await asyncio.sleep(wait)


class _Client(discord.AutoShardedClient):
    """The library's client with the least it can be asked for."""

    def __init__(self, listener: Listener, may_identify: Callable[[], Awaitable[None]], place: Place) -> None:
        super().__init__(
            shard_count=place.shards or None,
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=30.0,
            enable_debug_events=True,  # interactions come as they were sent, with nothing lost
        )
        self._listener, self._may_identify, self._place = listener, may_identify, place

    async def setup_hook(self) -> None:
        """Once logged in, before connecting."""
        if self._place.url and not self._place.shards:  # else discord.py asks for both
            shards, _, _ = await self.http.get_bot_gateway()
            self.shard_count = shards
        await self._listener.opened(str(self.application_id))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Before every login at the gateway; a resume is none."""
        await super().before_identify_hook(shard_id, initial=initial)
        await self._may_identify()

    async def on_socket_raw_receive(self, text: str) -> None:
        """Everything that comes in."""
        if '"INTERACTION_CREATE"' not in text and '"MESSAGE_CREATE"' not in text:
            return
        event = json.loads(text)
        if event.get("t") == "INTERACTION_CREATE":
            self._listener.told(event["d"])
        elif event.get("t") == "MESSAGE_CREATE":
            self._listener.wrote(event["d"])

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed or left; an outage is something else."""
        await self._listener.left(str(guild.id))
