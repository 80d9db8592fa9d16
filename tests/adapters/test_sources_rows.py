"""JSON Lines and one JSON array: a row is a paper, kept as its source wrote it."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources import read
from bot.errors import Refused
from bot.models import Digest, Link, Paper

TODAY = date(2026, 11, 24)
ROW = {"title": "On Rain", "abstract": "It falls down."}

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80).filter(str.strip)
rows = st.lists(st.fixed_dictionaries({"title": texts, "abstract": texts}), min_size=1, max_size=8)


def digest(*rows: Any) -> Digest:
    return read(json.dumps(rows).encode(), today=TODAY)


def paper(**fields: Any) -> Paper:
    return digest({**ROW, **fields}).papers[0]


@given(rows)
def test_text_is_kept_to_the_character(rows: list[dict[str, str]]) -> None:
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    kept = read(lines.encode(), today=TODAY)

    assert [paper.abstract for paper in kept.papers] == [row["abstract"] for row in rows]
    assert kept == read(json.dumps(rows).encode(), today=TODAY)
    assert kept == read(json.dumps(rows, indent=2).encode("utf-16"), today=TODAY)
    assert kept == read(lines.replace("\n", "\r\n\r\n").encode("utf-8-sig"), today=TODAY)


def test_line_breaks_stay_in_an_abstract_and_become_spaces_in_a_title() -> None:
    found = paper(title="On the\n  Rain\r\nand Wind", abstract="It falls.\n  It blows.\n")

    assert (found.title, found.abstract) == ("On the Rain and Wind", "It falls.\n  It blows.\n")


def test_every_row_is_a_paper_even_one_that_comes_again() -> None:
    assert len(digest(ROW, ROW, ROW).papers) == 3


def test_a_row_may_tell_everything() -> None:
    found = digest(
        {
            "id": "2611.04217v3",
            "day": "2026-11-20",
            "title": "On Rain",
            "summary": "It falls down; see https://rain.example.org.",
            "authors": ["Ada Quill", {"name": "Ben Ito"}, {"name": "Cara Wu", "hidden": True}],
            "categories": ["cs.LG", "stat.ML", "cs.LG"],
            "organization": "Harbour University",
            "comment": "12 pages, code at https://github.com/sky/rain",
            "doi": "https://doi.org/10.1234/Rain.5",
            "url": "http://rain.example.org/paper",
            "upvotes": 7,
            "source": "mail",
            "project": "https://rain.example.org/project",
            "mood": {"unknown": ["to", "us"]},
        }
    )

    assert found.papers == (
        Paper(
            "On Rain",
            "It falls down; see https://rain.example.org.",
            authors=("Ada Quill", "Ben Ito"),
            categories=("cs.LG", "stat.ML"),
            organisation="Harbour University",
            source="mail",
            arxiv_id="2611.04217",
            doi="10.1234/Rain.5",
            url="http://rain.example.org/paper",
            links=(
                Link("project", "https://rain.example.org/project"),
                Link("project", "https://rain.example.org"),
                Link("code", "https://github.com/sky/rain"),
            ),
            upvotes=7,
            published=date(2026, 11, 20),
            comment="12 pages, code at https://github.com/sky/rain",
        ),
    )
    assert (found.source, found.day) == ("mail", date(2026, 11, 20))


def test_a_row_of_hugging_face_holds_its_paper_inside() -> None:
    found = digest(
        {
            "title": "Outside",
            "publishedAt": "2026-11-18T09:00:00.000Z",
            "paper": {
                "id": "2611.04217",
                "title": "On Rain",
                "summary": "It falls down.",
                "authors": [{"_id": "1", "name": "Ada Quill", "hidden": False}],
                "publishedAt": "2026-11-17T23:00:00.000Z",
                "submittedOnDailyAt": "2026-11-20T00:00:00.000Z",
                "upvotes": 7,
                "githubRepo": "sky/rain",
                "projectPage": "not an address",
                "organization": {"name": "harbour", "fullname": "Harbour University"},
            },
        }
    )
    (only,) = found.papers

    assert (found.source, found.day) == ("huggingface", date(2026, 11, 20))
    assert (only.title, only.authors, only.upvotes) == ("On Rain", ("Ada Quill",), 7)
    assert (only.published, only.organisation) == (date(2026, 11, 17), "Harbour University")
    assert only.links == (Link("code", "https://github.com/sky/rain"),)
    assert only.url == "https://arxiv.org/abs/2611.04217"


@pytest.mark.parametrize(
    ("fields", "arxiv_id"),
    [
        ({"id": "2611.04217"}, "2611.04217"),
        ({"arxiv_id": "arXiv:2611.04217v12"}, "2611.04217"),
        ({"id": "oai:arXiv.org:1508.0342v1"}, "1508.0342"),
        ({"id": "cs/0112017v2"}, "cs/0112017"),
        ({"id": "math.GT/0309136"}, "math/0309136"),
        ({"url": "https://arxiv.org/abs/hep-th/9901001"}, "hep-th/9901001"),
        ({"url": "https://arxiv.org/pdf/2611.04217v2.pdf"}, "2611.04217"),
        ({"url": "https://huggingface.co/papers/2611.04217#community"}, "2611.04217"),
        ({"doi": "10.48550/arXiv.2611.04217"}, "2611.04217"),
        ({"id": 17}, ""),
        ({"id": "2613.04217"}, ""),
        ({"id": "a-name-of-somebody"}, ""),
        ({"url": "https://example.org/2611.04217"}, ""),
    ],
)
def test_an_arxiv_id_is_known_wherever_it_stands(fields: dict[str, Any], arxiv_id: str) -> None:
    assert paper(**fields).arxiv_id == arxiv_id


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Ada Quill, Ben Ito", ("Ada Quill", "Ben Ito")),
        ("Quill, Ada; Ito, Ben", ("Quill, Ada", "Ito, Ben")),
        (
            "Ada Quill (Harbour University, Quay), Ben Ito",
            ("Ada Quill (Harbour University, Quay)", "Ben Ito"),
        ),
        ("Ada Quill", ("Ada Quill",)),
        ([], ()),
        (None, ()),
    ],
)
def test_authors_are_a_list_or_one_text(authors: Any, names: tuple[str, ...]) -> None:
    assert paper(authors=authors).authors == names


@pytest.mark.parametrize(
    ("categories", "found"),
    [
        ("cs.LG", ("cs.LG",)),
        ("cs.LG stat.ML q-bio", ("cs.LG", "stat.ML", "q-bio")),
        ("cs.LG, stat.ML", ("cs.LG", "stat.ML")),
        ("cell biology", ("cell biology",)),
    ],
)
def test_categories_are_a_list_or_one_text(categories: str, found: tuple[str, ...]) -> None:
    assert paper(categories=categories).categories == paper(category=categories).categories == found


@pytest.mark.parametrize(
    ("fields", "links"),
    [
        ({"github": "sky/rain"}, [Link("code", "https://github.com/sky/rain")]),
        ({"code": "https://code.example.org/rain"}, [Link("code", "https://code.example.org/rain")]),
        ({"links": ["https://youtu.be/rain"]}, [Link("video", "https://youtu.be/rain")]),
        ({"links": [{"url": "https://github.com/sky/rain"}]}, [Link("code", "https://github.com/sky/rain")]),
        ({"links": [{"rel": "self"}, None]}, []),
        ({"code": "javascript:alert(1)", "url": "ftp://example.org/x"}, []),
        ({"code": "https://me:secret@example.org/rain"}, []),
        ({"code": "https://example.org/" + "r" * 1_990}, []),
    ],
)
def test_a_row_may_point_to_places_people_can_be_sent_to(fields: dict[str, Any], links: list[Link]) -> None:
    assert list(paper(**fields).links) == links
    assert paper(**fields).url == ""


def test_the_day_of_a_digest_is_the_last_one_its_rows_name() -> None:
    found = digest({**ROW, "day": "2026-11-19"}, {**ROW, "day": "2026-11-20T06:00:00Z"}, ROW)

    assert found.day == date(2026, 11, 20)
    assert [paper.published for paper in found.papers] == [date(2026, 11, 19), date(2026, 11, 20), None]
    assert digest({**ROW, "published": "2026-11-01"}).day == TODAY


def test_rows_of_several_sources_come_from_a_file() -> None:
    found = digest({**ROW, "source": "one"}, {**ROW, "source": "two"}, ROW)

    assert found.source == "file"
    assert [paper.source for paper in found.papers] == ["one", "two", "file"]
    assert digest({**ROW, "id": "2611.04217"}).source == "arxiv"
    assert digest({**ROW, "id": "2611.04217"}, ROW).source == "file"


@pytest.mark.parametrize(
    "title", ["[Re] On Rain", "[12] On Rain", "{\\em Rain}", "{scriptsize RAIN}: Wet", "[On Rain](x)"]
)
def test_a_title_may_begin_with_a_bracket(title: str) -> None:
    assert read(f"{title}\nIt falls down.".encode(), today=TODAY).papers[0].abstract == "It falls down."


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": None}, "`title` is missing"),
        ({"title": " \n "}, "`title` is missing"),
        ({"abstract": ""}, "`abstract` is missing"),
        ({"title": 7}, "`title` must be a text"),
        ({"abstract": ["It falls."]}, "`abstract` must be a text"),
        ({"title": "r" * 501}, "`title` has 501 characters"),
        ({"abstract": "r" * 20_001}, "`abstract` has 20,001 characters"),
        ({"title": "Rain\u0000"}, r"`title` holds U\+0000"),
        ({"abstract": "Rain\ud800"}, r"`abstract` holds U\+D800"),
        ({"authors": 7}, "`authors` must be a list"),
        ({"authors": [7]}, "`authors` must be a text"),
        ({"authors": [{"age": 7}]}, "`authors.name` must be a text"),
        ({"categories": {}}, "`categories` must be a list"),
        ({"upvotes": "many"}, "`upvotes` must be a whole number"),
        ({"upvotes": True}, "`upvotes` must be a whole number"),
        ({"day": "tomorrow"}, "`day` must be a day such as"),
        ({"published": 2026}, "`published` must be a text"),
        ({"arxiv_id": 2611.04217}, "`arxiv_id` must be a text"),
        ({"source": []}, "`source` must be a text"),
        ({"links": "https://a.example " * 2_000}, "`links` has 36,000 characters"),
        ({"mood": [[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]}, "more than 20 lists"),
    ],
)
def test_a_row_that_is_no_paper_is_refused_with_its_line(fields: dict[str, Any], reason: str) -> None:
    lines = [json.dumps(row) for row in (ROW, {**ROW, **fields}, ROW)]

    with pytest.raises(Refused, match=reason) as refusal:
        read("\n".join(lines).encode(), today=TODAY)
    assert refusal.value.line == 2
    with pytest.raises(Refused, match=reason) as refusal:
        read(("[" + ",\n\n".join(lines) + "]").encode(), today=TODAY)
    assert refusal.value.line == 3


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[]", None, "no paper"),
        ("[\n]\n", None, "no paper"),
        ("[1, 2]", 1, "a number"),
        ("[null]", 1, "null"),
        ('["rain"]', 1, "a text"),
        ("[[]]", 1, "a list"),
        ('{"title": "On Rain", "abstract": "It falls."}\n7', 2, "a number"),
        ('{"title": "On Rain", "abstract": "It falls."}\n\nOn Wind', 3, "broken JSON"),
        ('{"title": "On Rain", "abstract": "It falls."} {}', 1, "one paper a line"),
        ('{\n "title": "On Rain",\n "abstract": "It falls."\n}', 1, "broken JSON"),
        ("{'title': 'On Rain'}", 1, "broken JSON"),
        ('[{"title": "On Rain", "abstract": "It falls."},\n {"title": }]', 2, "broken JSON"),
        ('[{"title": "On Rain",\n\n "abstract": }]', 3, "broken JSON"),
        ('[{"title": "On Rain", "abstract": "It falls."}\n {}]', 2, "breaks off"),
        ('[{"title": "On Rain", "abstract": "It falls."}', 1, "breaks off"),
        ('[{"title": "On Rain", "abstract": "It falls."},\n]', 2, "broken JSON"),
        ('[{"title": "On Rain", "abstract": "It falls."}]\n[]', 2, "follows the array"),
        ('[{"title": ' + "[" * 100_000, 1, "too deep"),
        ('{"n": ' + "9" * 5_000 + "}", 1, "too long"),
    ],
)
def test_json_that_is_no_list_of_papers_is_refused_with_its_line(
    text: str, line: int | None, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refusal:
        read(text.encode(), today=TODAY)
    assert refusal.value.line == line


def test_more_papers_than_a_digest_holds_are_refused() -> None:
    rows = (json.dumps(ROW) + "\n") * 50_001

    with pytest.raises(Refused, match="more than 50,000 papers") as refusal:
        read(rows.encode(), today=TODAY)
    assert refusal.value.line == 50_001
