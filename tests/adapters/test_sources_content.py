"""Bytes: unpacked with care, decoded where it is plain, and known again however they were packed."""

import gzip
from datetime import date
from functools import partial

import pytest

from adapters.sources import read
from adapters.sources.content import unpacked
from bot.errors import Refused

packed = partial(gzip.compress, mtime=0)  # the same bytes, and the same names of tests, in every process

TODAY = date(2026, 11, 24)
PAGE = "On Rain\nIt falls down, Schrödinger said.\nOn Wind\nIt blows.\n"


@pytest.mark.parametrize(
    "content",
    [
        packed(PAGE.encode()),
        packed(PAGE[:20].encode()) + packed(PAGE[20:].encode()),
        packed(PAGE.encode()) + b"\0" * 512,
        PAGE.encode("utf-8-sig"),
        PAGE.encode("utf-16"),
        b"\xfe\xff" + PAGE.encode("utf-16-be"),
        PAGE.replace("\n", "\r\n").encode(),
        PAGE.replace("\n", "\r").encode(),
        PAGE.replace("\n", "\n\n\n").strip().encode(),
    ],
    ids=range(9),  # a gzip tells the second it was made in, and every worker has to call a test alike
)
def test_however_it_is_packed_it_is_the_same_digest(content: bytes) -> None:
    assert read(content, today=TODAY) == read(PAGE.encode(), today=TODAY)


def test_the_fingerprint_follows_the_content_and_not_the_day_or_the_sender() -> None:
    digest = read(PAGE.encode(), today=TODAY)
    later = read(PAGE.encode(), today=date(2027, 1, 1), source="mail")
    other = read(PAGE.replace("falls", "drops").encode(), today=TODAY)

    assert len(digest.fingerprint) == 64
    assert later.fingerprint == digest.fingerprint != other.fingerprint
    assert (later.day, later.source) == (date(2027, 1, 1), "mail")


def test_a_small_file_may_pack_well() -> None:
    assert len(unpacked(packed(b" " * 900_000))) == 900_000


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", None, "empty"),
        (b" \n\t\r\n", None, "empty"),
        (packed(b""), None, "empty"),
        (b"On Rain\nIt falls \xe9.", 2, "UTF-8"),
        (PAGE.encode("utf-16-le"), 1, "U\\+0000"),
        (b"\xff\xfe\x00", 1, "UTF-8"),
        (PAGE.encode("utf-32"), 1, "U\\+0000"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 1, "UTF-8"),
        (b"%PDF-1.7\n\x01\x02", 2, "U\\+0001"),
        (b"On Rain\nIt falls \x7f.", 2, "U\\+007F"),
        (packed(packed(PAGE.encode())), 1, "UTF-8"),
        (packed(PAGE.encode())[:-12], None, "cut"),
        (packed(PAGE.encode()) + b"more", None, "damaged"),
        (b"\x1f\x8b" + b"x" * 100, None, "damaged"),
        (packed(b"") * 10_001, None, "10,000 parts"),
        (packed(b"x" * 2_000_000), None, "too large"),
        (b"x" * 64_000_001, None, "too large"),
    ],
    ids=range(17),
)
def test_what_is_no_text_is_refused(content: bytes, line: int | None, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as refusal:
        read(content, today=TODAY)
    assert refusal.value.line == line
