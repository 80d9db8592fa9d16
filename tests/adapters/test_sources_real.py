"""The real day and the real month, where they are at hand, as they came and copied in other ways."""

import gzip
import json
import textwrap
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from adapters.sources import read
from bot.errors import Refused
from bot.models import Digest
from tests.mutations import mutations, outcomes
from tests.shared import DAY, MONTH, needs_shared

pytestmark = needs_shared

TODAY = date(2026, 11, 24)
BANNERS = 2  # lines before the first title


@pytest.fixture(scope="module")
def page() -> str:
    return DAY.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def day(page: str) -> Digest:
    return read(page.encode(), today=TODAY)


def wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 80, break_long_words=False, break_on_hyphens=False))


def copied(day: Digest, after_title: str, after_abstract: str, title: Callable[[str], str] = str) -> bytes:
    """The page as somebody else would have copied it: abstracts wrapped at 80 columns."""
    cards = (title(paper.title) + after_title + wrapped(paper.abstract) for paper in day.papers)
    return ("Get trending papers in your email inbox!\nSubscribe\n" + after_abstract.join(cards)).encode()


def test_the_real_page_has_274_papers(day: Digest, page: str) -> None:
    lines = page.split("\n")

    assert len(day.papers) == 274
    assert day.papers[0].title == (
        "BlockFusion: Expandable 3D Scene Generation using Latent Tri-plane Extrapolation"
    )
    assert [paper.title for paper in day.papers[1:]] == lines[BANNERS + 2 :: 2]
    assert [paper.abstract for paper in day.papers] == lines[BANNERS + 1 :: 2]
    assert (day.source, day.day) == ("huggingface", TODAY)


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n\n", "\x85", "\u2028"])
def test_the_real_page_is_the_same_digest_with_other_line_ends(day: Digest, page: str, line_end: str) -> None:
    assert read(page.replace("\n", line_end).encode(), today=TODAY) == day


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_real_page_is_the_same_digest_in_other_encodings(day: Digest, page: str, encoding: str) -> None:
    assert read(page.encode(encoding), today=TODAY) == day


@pytest.mark.parametrize(("after_title", "after_abstract"), [("\n", "\n"), ("\n", "\n\n"), ("\n\n", "\n\n")])
def test_the_real_page_is_the_same_digest_with_its_abstracts_wrapped(
    day: Digest, after_title: str, after_abstract: str
) -> None:
    content = copied(day, after_title, after_abstract)

    assert read(content, today=TODAY) == day
    assert read(content.replace(b"\n", b"\r\n"), today=TODAY) == day


def test_the_real_page_is_the_same_digest_with_titles_wrapped_too(day: Digest) -> None:
    assert read(copied(day, "\n\n", "\n\n", title=wrapped), today=TODAY) == day


def test_the_real_page_is_refused_where_a_line_is_lost(page: str) -> None:
    lines = page.split("\n")
    for lost in range(BANNERS, len(lines), 7):
        with pytest.raises(Refused) as refusal:
            read("\n".join(lines[:lost] + lines[lost + 1 :]).encode(), today=TODAY)
        assert refusal.value.line in range(lost, lost + 3)


def test_the_real_month_is_read_row_by_row() -> None:
    digest = read(MONTH.read_bytes(), today=TODAY)
    rows = [json.loads(line) for line in gzip.decompress(MONTH.read_bytes()).splitlines()]

    assert len(digest.papers) == len(rows) == 11_195
    assert (digest.source, digest.day) == ("arxiv", date(2026, 4, 30))
    for paper, row in zip(digest.papers, rows, strict=True):
        assert (paper.arxiv_id, paper.title, paper.abstract) == (row["id"], row["title"], row["abstract"])
        assert (list(paper.authors), list(paper.categories)) == (row["authors"], row["categories"])
        assert (paper.url, paper.comment) == (row["url"], row["comment"] or "")
        assert paper.published == date.fromisoformat(row["day"])


def test_links_of_the_real_month_end_where_they_should() -> None:
    papers = read(MONTH.read_bytes(), today=TODAY).papers
    links = [link for paper in papers for link in paper.links]

    assert Counter(link.kind for link in links).most_common(1)[0][0] == "code"
    assert [link.url for link in links if link.url[-1] in ".,;:>}\"'$"] == []
    assert [link.url for link in links if link.url.count(")") > link.url.count("(")] == []
    assert [link.url for link in links if any(sign in link.url for sign in "{}\\<>")] == []


@pytest.mark.slow
def test_ten_thousand_damages_of_a_real_page_land_whole_or_are_refused(page: str) -> None:
    forty_papers = "\n".join(page.split("\n")[: BANNERS + 80]).encode()

    assert sum(outcomes(mutations([forty_papers], 10_000, seed=2))) == 10_000
