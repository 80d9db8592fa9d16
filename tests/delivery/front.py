"""The stand-in's two faces over HTTP: what of Slack's Web API and of Discord's REST interface posting needs."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from tests.delivery.losing import SAID, lost

if TYPE_CHECKING:
    from tests.delivery.stand_in import Post, StandIn

EPOCH: Final = 1_420_070_400_000  # what Discord counts milliseconds from
PATIENCE: Final = 60.0  # seconds of silence

Said = tuple[int, Any] | None
"""A status and JSON; None where the answer is lost."""


async def serve(
    here: "StandIn", line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer the request that begins with *line*."""
    method, target, _ = line.decode().split(" ", 2)
    headers = {}
    while (header := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = header.decode().partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    said = await _answer(here, method, target, body)
    if said is not None:
        await _say(writer, said[0], json.dumps(said[1]).encode())
    elif (kind := here.kind()) in SAID:
        await _say(writer, *SAID[kind])
    else:
        if kind == "silence":
            await asyncio.sleep(PATIENCE)
        lost(kind, writer)
        raise ConnectionError(kind)


async def _say(writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
    kind = "text/html" if body.startswith(b"<") else "application/json"
    head = (
        f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nVia: 1.1 x\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()


async def _answer(here: "StandIn", method: str, target: str, body: bytes) -> Said:
    place = urlsplit(target)
    given = dict(parse_qsl(place.query))
    if body.startswith(b"{"):
        given |= json.loads(body)
    else:
        given |= dict(parse_qsl(body.decode()))
    if place.path.startswith("/slack/"):
        return await SLACK[place.path.removeprefix("/slack/")](here, given)
    return await _discord(here, method, place.path.removeprefix("/discord"), given)


async def _opened(_here: "StandIn", given: dict[str, Any]) -> Said:
    return 200, {"ok": True, "channel": {"id": f"D{given['users']}"}}


async def _slack_post(here: "StandIn", given: dict[str, Any]) -> Said:
    key = given["metadata"]["event_payload"]["key"]
    post = await here.accept(given["channel"], key, given)
    return (200, {"ok": True, "channel": given["channel"], "ts": _ts(post)}) if post else None


async def _slack_history(here: "StandIn", given: dict[str, Any]) -> Said:
    if here.manners.blind:
        return 200, {"ok": False, "error": "missing_scope"}
    shown = [post for post in here.shown(given["channel"]) if post.moment >= float(given["oldest"])]
    begin, size = int(given.get("cursor", 0)), int(given["limit"])
    page = [
        {"ts": _ts(post), "metadata": post.body["metadata"]} for post in shown[::-1][begin : begin + size]
    ]
    more = begin + size < len(shown)
    cursor = {"next_cursor": str(begin + size) if more else ""}
    return 200, {"ok": True, "messages": page, "has_more": more, "response_metadata": cursor}


async def _slack_delete(here: "StandIn", given: dict[str, Any]) -> Said:
    gone = here.remove(given["channel"], int(given["ts"].partition(".")[2]))
    return 200, {"ok": gone, "error": "message_not_found"}


async def _slack_test(_here: "StandIn", _given: dict[str, Any]) -> Said:
    return 200, {"ok": True, "user_id": "UBOT", "bot_id": "BBOT", "team_id": "w0", "team": "Lab", "url": "/"}


SLACK: Final[dict[str, Callable[["StandIn", dict[str, Any]], Awaitable[Said]]]] = {
    "auth.test": _slack_test,
    "conversations.open": _opened,
    "chat.postMessage": _slack_post,
    "conversations.history": _slack_history,
    "chat.delete": _slack_delete,
}


async def _discord(here: "StandIn", method: str, path: str, given: dict[str, Any]) -> Said:
    if path == "/users/@me/channels":
        return 200, {"id": given["recipient_id"]}
    found = re.fullmatch(r"/channels/(\w+)/messages(?:/(\d+))?", path)
    if not found:
        return 404, {"code": 0}
    to, message = found.groups()
    if method == "POST":
        post = await here.accept(to, given["nonce"], given)
        return (200, {"id": _snowflake(post)}) if post else None
    if method == "DELETE":
        return (204, {}) if here.remove(to, int(message) & 0x3FFFFF) else (404, {"code": 10008})
    shown = [post for post in here.shown(to) if int(_snowflake(post)) < int(given.get("before", 1 << 63))]
    parts = ("components", "embeds")
    newest = shown[::-1][: int(given["limit"])]
    return 200, [{"id": _snowflake(post), **{name: post.body.get(name) for name in parts}} for post in newest]


def _ts(post: "Post") -> str:
    return f"{int(post.moment)}.{post.number:06d}"


def _snowflake(post: "Post") -> str:
    return str(((int(post.moment * 1000) - EPOCH) << 22) | post.number)
