"""Fetching: polite, bounded, and only from public addresses."""

import asyncio
import gzip
import os
import socket
import time
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.sources import fetch
from adapters.sources.fetch import Fetched, Fetcher
from adapters.sources.guard import public
from bot.errors import Unread
from tests.adapters.announcer import Announcer, a_fetcher, an_announcer, answer, bomb, silence, trickle
from tests.fakes import Clock

FORBIDDEN = """
127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255
169.254.169.254 169.254.0.1 100.64.0.1 100.127.255.255 192.0.0.1 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1
203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.88.99.1 0.1.2.3
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:7f00:1 ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::1 2002:7f00:1:: 2002:a00:1::1 2002:808:808::1
2001::1 2001:0:53aa:64c:0:fbff:80ff:fffe 2001:db8::1 2001:10::1 2001:20::1 3fff::1 5f00::1 100::1
fc00::1 fd00::1 fd12:3456:789a::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 ::8.8.8.8 1::1 4000::1
localhost example nonsense 2130706433 0x7f000001 017700000001 127.1
""".split()
WRITTEN = """
http://127.0.0.1/ http://127.1/ http://0/ http://2130706433/ http://0x7f000001/ http://017700000001/ http://0x7f.1/
http://[::1]/ http://[::ffff:127.0.0.1]/ http://[::]/ http://[64:ff9b::7f00:1]/ http://localhost/ http://LOCALHOST/
http://localhost./ http://169.254.169.254/latest/meta-data/ http://[fe80::1]/ http://10.0.0.1/ http://0.0.0.0/
""".split()


@pytest.fixture
async def place() -> AsyncIterator[Announcer]:
    async with an_announcer() as place:
        yield place


@pytest.fixture
async def fetcher(place: Announcer) -> AsyncIterator[Fetcher]:
    async with a_fetcher(place) as fetcher:
        yield fetcher


async def cause(fetching: Any) -> str:
    with pytest.raises(Unread) as unread:
        await fetching
    return unread.value.cause


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_address_but_a_public_one_may_be_asked(address: str) -> None:
    assert len(FORBIDDEN) >= 60
    assert not public(address, 443)


def test_public_addresses_may_be_asked_on_the_ports_of_the_web_alone() -> None:
    for address in ("8.8.8.8", "151.101.1.42", "2606:4700::1111", "::ffff:8.8.8.8"):
        assert public(address, 443)
        assert public(address, 80)
        assert not any(public(address, port) for port in (22, 25, 6379, 8080, 5432, 0))


@pytest.mark.parametrize("url", WRITTEN)
async def test_however_a_forbidden_address_is_written_nothing_connects(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connects: list[object] = []
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(type(loop), "sock_connect", lambda *given: connects.append(given))
    async with Fetcher(Clock()) as fetcher:
        assert await cause(fetcher.fetch(url)) in {"forbidden address", "connection", "address"}
    assert connects == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "https://user:key@example.org/",
        "//x",
        "",
        "https://a b.org/",
    ],
)
async def test_what_is_no_plain_address_is_refused_before_anything(fetcher: Fetcher, url: str) -> None:
    assert await cause(fetcher.fetch(url)) == "address"


async def test_a_name_that_changes_its_mind_is_judged_at_the_socket(
    place: Announcer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: whatever the name server says each time, the address that is connected to is the judged one."""
    place.answers["/"] = answer("once")
    told = iter(["127.0.0.1", "127.0.0.2", "10.0.0.1"])

    async def resolved(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(told), place.port))]

    monkeypatch.setattr(type(asyncio.get_running_loop()), "getaddrinfo", resolved)
    url = f"http://rebinding.example.org:{place.port}/"
    assert (await fetcher.fetch(url)).body == b"once"
    assert [await cause(fetcher.fetch(url)) for _ in range(2)] == ["forbidden address"] * 2
    assert place.connections == [("127.0.0.1", place.port)]


async def test_a_redirect_is_judged_as_the_first_address_was(place: Announcer, fetcher: Fetcher) -> None:
    place.answers |= {
        "/a": answer(status="302 Found", Location="/b"),
        "/b": answer(status="301 Moved", Location=f"{place.url}/c"),
        "/c": answer("there"),
        "/inside": answer(status="302 Found", Location="http://127.0.0.2/"),
        "/file": answer(status="302 Found", Location="file:///etc/passwd"),
        "/loop": answer(status="307 Again", Location="/loop"),
        "/nowhere": answer(status="302 Found"),
    }
    assert (await fetcher.fetch(f"{place.url}/a")).body == b"there"
    assert await cause(fetcher.fetch(f"{place.url}/inside")) == "forbidden address"
    assert await cause(fetcher.fetch(f"{place.url}/file")) == "address"
    assert await cause(fetcher.fetch(f"{place.url}/loop")) == "redirect"
    assert await cause(fetcher.fetch(f"{place.url}/nowhere")) == "redirect"
    assert place.paths().count("/loop") == 4


async def test_headers_and_cookies_do_not_follow_to_another_host(place: Announcer, fetcher: Fetcher) -> None:
    place.answers |= {
        "/": answer(status="302 Found", Location=f"http://localhost:{place.port}/b", Set_Cookie="a=b"),
        "/b": answer("there", Set_Cookie="c=d; Domain=localhost"),
    }
    await fetcher.fetch(f"{place.url}/", headers={"Authorization": "Bearer secret"})
    await fetcher.fetch(f"{place.url}/b")
    assert [headers.get("Authorization") for _, headers in place.asked] == ["Bearer secret", None, None]
    assert all("Cookie" not in headers for _, headers in place.asked)


async def test_it_says_who_asks_and_whom_to_write_to(place: Announcer, fetcher: Fetcher) -> None:
    place.answers["/"] = answer("x")
    await fetcher.fetch(f"{place.url}/")
    assert place.asked[0][1]["User-Agent"].startswith("digestbot/")
    assert "ops@example.org" in place.asked[0][1]["User-Agent"]


async def test_no_proxy_of_the_environment_is_used(place: Announcer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.9:9")
    place.answers["/"] = answer("direct")
    async with a_fetcher(place) as fetcher:
        assert (await fetcher.fetch(f"{place.url}/")).body == b"direct"


async def test_what_has_not_changed_is_not_sent_again(place: Announcer, fetcher: Fetcher) -> None:
    place.answers["/"] = answer("x", ETag='"7"', Last_Modified="yesterday")
    first = await fetcher.fetch(f"{place.url}/")
    place.answers["/"] = answer(status="304 Not Modified", ETag='"7"')
    again = await fetcher.fetch(f"{place.url}/", etag=first.etag, modified=first.modified)

    assert (first.etag, first.modified, again.body) == ('"7"', "yesterday", None)
    assert place.asked[1][1]["If-None-Match"] == '"7"'
    assert place.asked[1][1]["If-Modified-Since"] == "yesterday"


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (answer(status="429 Too Many", Retry_After="7"), 7.0),
        (answer(status="429 Too Many"), 1.0),
        (answer(status="429 Too Many", RateLimit='"api";r=0;t=55'), 55.0),
        (answer(status="503 Busy", Retry_After="Tue, 24 Nov 2026 12:01:00 GMT"), 60.0),
        (answer(status="503 Busy", Retry_After="some day"), 0.0),
        (answer(status="500 Oops"), 0.0),
        (answer(status="403 Forbidden"), 0.0),
    ],
)
async def test_an_answer_that_is_none_says_when_to_come_back(
    place: Announcer, fetcher: Fetcher, said: bytes, wait: float
) -> None:
    place.answers["/"] = said
    with pytest.raises(Unread) as unread:
        await fetcher.fetch(f"{place.url}/")
    assert unread.value.wait == wait


async def test_what_is_left_of_a_rate_is_honoured(place: Announcer, fetcher: Fetcher) -> None:
    place.answers["/"] = answer("x", RateLimit='"api";r=0;t=30')
    assert (await fetcher.fetch(f"{place.url}/")).wait == 30.0


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
async def test_a_packed_answer_is_unpacked(place: Announcer, fetcher: Fetcher, packing: str) -> None:
    packed = gzip.compress(b"papers") if packing == "gzip" else zlib.compress(b"papers")
    place.answers["/"] = answer(packed, Content_Encoding=packing)
    assert await fetcher.fetch(f"{place.url}/") == Fetched(b"papers")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (answer(bomb(20), Content_Encoding="gzip"), "too large"),
        (answer(b"x" * 10_000_001), "too large"),
        (answer(gzip.compress(b"papers" * 99)[:-9], Content_Encoding="gzip"), "encoding"),
        (answer(b"no gzip", Content_Encoding="gzip"), "encoding"),
        (answer(b"x", Content_Encoding="br"), "encoding"),
        (answer(b"cut", length=False, Content_Length="99"), "connection"),
        (b"no HTTP at all\r\n\r\n", "connection"),
        (b"", "connection"),
    ],
    ids=["bomb", "large", "cut gzip", "no gzip", "brotli", "cut", "no http", "nothing"],
)
async def test_an_answer_beyond_bounds_is_dropped(
    place: Announcer, fetcher: Fetcher, said: bytes, told: str
) -> None:
    place.answers["/"] = lambda writer: _say(writer, said)
    assert await cause(fetcher.fetch(f"{place.url}/")) == told


@pytest.mark.parametrize("behaviour", [trickle, silence])
async def test_a_slow_answer_ends_in_time(
    place: Announcer, fetcher: Fetcher, behaviour: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "LONGEST", 0.3)
    place.answers["/"] = behaviour
    before = time.monotonic()
    assert await cause(fetcher.fetch(f"{place.url}/")) == "timeout"
    assert time.monotonic() - before < 3


async def _say(writer: asyncio.StreamWriter, said: bytes) -> None:
    writer.write(said)
    await writer.drain()
