"""One call to Discord's REST interface over HTTP, and what can become of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

import aiohttp

from bot.errors import NotPosted, Unavailable
from bot.messages import File

Json: TypeAlias = Any
"""Whatever JSON can hold."""

PATIENCE: Final = 20.0  # seconds for an answer
_AGENT: Final = "DiscordBot (digestbot, 0.1)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What Discord said."""

    status: int
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300

    @property
    def code(self) -> int:
        """Discord's own number for what went wrong."""
        found = self.body.get("code", 0) if isinstance(self.body, dict) else 0
        return found if isinstance(found, int) else 0


class Line(Protocol):
    """Carries one call to Discord, and its answer back."""

    async def __call__(
        self, method: str, path: str, body: Json = None, *, own: bool = True, files: Sequence[File] = ()
    ) -> Answer:
        """Make one call. Raises NotPosted or Unavailable; see `adapters.discord.rest.Calling`."""

    async def close(self) -> None:
        """Give the connections back."""


class Wire:
    """The line to Discord at *base*, which ends with its version, with the bot's *token*."""

    def __init__(self, base: str, token: str) -> None:
        self._base, self._token = base.rstrip("/"), token
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Give the connections back."""
        if self._session:
            await self._session.close()
            self._session = None

    async def __call__(
        self, method: str, path: str, body: Json = None, *, own: bool = True, files: Sequence[File] = ()
    ) -> Answer:
        """Make one call; see `Line`."""
        self._session = self._session or aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=PATIENCE), headers={"User-Agent": _AGENT}
        )
        headers = {"Authorization": f"Bot {self._token}"} if own else {}
        given: dict[str, Any] = (
            {"data": _form(body, files)} if files else {"json": body} if body is not None else {}
        )
        try:
            async with self._session.request(method, self._base + path, headers=headers, **given) as said:
                text = await said.text(errors="replace")
                return Answer(said.status, _read(text, said.status), said.headers.copy())
        except aiohttp.ClientConnectorError as error:  # refused, unknown, no TLS: before the first byte
            raise NotPosted(f"Discord cannot be reached: {error}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"Discord did not answer: {type(error).__name__}") from error


def _form(body: Json, files: Sequence[File]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    for at, file in enumerate(files):
        form.add_field(f"files[{at}]", file.content, filename=file.name)
    return form


def _read(text: str, status: int) -> Json:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        if 200 <= status < 300:
            raise Unavailable("Discord's answer was cut short") from None
        return None
