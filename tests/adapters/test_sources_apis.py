"""JSON of public APIs: Hugging Face, bioRxiv, OpenReview, Semantic Scholar."""

from datetime import date

import pytest

from adapters.sources import read
from bot.errors import NothingAnnounced, Refused
from tests.adapters.announcements import TODAY, announced, paper


@pytest.mark.parametrize("name", ["daily.json", "daily.html"])
def test_hugging_face_s_day_is_read_without_hidden_authors_and_withdrawn_papers(name: str) -> None:
    digest = announced(name)
    widgets = paper(digest, "Widgets that Sort")

    assert [one.arxiv_id for one in digest.papers] == ["2611.10001", "2611.10003"]
    assert (digest.source, digest.day) == ("huggingface", date(2026, 11, 24))
    assert (widgets.authors, widgets.upvotes, widgets.organisation) == (("Ada Quill",), 41, "Somewhere")
    assert [link.kind for link in widgets.links] == ["code", "project"]


def test_a_page_whose_list_has_moved_says_what_to_do() -> None:
    with pytest.raises(Refused, match="give the page as text"):
        announced("daily.html", ("dailyPapers", "papersOfTheDay"))


def test_of_several_versions_the_latest_counts_and_the_first_makes_it_new() -> None:
    digest = announced("biorxiv.json")
    coli = paper(digest, "Widgets in E. coli")

    assert [one.title for one in digest.papers] == ["Widgets in E. coli", "Commas Between"]
    assert (coli.version, coli.abstract, coli.authors) == (2, "We grow widgets.", ("Quill, A.", "Ito, B."))
    assert paper(digest, "Commas").authors == ("Obi, C.", "Moss, F.")
    assert [(one.doi, one.version) for one in digest.updates] == [("10.1101/2025.01.01.000009", 3)]
    assert digest.source == "biorxiv"


def test_a_server_of_its_own_name_is_its_source() -> None:
    digest = announced("biorxiv.json", ('"server":"bioRxiv"', '"server":"medRxiv"'))

    assert digest.source == "medrxiv"
    assert digest.papers[0].url.startswith("https://www.medrxiv.org/content/10.1101/")


def test_notes_of_either_openreview_are_read_and_withdrawn_ones_left_out() -> None:
    digest = announced("openreview.json")

    assert [one.title for one in digest.papers] == ["Widgets that Sort", "Of the first API"]
    assert digest.papers[0].url == "https://openreview.net/forum?id=aB1"
    assert digest.papers[0].published == date(2026, 11, 23)


def test_semantic_scholar_s_papers_need_no_abstract() -> None:
    sort, rest = announced("semanticscholar.json").papers

    assert (sort.arxiv_id, sort.doi, sort.abstract) == ("2611.10001", "10.1234/sort.1", "")
    assert (rest.authors, rest.published) == ((), None)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ('{"messages":[{"status":"no posts found"}],"collection":[]}', "no posts found"),
        ('{"notes": [], "count": 0}', "no paper"),
        ("[]", "no paper"),
    ],
)
def test_an_answer_without_papers_announces_nothing(answer: str, reason: str) -> None:
    with pytest.raises(NothingAnnounced, match=reason):
        read(answer.encode(), today=TODAY)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ('{"error": "Invalid date"}', "the source says: Invalid date"),
        ('{"message": "Too many requests"}', "the source says: Too many requests"),
        ('{"data": [{"title": 7}]}', "row 1: `title` must be a text"),
        ('{"data": [7]}', "row 1: a paper is a JSON object"),
        ('{"data": [', "broken JSON"),
        ('{"data": ' + "[" * 100_000, "inside one another"),
    ],
)
def test_an_error_in_place_of_an_answer_is_refused_in_its_own_words(answer: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(answer.encode(), today=TODAY)
