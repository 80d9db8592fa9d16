"""arXiv's feeds, query API and mails: what is new, what is a new version, and what is an error in disguise."""

from datetime import date

import pytest

from bot.errors import NothingAnnounced, Refused
from tests.adapters.announcements import FOLDER, announced, paper


def test_a_feed_tells_new_papers_from_new_versions() -> None:
    digest = announced("arxiv.rss.xml")

    assert [one.arxiv_id for one in digest.papers] == ["2611.10001", "2611.10002"]
    assert [(one.arxiv_id, one.version) for one in digest.updates] == [("2509.00007", 4), ("2510.00009", 2)]
    assert (digest.source, digest.day) == ("arxiv", date(2026, 11, 24))


def test_a_feed_s_paper_is_read_without_what_is_written_around_it() -> None:
    widgets = announced("arxiv.rss.xml").papers[0]

    assert widgets.title == "Widgets that Sort $k < m$ Things"
    assert widgets.abstract.startswith("We sort things with k<m comparisons and 95% less")
    assert widgets.authors == ("Ada Quill", "Ben Ito", "Chidi Obi")
    assert widgets.categories == ("cs.LG", "stat.ML")
    assert (widgets.version, widgets.published, widgets.url) == (1, None, "https://arxiv.org/abs/2611.10001")
    assert [link.url for link in widgets.links] == ["https://github.com/quill/widgets"]


def test_the_atom_feed_says_the_same() -> None:
    atom, rss = announced("arxiv.atom.xml"), announced("arxiv.rss.xml")

    assert (atom.day, atom.papers[0].keys) == (rss.day, rss.papers[0].keys[:-1] + atom.papers[0].keys[-1:])


def test_the_query_api_says_the_first_day_the_version_and_the_primary_category_first() -> None:
    digest = announced("arxiv.query.xml")
    widgets = paper(digest, "Widgets that Sort Things")

    assert (widgets.published, widgets.version, widgets.doi) == (date(2026, 11, 20), 2, "10.1234/sort.1")
    assert widgets.categories == ("stat.ML", "cs.LG")
    assert widgets.abstract == "We sort things, over two lines."
    assert widgets.comment == "12 pages, accepted at SORT 2026"
    assert paper(digest, "An Old").arxiv_id == "hep-th/9901001"
    assert digest.updates == ()


def test_the_daily_mail_is_read_with_its_cross_lists_and_replacements() -> None:
    digest = announced("listing.eml")

    assert [one.arxiv_id for one in digest.papers] == ["2611.10001", "2611.10002"]
    assert digest.papers[0].title == "Widgets that Sort, on a Title of Two Lines"
    assert digest.papers[0].authors == ("Ada Quill", "Ben Ito", "Chidi Obi")
    assert digest.papers[0].abstract == "We sort things, over two lines."
    assert [one.arxiv_id for one in digest.updates] == ["2509.00007"]
    assert (digest.source, digest.day) == ("arxiv", date(2026, 11, 24))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((">cs.LG+q-bio.NC updates on arXiv.org<", '>Feed error for query "cs.XX"<'), "Feed error for query"),
        (("oai:arXiv.org:2611.10002v1", "oai:elsewhere:7"), None),
        (("</channel>", ""), "broken XML"),
        (("<rss ", "<!DOCTYPE rss [<!ENTITY a 'aaaa'>]>\n<rss "), "declares a DTD"),
        (("<title>Neurons from Next Door</title>", ""), "entry 3: `title` is missing"),
        (("<language>", "<a>" * 70 + "</a>" * 70 + "<language>"), "more than 64 elements"),
    ],
)
def test_a_feed_that_is_an_error_or_broken_is_refused_whole(
    change: tuple[str, str], reason: str | None
) -> None:
    if reason is None:
        assert announced("arxiv.rss.xml", change).papers[1].arxiv_id == "2611.10002"  # its link says it too
        return
    with pytest.raises(Refused, match=reason):
        announced("arxiv.rss.xml", change)


def test_what_the_query_api_could_not_read_is_told_in_its_own_words() -> None:
    with pytest.raises(Refused, match=r"arXiv says: incorrect id format for 1234\.12345"):
        announced("arxiv.error.xml")


def test_the_feed_of_a_weekend_is_empty_and_not_broken() -> None:
    start, end = "<item>", "</channel>"
    text = (FOLDER / "arxiv.rss.xml").read_text(encoding="utf-8")
    inside = text[text.index(start) : text.index(end)]
    with pytest.raises(NothingAnnounced, match="weekends"):
        announced("arxiv.rss.xml", (inside, ""))
