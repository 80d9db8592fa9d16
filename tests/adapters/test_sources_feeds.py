"""Feeds of unknown kind: read tolerantly, in a process that may use little and reach nothing."""

import json
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from adapters.sources import feeds, read
from adapters.sources.plain import plain
from bot.errors import NothingAnnounced, Refused
from tests.adapters.announcements import TODAY, announced, paper

ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><entry><title>{}</title>'
    '<id>tag:1</id><link href="https://blog.example.org/1"/><summary>{}</summary></entry></feed>'
)


def test_a_journal_s_feed_is_read_with_its_maths_and_without_its_markup() -> None:
    digest = announced("journal.rss.xml")
    coli = paper(digest, "On E. coli when k < m")

    assert coli.abstract == "We grow widgets where k<m and m>n. Twice."
    assert coli.authors == ("Ada Quill", "Ben Ito")
    assert (coli.doi, coli.published) == ("10.5555/widget.1", date(2026, 11, 23))
    assert paper(digest, "No abstract").abstract == ""
    assert paper(digest, "A preprint").arxiv_id == "2611.10001"
    assert len(digest.papers) == 3


def test_an_older_encoding_is_read_where_the_feed_declares_it() -> None:
    text = ATOM.format("Schrödinger’s", "x").replace('"1.0"?', '"1.0" encoding="windows-1252"?')

    assert read(text.encode("windows-1252"), today=TODAY).papers[0].title == "Schrödinger’s"
    with pytest.raises(Refused, match="UTF-8"):
        read(text.replace("windows-1252", "utf-7").encode("windows-1252"), today=TODAY)


def test_a_broken_feed_gives_what_can_be_read() -> None:
    assert read(ATOM.format("Kept", "a & b <p>c").encode(), today=TODAY).papers[0].title == "Kept"


@pytest.mark.parametrize("text", ["<?xml version='1.0'?><note>no feed</note>", "<rss", "<?xml"])
def test_what_is_no_feed_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="no feed"):
        read(text.encode(), today=TODAY)


def test_a_feed_without_entries_announces_nothing() -> None:
    with pytest.raises(NothingAnnounced):
        read(b"<rss version='2.0'><channel><title>x</title></channel></rss>", today=TODAY)


@pytest.mark.parametrize(
    "bomb",
    [
        "<!DOCTYPE r [<!ENTITY a '"
        + "a" * 1000
        + "'>"
        + "".join(
            f"<!ENTITY {n} '{'&' + p + ';' * 1}{('&' + p + ';') * 9}'>"
            for p, n in zip("abcdefgh", "bcdefghi", strict=True)
        )
        + "]><rss version='2.0'><channel><item><title>&i;</title></item></channel></rss>",
        "<rss version='2.0'><channel>" + "<item>" * 200_000,
        "<rss version='2.0'><channel><item><title>x</title><description>" + "<![CDATA[<p>" * 100_000,
    ],
    ids=["entities", "depth", "sections"],
)
def test_a_bomb_ends_within_its_limits(bomb: str) -> None:
    before = time.monotonic()
    with suppress(Refused):
        read(b"<?xml version='1.0'?>" + bomb.encode(), today=TODAY)
    assert time.monotonic() - before < feeds.LONGEST


def test_a_feed_names_files_and_addresses_in_vain(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the-canary")
    text = (
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'
        "<rss version='2.0'><channel><item><title>T &x;</title></item></channel></rss>"
    )
    for content in (text, str(secret), f"file://{secret}"):
        done = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-I", str(feeds.PROGRAM)],
            input=content.encode(),
            capture_output=True,
            check=True,
        )
        assert b"the-canary" not in done.stdout
        assert isinstance(json.loads(done.stdout)["entries"], list)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("for k<m and m>n", "for k<m and m>n"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("H<sub>2</sub>O &amp; <jats:italic>x</jats:italic>", "H2O & x"),
        ("a<br/>b<script>evil()</script>c<!-- no -->d", "a b c d"),
        ("tab\there\x00\x1b[31m", "tab here[31m"),
    ],
)
def test_only_real_elements_are_markup(markup: str, text: str) -> None:
    assert plain(markup) == text
