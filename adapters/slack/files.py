"""Files to people and from them."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from adapters.handed import LONGEST, content
from adapters.slack.api import SlackApi
from adapters.slack.asking import Asker
from adapters.slack.directs import Directs
from adapters.slack.errors import TROUBLE, code
from bot.errors import BadArguments, SendError
from bot.messages import File

log = logging.getLogger(__name__)

SOON: Final = 6.0  # seconds that a post may wait for its picture
LOOKS: Final = (0.2, 0.5, 1.0, 2.0)  # seconds to the next look whether it is there


class Files:
    """Sends the files of an answer, and reads those that people hand over."""

    def __init__(self, api: SlackApi, directs: Directs) -> None:
        self._api, self._directs = api, directs

    async def give(self, asker: Asker, files: Sequence[File], *, private: bool) -> bool:
        """Whether *files* have gone to the asker alone or, with *private* false, to where they asked."""
        workspace = asker.user.workspace
        try:
            sent = [await self._sent(workspace, file) for file in files]
            channel = await self._directs.channel(asker.user if private else asker.place)
            given = {"files": json.dumps(sent), "channel_id": channel}
            await self._api.ask(workspace, "files.completeUploadExternal", **given)
        except (*TROUBLE, SendError, KeyError) as error:
            log.warning("files could not be sent: %s", code(error) or type(error).__name__)
            return False
        return True

    async def _sent(self, workspace: str, file: File) -> Mapping[str, str]:
        """The file as Slack knows it once it is there, not yet shown to anybody."""
        told = await self._api.ask(
            workspace,
            "files.getUploadURLExternal",
            filename=file.name,
            length=len(file.content),
            **({"alt_txt": file.alt[:1_000]} if file.alt else {}),
        )
        url = str(told["upload_url"])
        async with self._api.session.post(
            self._trusted(url), data=file.content, timeout=LONGEST, allow_redirects=False
        ) as taken:
            if taken.status != 200:
                raise aiohttp.ClientPayloadError(f"the upload was answered with {taken.status}")
        return {"id": str(told["file_id"]), "title": file.name}

    async def show(self, workspace: str, file: File) -> str:
        """The id under which a picture can stand in a post, or "" where it cannot be had soon.

        Nobody sees it before the post: whoever uploads it again, because a post went astray, shows nothing twice.
        Slack looks at what it was sent in its own time, and refuses a post with a picture it has not looked at.
        """
        try:
            async with asyncio.timeout(SOON):
                sent = await self._sent(workspace, file)
                await self._api.ask(workspace, "files.completeUploadExternal", files=json.dumps([sent]))
                for wait in LOOKS:
                    if await self._looked_at(workspace, sent["id"]):
                        return sent["id"]
                    await asyncio.sleep(wait)
        except (*TROUBLE, SendError, KeyError, TimeoutError) as error:
            log.info("a picture could not be sent along: %s", code(error) or type(error).__name__)
        return ""

    async def _looked_at(self, workspace: str, file: str) -> bool:
        told = await self._api.ask(workspace, "files.info", file=file)
        return bool(told["file"].get("mimetype"))

    async def content(self, workspace: str, told: Mapping[str, Any]) -> bytes:
        """What is in a file that Slack tells of. Raises BadArguments where it cannot be read."""
        try:
            if not told.get("url_private"):  # a file of another workspace: Slack wants to be asked
                told = (await self._api.ask(workspace, "files.info", file=str(told["id"])))["file"]
            url = self._trusted(str(told.get("url_private_download") or told["url_private"]))
            headers = {"Authorization": f"Bearer {await self._api.token(workspace)}"}
            found = await content(self._api.session, url, headers)
        except (*TROUBLE, SendError, KeyError) as error:
            log.warning("a file could not be read: %s", code(error) or type(error).__name__)
            found = b""
        if not found or (told.get("filetype") != "html" and found[:9].lower() == b"<!doctype"):
            raise BadArguments(
                "I could not read that file from Slack. Try again, or send the link of the paper instead."
            )
        return found

    def _trusted(self, url: str) -> str:
        """*url*, which leads to Slack. Raises KeyError for any other: no token and no file goes elsewhere."""
        scheme, host, _ = origin = _origin(url)
        at_slack = scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))
        if at_slack or origin == _origin(self._api.client.base_url):
            return url
        raise KeyError("an address that is not Slack's")


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; this machine has one name."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme, "localhost" if host in ("127.0.0.1", "::1") else host, parts.port
