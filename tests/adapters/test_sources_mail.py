"""Mails and files of references: alerts, daily mails, BibTeX, RIS."""

from datetime import date

import pytest

from adapters.sources import read
from bot.errors import Refused
from tests.adapters.announcements import FOLDER, TODAY, announced, paper

MAIL = b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/%s; charset=%s\n\n%s\n"


def test_an_alert_of_google_scholar_is_read() -> None:
    sort, rest = announced("scholar.eml").papers

    assert (sort.title, sort.arxiv_id, sort.authors) == (
        "Widgets that Sort Things",
        "2611.10001",
        ("A Quill", "B Ito"),
    )
    assert sort.abstract.startswith("We sort things with widgets")
    assert (rest.url, rest.published) == ("https://journal.example.org/2", date(2025, 1, 1))
    assert announced("scholar.eml").day == date(2026, 11, 24)


def test_a_mail_that_links_to_papers_gives_their_titles_and_ids() -> None:
    digest = announced("daily.eml")

    assert [(one.arxiv_id, one.title) for one in digest.papers] == [
        ("2611.10001", "Widgets that Sort Things"),
        ("2611.10003", "Without Any Votes"),
    ]
    assert digest.source == "huggingface"


def test_the_encoding_of_a_mail_s_part_is_its_own() -> None:
    link = '<a href="https://arxiv.org/abs/2611.10001">Schrödinger at Home</a>'.encode("latin-1")

    assert read(MAIL % (b"html", b"iso-8859-1", link), today=TODAY).papers[0].title == "Schrödinger at Home"
    for charset in (b"no-such-charset", b"utf-8"):
        assert read(MAIL % (b"html", charset, link), today=TODAY).papers[0].arxiv_id == "2611.10001"


@pytest.mark.parametrize(
    "content",
    [
        MAIL % (b"plain", b"utf-8", b"Hello Ada"),
        MAIL % (b"html", b"utf-8", b"<p>Hello</p>"),
        b"From: a@b.org\n\n",
    ],
)
def test_a_mail_without_papers_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="mail"):
        read(content, today=TODAY)


def test_what_is_attached_is_not_looked_at() -> None:
    text = (FOLDER / "scholar.eml").read_text(encoding="utf-8")
    attached = text.replace(
        'Content-Type: text/html; charset="utf-8"', "Content-Type: text/html\nContent-Disposition: attachment"
    )
    assert attached != text
    with pytest.raises(Refused, match="mail"):
        read(attached.encode(), today=TODAY)


def test_a_file_of_bibtex_lands_with_its_accents_and_maths() -> None:
    digest = announced("papers.bib")
    widgets = paper(digest, "Widgets")

    assert widgets.title == "Widgets that Sort $k<m$ Things in Schrödinger's 95% Box"
    assert widgets.authors == ("Ada Quill", "Ben Ito", "Émile Žák")
    assert (widgets.arxiv_id, widgets.published) == ("2611.10001", date(2026, 11, 1))
    assert (widgets.comment, widgets.abstract) == ("Sort Conference", "We sort things, over two lines.")
    assert paper(digest, "No abstract").doi == "10.1234/old.friend"
    assert paper(digest, "A repeated key").authors == ("Fay Moss",)
    assert len(digest.papers) == 3


def test_a_file_of_ris_lands() -> None:
    sort, rest = announced("papers.ris").papers

    assert (sort.arxiv_id, sort.doi, sort.published) == ("2611.10001", "10.1234/sort.1", date(2026, 11, 20))
    assert sort.authors == ("Ada Quill", "Ben Ito")
    assert (rest.title, rest.abstract) == ("No Abstract Here", "")


@pytest.mark.parametrize(
    ("name", "change", "line"),
    [
        ("papers.bib", ("95\\% Box},", "95\\% Box,"), 4),
        ("papers.ris", ("JO  - Journal of Sorting\nER  - \n", ""), 1),
        ("papers.ris", ("PY  - 2025\nER  - \n", "PY  - 2025\n"), 14),
    ],
)
def test_a_file_of_references_that_breaks_off_is_refused_with_the_line(
    name: str, change: tuple[str, str], line: int
) -> None:
    with pytest.raises(Refused) as refusal:
        announced(name, change)
    assert refusal.value.line == line


@pytest.mark.parametrize(
    ("header", "letter"),
    [
        (b"Message-ID: <1.a@mail.example.org>", "<1.a@mail.example.org>"),
        (b"Message-ID:\n <folded@example.org>", "<folded@example.org>"),
        (b"Message-ID: none", ""),
        (b"Message-ID: <" + b"x" * 300 + b">", ""),
        (b"X-Other: 1", ""),
    ],
)
def test_a_mail_s_own_name_is_known(header: bytes, letter: str) -> None:
    link = b'<a href="https://arxiv.org/abs/2611.10001">Widgets that Sort Things</a>'
    assert read(header + b"\n" + MAIL % (b"html", b"utf-8", link), today=TODAY).letter == letter
