"""Slack's Web API with the right token: one attempt a call, on one shared connection pool, and nothing in the log."""

import logging
import traceback
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Disconnected

LONGEST_CALL: Final = 20  # seconds

QUIET: Final = logging.Logger("slack", logging.CRITICAL + 1)  # noqa: LOG001  # in no tree: its lines hold tokens
"""For libraries that write bodies, and so tokens and people's words, into their log."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What lets us into a workspace: its token, and who we are there."""

    token: str
    bot: str = ""


class Passes(Protocol):
    """Who has let us in."""

    async def __call__(self, workspace: str) -> Pass | None:
        """The pass for a workspace by its id; None where the app is not installed."""

    async def belongs(self, workspace: str, organisation: str) -> None:
        """*workspace* is part of *organisation*, whose pass is good there too."""

    async def covered(self, workspace: str, organisation: str) -> Sequence[str]:
        """All workspaces that came with the one pass that *workspace* has, itself and its organisation included."""


class SlackApi:
    """Calls methods in the name of a workspace. Its errors are `adapters.slack.errors.TROUBLE`."""

    def __init__(self, client: AsyncWebClient, passes: Passes) -> None:
        self.client, self.passes = client, passes

    async def post(self, workspace: str, method: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
        """Call *method* with JSON. Raises Disconnected where the app is not installed."""
        answer = await self.client.api_call(method, json={"token": await self.token(workspace), **given})
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def ask(self, workspace: str, method: str, **given: str | int | bool) -> dict[str, Any]:
        """Call a method that reads, which takes no JSON. Raises Disconnected where the app is not installed."""
        form = {
            name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()
        }
        answer = await self.client.api_call(method, params={"token": await self.token(workspace), **form})
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connection pool, for addresses that Slack told us. Raises OSError where it is closed."""
        if self.client.session is None:
            raise OSError("there is no connection pool")
        return self.client.session

    async def token(self, workspace: str) -> str:
        """What to show in a workspace. Raises Disconnected where the app is not installed."""
        found = await self.passes(workspace)
        if found is None:
            raise Disconnected("the app is not installed in this workspace any more")
        return found.token


@asynccontextmanager
async def web_client(url: str) -> AsyncIterator[AsyncWebClient]:
    """A client of the API at *url* that tries once and logs nothing."""
    async with aiohttp.ClientSession(trust_env=True) as session:
        base = url if url.endswith("/") else f"{url}/"
        client = AsyncWebClient(
            base_url=base, session=session, retry_handlers=[], timeout=LONGEST_CALL, logger=QUIET
        )
        yield client


def where(fault: Exception) -> str:
    """What kind of fault it is and where it happened, without its words."""
    steps = traceback.extract_tb(fault.__traceback__)
    return f"{type(fault).__name__} in {steps[-1].name}, line {steps[-1].lineno}" if steps else "unknown"
