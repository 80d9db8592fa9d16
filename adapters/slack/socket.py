"""Socket Mode: what people do comes over a connection that we opened, so nothing has to reach us from outside."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import QUIET
from adapters.slack.errors import TROUBLE, code
from bot.errors import BadSettings

log = logging.getLogger(__name__)

FIRST_WAIT: Final = 1.0  # seconds until the second try to connect
LONGEST_WAIT: Final = 60.0
OPENED: Final = 30.0  # seconds for which an address is good that Slack gave us to connect to
LINKS: Final = 2  # of the ten that Slack allows an app
PING: Final = 2.0  # seconds between looks at whether a link is alive
LONG: Final = 30.0  # seconds after which an operator wants to know that one is not
_HOPELESS: Final = frozenset(
    "invalid_auth not_authed account_inactive token_revoked not_allowed_token_type".split()
)

REFUSED: Final = (
    "DIGESTBOT_SLACK_APP_TOKEN: Slack refuses it. Copy it again from Basic Information → App-Level Tokens; "
    "`digestbot doctor slack` tells more."
)

Take = Callable[[Mapping[str, Any]], None]
"""What to do with what came; it returns at once."""


async def listen(client: AsyncWebClient, app_token: str, take: Take) -> None:
    """Give all that comes to *take*, each acknowledged first. Connects again by itself; ends when cancelled.

    Slack sends each act over one of our links, and every now and then asks a link to be opened anew: meanwhile the
    other one is there.

    Raises BadSettings, in a group, when Slack does not know the token.
    """
    async with asyncio.TaskGroup() as links:
        for _ in range(LINKS):
            links.create_task(_linked(client, app_token, take))


async def _linked(client: AsyncWebClient, app_token: str, take: Take) -> None:
    socket = SocketModeClient(app_token, logger=QUIET, web_client=client, ping_interval=PING)

    async def on_request(link: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            await link.send_socket_mode_response(SocketModeResponse(request.envelope_id))
        finally:  # one that could not be acknowledged comes again, and is known then
            if isinstance(request.payload, dict):
                take(request.payload)

    socket.socket_mode_request_listeners.append(on_request)
    try:
        await _connect(socket)
        log.info("connected to Slack")
        await _watch(socket)
    finally:
        await socket.close()  # type: ignore[no-untyped-call]  # the library has no types there


async def _connect(socket: SocketModeClient) -> None:
    wait = FIRST_WAIT
    while True:
        try:
            # Asked for by us: `connect` would ask again and again for ever, whatever Slack says.
            socket.wss_uri = await socket.issue_new_wss_url()
            async with asyncio.timeout(OPENED):
                await socket.connect()  # type: ignore[no-untyped-call]  # likewise
            return
        except TROUBLE as error:
            if code(error) in _HOPELESS:
                raise BadSettings(REFUSED) from error
            log.warning("Slack does not take our connection yet: %s", code(error) or type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)


async def _watch(socket: SocketModeClient) -> None:
    """Say when a link has been down for long, and when it is back: the library connects again without a word."""
    down = 0.0
    while True:
        await asyncio.sleep(PING)
        if await socket.is_connected():
            if down >= LONG:
                log.info("a link to Slack is back after %d seconds", down)
            down = 0.0
            continue
        down += PING
        if LONG <= down < LONG + PING:
            log.warning(
                "a link to Slack has been down for %d seconds; `digestbot doctor slack` may say why", down
            )
