"""`POST /digests/{source}`: signed, replay-safe, bounded, and durable once it says so."""

import asyncio
import base64
import contextlib
import gzip
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from adapters.ingest import Ingest, decoded, routes, signature
from adapters.web import WebServer
from bot import settings
from bot.app import App
from bot.errors import BadSettings
from bot.intake import Intake
from bot.interfaces import Storage
from bot.models import Digest, Landing
from tests.adapters.announcements import FOLDER
from tests.fakes import KEY, Clock

OTHER = b"o" * 32
BODY = (FOLDER / "daily.json").read_bytes()


async def ready() -> list[str]:
    return []


class Post:
    """A program that sends digests."""

    def __init__(self, storage: Storage) -> None:
        self.clock, self.storage = Clock(), storage
        self.intake = Intake(storage, self.clock)
        self.fail: list[Exception] = []
        ingest = Ingest(self.land, storage.papers, storage.sources, {"lab": (KEY, OTHER)}, self.clock)
        self.server = WebServer("127.0.0.1", 0, ready, CollectorRegistry(), routes(ingest))

    async def land(self, digest: Digest) -> Landing:
        landing = await self.intake.land(digest)
        if self.fail:
            raise self.fail.pop()
        return landing

    async def send(
        self, body: bytes = BODY, id_: str = "msg_1", key: bytes = KEY, *, source: str = "lab", **headers: str
    ) -> tuple[int, Any]:
        """Send *body*, signed now, and give the answer."""
        moment = str(int(self.clock().timestamp()))
        signed = {
            "webhook-id": id_,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,bm90aGluZw== {signature(key, id_, moment, body)}",
        }
        told = {**signed, **{name.replace("_", "-"): value for name, value in headers.items()}}
        url = "http://{}:{}/digests/{}".format(*self.server.address, source)
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=io.BytesIO(body), headers=told) as answer,
        ):
            text = await answer.text()
            return answer.status, await answer.json() if text.startswith("{") else text

    async def landings(self) -> int:
        return len(await self.storage.papers.landings(9))


@pytest.fixture
async def post(sqlite_storage: Storage) -> AsyncIterator[Post]:
    post = Post(sqlite_storage)
    serving = asyncio.create_task(post.server.run())
    await post.server.listening.wait()
    yield post
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def test_a_signed_digest_lands_and_the_same_again_gives_the_same_answer(post: Post) -> None:
    status, first = await post.send()
    assert (status, first) == (200, {"digest": first["digest"], "papers": 2, "new": 2})
    assert await post.send() == (200, first)
    assert await post.send(id_="msg_2") == (200, first)
    assert await post.send(b'{"title": "Other", "abstract": "Content."}', key=OTHER) == (200, first)
    assert await post.landings() == 1


async def test_the_papers_are_of_the_source_that_sent_them(post: Post) -> None:
    await post.send(b'{"title": "A title", "abstract": "Content."}')
    [paper] = await post.storage.papers.recent(9)
    assert paper.source == "lab"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"key": b"x" * 32}, 401),
        ({"source": "elsewhere"}, 401),
        ({"webhook_signature": ""}, 401),
        ({"webhook_signature": "v1,é"}, 401),
        ({"webhook_signature": "v1a,abc v2,def"}, 401),
        ({"webhook_id": "msg_2"}, 401),
        ({"webhook_timestamp": "1795521601"}, 401),
        ({"webhook_timestamp": "soon"}, 400),
        ({"webhook_timestamp": "9" * 400}, 400),
        ({"webhook_id": "x" * 201}, 400),
        ({"Content_Encoding": "br"}, 415),
        ({"Content_Encoding": "gzip"}, 400),
        ({"body": b""}, 422),
        ({"body": b"\xff\xfe\x00"}, 422),
        ({"body": BODY[:300]}, 422),
        ({"body": gzip.compress(BODY)[:-9], "Content_Encoding": "gzip"}, 400),
        ({"body": gzip.compress(b"\0" * 11_000_000), "Content_Encoding": "gzip"}, 413),
        ({"body": gzip.compress(b"\0" * 11_000_000)}, 422),
        ({"body": b"x" * 10_000_001}, 413),
    ],
    ids=range(19),
)
async def test_what_is_not_right_is_refused_with_the_reason(
    post: Post, change: dict[str, Any], status: int
) -> None:
    told, answer = await post.send(**change)
    assert (told, bool(answer["error"])) == (status, True)
    assert await post.landings() == 0


async def test_a_broken_line_is_told(post: Post) -> None:
    _, answer = await post.send(b'{"title": "A", "abstract": "b"}\n{"title": 7}')
    assert answer == {"error": answer["error"], "line": 2}


async def test_a_request_of_another_time_is_refused(post: Post) -> None:
    moment = str(int(post.clock().timestamp()))
    post.clock.pass_by(seconds=301)
    signed = signature(KEY, "msg_1", moment, BODY)
    status, answer = await post.send(webhook_timestamp=moment, webhook_signature=signed)
    assert (status, "set the clock" in answer["error"]) == (401, True)
    post.clock.pass_by(seconds=-2)
    assert (await post.send(webhook_timestamp=moment, webhook_signature=signed))[0] == 200


async def test_a_packed_body_is_unpacked_and_signed_as_it_is_sent(post: Post) -> None:
    assert (await post.send(gzip.compress(BODY), Content_Encoding="gzip"))[0] == 200
    assert (await post.send(gzip.compress(BODY), "msg_2"))[0] == 200
    assert await post.landings() == 1


async def test_one_that_is_cut_off_after_landing_lands_once_and_learns_it_later(post: Post) -> None:
    post.fail = [ConnectionResetError()]
    status, _ = await post.send()
    assert (status, await post.landings()) == (500, 1)
    assert (await post.send())[1] == {"digest": 1, "papers": 2, "new": 2}


async def test_many_at_once_land_once(post: Post) -> None:
    answers = await asyncio.gather(*(post.send() for _ in range(8)))
    assert {status for status, _ in answers} == {200}
    assert len({str(answer) for _, answer in answers}) == 1
    assert await post.landings() == 1


def test_the_signature_is_that_of_the_standard() -> None:
    key = decoded("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    given = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("key", ["whsec_", "whsec_!!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ="])
def test_a_key_that_is_none_is_told(key: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        decoded(key)


def test_a_key_of_the_standard_s_length_is_taken() -> None:
    assert len(decoded("whsec_" + base64.b64encode(b"x" * 24).decode())) == 24


async def test_the_program_takes_the_keys_that_are_set(sqlite_storage: Storage) -> None:
    secret = "whsec_" + base64.b64encode(KEY).decode()
    app = App(sqlite_storage)

    assert app.ingest(settings.read(ingest_keys=f"lab={secret},lab={secret}")).keys == {"lab": [KEY, KEY]}
    assert len(app.web(settings.read()).application.router.resources()) > 3
    with pytest.raises(BadSettings, match="DIGESTBOT_INGEST_KEYS"):
        app.ingest(settings.read(ingest_keys="lab=whsec_short"))
