"""`POST /digests/{source}`: digests that other programs send, signed as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: the signature is an
HMAC-SHA256, with the key that stands in base64 behind `whsec_`, over `{webhook-id}.{webhook-timestamp}.{body}`.
"""

import asyncio
import base64
import binascii
import hmac
import logging
import re
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from aiohttp import web

from adapters.sources import read
from adapters.sources.content import unpacked
from bot.errors import Refused
from bot.interfaces import Papers
from bot.models import Digest, Landing, Now
from bot.sources import Sources

log = logging.getLogger(__name__)

MOST_BODY: Final = 10_000_000  # bytes, packed or not: more than a route takes unless it says so
MOST_UNPACKED: Final = 10_000_000
MOST_AWAY: Final = 300  # seconds a timestamp may be before or after our clock
ID: Final = re.compile(r"[\x21-\x7e]{1,200}")
MOMENT: Final = re.compile(r"[0-9]{1,12}")
UNKNOWN: Final = b"\0" * 32  # a key nobody has, so that an unknown source takes as long as a known one

Land = Callable[[Digest], Awaitable[Landing]]


@dataclass(frozen=True, slots=True)
class Ingest:
    """What the route needs: where digests go, what requests became, and each source's keys, decoded."""

    land: Land
    papers: Papers
    sources: Sources
    keys: Mapping[str, Sequence[bytes]]
    now: Now


def routes(ingest: Ingest) -> Sequence[web.AbstractRouteDef]:
    """The route of digests that are sent; to be mounted by the web server."""

    async def post(request: web.Request) -> web.Response:
        try:
            return await _landed(ingest, request)
        except _Rejected as rejected:
            return _said(rejected.status, str(rejected))
        except Refused as refused:
            line = {"line": refused.line} if refused.line else {}
            return web.json_response({"error": refused.reason, **line}, status=422)

    return (web.post("/digests/{source}", post),)


def decoded(secret: str) -> bytes:
    """The key behind `whsec_…`. Raises ValueError: it is none, or too short to be safe."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("a key is whsec_ and base64") from None
    if not secret.startswith("whsec_") or not 16 <= len(key) <= 128:
        raise ValueError("a key is whsec_ and the base64 of 24 to 64 random bytes")
    return key


def signature(key: bytes, request: str, moment: str, body: bytes) -> str:
    """What stands in `webhook-signature` for this request."""
    content = f"{request}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, sha256).digest()).decode()


class _Rejected(Exception):
    """A request that is answered so."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


async def _landed(ingest: Ingest, request: web.Request) -> web.Response:
    source = request.match_info["source"]
    body = await _body(request)
    id_ = _verified(ingest, source, request, body)
    receipt = f"{source}/{id_}"
    if before := await ingest.sources.receipt(receipt):
        return await _answered(ingest, before)
    content = await asyncio.to_thread(_unpacked, body, request.headers.get("Content-Encoding", ""))
    digest = await asyncio.to_thread(read, content, today=ingest.now().date(), source=source)
    landing = await ingest.land(digest)
    first = await ingest.sources.keep_receipt(receipt, landing.digest, at=ingest.now())
    if first != landing.digest:  # the same request came twice at once, with two bodies
        return await _answered(ingest, first)
    return _answer(landing.digest, landing.papers, landing.new)


async def _answered(ingest: Ingest, digest: int) -> web.Response:
    """What a request was answered before."""
    landing = await ingest.papers.landing(digest)
    return _answer(digest, landing.papers, landing.new) if landing else _said(410, "what it became is gone")


async def _body(request: web.Request) -> bytes:
    """The body as it was sent, packed where it is; counted, whatever its length says."""
    if (request.content_length or 0) > MOST_BODY:
        raise _Rejected(413, f"at most {MOST_BODY:,} bytes; pack it with gzip, or send it in parts")
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MOST_BODY:
            raise _Rejected(413, f"at most {MOST_BODY:,} bytes; pack it with gzip, or send it in parts")
    return bytes(body)


def _verified(ingest: Ingest, source: str, request: web.Request, body: bytes) -> str:
    """The id of a request that one of the source's keys has signed just now."""
    id_ = request.headers.get("webhook-id", "")
    moment = request.headers.get("webhook-timestamp", "")
    if not ID.fullmatch(id_) or not MOMENT.fullmatch(moment):
        raise _Rejected(400, "the headers webhook-id and webhook-timestamp (seconds since 1970) are needed")
    given = request.headers.get("webhook-signature", "")[:2_000].split()
    keys = ingest.keys.get(source) or (UNKNOWN,)
    right = [signature(key, id_, moment, body) for key in keys]
    told = [
        hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
        for one in right
        for other in given
    ]
    if not any(told) or source not in ingest.keys:
        raise _Rejected(401, "the signature is not right, or this source has no key here")
    if abs(int(moment) - ingest.now().timestamp()) > MOST_AWAY:
        raise _Rejected(
            401, f"the timestamp is more than {MOST_AWAY} seconds away; set the clock, and sign again"
        )
    return id_


def _unpacked(body: bytes, packing: str) -> bytes:
    """The body out of its Content-Encoding, never more than fits."""
    if packing.strip().lower() in {"", "identity"}:
        return _bounded(unpacked(body))  # a file of gzip is its own format
    if packing.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        raise _Rejected(415, "the only Content-Encoding that is read is gzip")
    unpacking = zlib.decompressobj(wbits=47)
    try:
        content = unpacking.decompress(body, MOST_UNPACKED + 1)
    except zlib.error:
        raise _Rejected(400, "the body is damaged: it cannot be unpacked") from None
    _bounded(content)
    if not unpacking.eof:
        raise _Rejected(400, "the body was cut: it ends in the middle")
    return content


def _bounded(content: bytes) -> bytes:
    if len(content) > MOST_UNPACKED:
        raise _Rejected(413, f"at most {MOST_UNPACKED:,} bytes unpacked; send it in parts")
    return content


def _answer(digest: int, papers: int, new: int) -> web.Response:
    return web.json_response({"digest": digest, "papers": papers, "new": new})


def _said(status: int, error: str) -> web.Response:
    return web.json_response({"error": error}, status=status)
