"""A page as text: every way it is copied gives the same papers."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from adapters.sources import read
from bot.errors import Refused
from bot.models import Digest, Link, Paper

TODAY = date(2026, 11, 24)
PAGES = Path(__file__).parent / "pages"
MAIL = "Get trending papers in your email inbox once a day!\nGet trending papers in your email inbox!\n"

LANTERNFISH, DREAM, SHEEP, WEIGHT = PAPERS = (
    Paper(
        "Lanternfish: Cheap Depth Maps from a Single Blinking Light",
        "Depth cameras are costly and eat batteries. We show that one small lamp that blinks is enough: a network"
        " reads depth from how shadows jump between two frames. Lanternfish needs no calibration, runs at 90 frames"
        " a second on a phone, and halves the error of the best method with one camera (see"
        " https://lanternfish.example.org/demo_(short)). Code is at https://github.com/deepsea-lab/lanternfish.",
        arxiv_id="2611.04217",
        links=(
            Link("project", "https://lanternfish.example.org/demo_(short)"),
            Link("code", "https://github.com/deepsea-lab/lanternfish"),
        ),
        upvotes=128,
        published=date(2026, 11, 19),
    ),
    Paper(
        "Do Small Models Dream of Long Contexts?",
        "People say that small language models forget what they read a page ago. We ask 31 of them to retell stories"
        " of growing length, and find that most forget the middle and not the beginning. A schedule that reads the"
        " middle twice repairs half of the loss at no cost in parameters. We also find that the effect has nothing to"
        " do with the size of the vocabulary, which contradicts earlier reports.",
        organisation="Institute of Quiet Computing",
        arxiv_id="2611.03390",
        upvotes=0,
        published=date(2026, 11, 18),
    ),
    Paper(
        "Counting Sheep with {scriptsize FLOCK2VEC}: 1920times1080 Frames at 2 -- 6x Speed",
        "Herds are counted by hand to this day, because sheep look alike and stand behind one another. FLOCK2VEC"
        " learns a vector for each animal from the way it walks, with |h|^2 as the only loss, and counts"
        " 1920times1080 videos 2 -- 6x faster than people do. On 400 hours of pasture it is wrong by one animal in a"
        " thousand. Data: https://huggingface.co/datasets/pasture/flock400",
        arxiv_id="2610.21008",
        links=(Link("data", "https://huggingface.co/datasets/pasture/flock400"),),
        upvotes=1200,
        published=date(2025, 10, 30),
    ),
    Paper(
        "On the Weight of Empty Tokens",
        "Padding is said to cost nothing. We weigh it. In twelve training runs the empty tokens take up to a fifth of"
        " the gradient's norm, and they push the model towards short answers. Masking them out late, after the first"
        " tenth of training, gives the same speed and better answers.",
        organisation="Harbour University",
        arxiv_id="2611.05512",
        upvotes=3,
        published=date(2026, 11, 20),
    ),
)


def page(name: str) -> Digest:
    return read((PAGES / name).read_bytes(), today=TODAY)


def pasted(text: str) -> Digest:
    return read(text.encode(), today=TODAY)


def on_hugging_face(paper: Paper) -> Paper:
    return replace(paper, source="huggingface", url=f"https://huggingface.co/papers/{paper.arxiv_id}")


def without_ids(paper: Paper) -> Paper:
    return replace(paper, source="huggingface", arxiv_id="")


def test_a_bare_page_has_titles_and_abstracts_alone() -> None:
    digest = page("bare.txt")

    assert [(paper.title, paper.abstract) for paper in digest.papers] == [
        (paper.title, paper.abstract) for paper in PAPERS
    ]
    assert digest.day == TODAY
    assert digest.source == "huggingface"


@pytest.mark.parametrize("name", ["cards.txt", "references.txt"])
def test_cards_without_addresses_have_everything_but_ids(name: str) -> None:
    digest = page(name)

    assert digest.papers == tuple(map(without_ids, PAPERS))
    assert digest.day == date(2026, 11, 20)


@pytest.mark.parametrize("name", ["markdown.md", "addresses.txt"])
def test_cards_with_addresses_have_ids_and_links(name: str) -> None:
    digest = page(name)

    assert digest.papers == tuple(map(on_hugging_face, PAPERS))
    assert digest.day == date(2026, 11, 20)


def test_cards_that_stand_twice_are_one_paper_each() -> None:
    assert page("trending.md").papers == tuple(map(on_hugging_face, PAPERS))
    assert page("twice.txt").papers == tuple(map(without_ids, PAPERS))


def test_the_better_half_of_two_cards_wins() -> None:
    cards = "### [On Rain](/papers/2611.00001)\n\nIt falls. Often.\n\nUpvote\n\n{}\n\n{}\n\n"
    twice = cards.format(3, "· Nov 2") + cards.format(4, "[GitHub 2](https://github.com/sky/rain)")

    (paper,) = pasted(twice).papers

    assert paper.upvotes == 4
    assert paper.published == date(2026, 11, 2)
    assert paper.links == (Link("code", "https://github.com/sky/rain"),)
    assert paper.url == "https://huggingface.co/papers/2611.00001"


def test_the_same_title_over_another_abstract_is_another_paper() -> None:
    papers = pasted("On Rain\nIt falls down.\nOn Rain\nIt rises as mist.\n").papers

    assert [paper.abstract for paper in papers] == ["It falls down.", "It rises as mist."]


def test_the_same_words_under_two_ids_are_two_papers() -> None:
    card = "### [On Rain](/papers/2611.0000{})\n\nIt falls. Often.\n\n"

    assert len(pasted(card.format(1) + card.format(2)).papers) == 2


@pytest.mark.parametrize("glue", ["Subscribe", "Subscribe\n", "\nSubscribe\n\n", "\n"])
def test_the_button_is_no_part_of_the_first_title(glue: str) -> None:
    assert pasted(f"{MAIL}{glue}On Rain\nIt falls down.").papers[0].title == "On Rain"


def test_a_banner_can_be_glued_to_the_button_too() -> None:
    text = "newGet trending papers in your email inbox!SubscribeOn Rain\nIt falls down."

    assert pasted(text).papers[0].title == "On Rain"


def test_without_the_banner_a_title_may_begin_like_the_button() -> None:
    assert (
        pasted("SubscribeNet: Who Reads What\nWe count readers.").papers[0].title.startswith("SubscribeNet")
    )


@pytest.mark.parametrize(
    ("said", "today", "day"),
    [
        ("Nov 23", date(2026, 11, 24), date(2026, 11, 23)),
        ("Nov 24", date(2026, 11, 24), date(2026, 11, 24)),
        ("Nov 25", date(2026, 11, 24), date(2025, 11, 25)),
        ("Dec 31", date(2027, 1, 1), date(2026, 12, 31)),
        ("Feb 29", date(2027, 3, 1), date(2024, 2, 29)),
        ("November 23, 2024", date(2026, 11, 24), date(2024, 11, 23)),
    ],
)
def test_the_day_of_the_list_is_the_last_such_day(said: str, today: date, day: date) -> None:
    text = f"{MAIL}Subscribe\nDaily Papers\n{said}\n7\nOn Rain\nIt falls down.\n2 authors\n·\nJan 2\n"

    digest = read(text.encode(), today=today)

    assert digest.day == day
    assert digest.papers[0].upvotes == 7


@pytest.mark.parametrize("line_break", ["\\\n", "\\\\\n", " \\\\\n", "\\\\ ", "\\  "])
def test_a_hard_line_break_is_a_space(line_break: str) -> None:
    (paper,) = pasted(f"On{line_break}Rain\nIt falls{line_break}Down. It stays{line_break}there.").papers

    assert (paper.title, paper.abstract) == ("On Rain", "It falls Down. It stays there.")


def test_half_stripped_tex_stays_as_it_is() -> None:
    title = "{scriptsize X}: $\\alpha$ of 1920times1080"
    abstract = "See et al.\\ (2020), {\\em loudly}, ``2 -- 6x'' at 5\\% of |h|^2."

    (paper,) = pasted(f"{title}\n{abstract}").papers

    assert (paper.title, paper.abstract) == (title, abstract)


def test_a_heading_may_go_on_in_the_next_line() -> None:
    linked = (
        "### [On the Rain and\nthe Wind](https://huggingface.co/papers/2611.00001)\n\nIt falls. It blows.\n"
    )
    plain = "### On the Rain and\n  the Wind\n\nIt falls. It blows.\n"

    assert pasted(linked).papers[0].title == pasted(plain).papers[0].title == "On the Rain and the Wind"
    assert pasted(linked).papers[0].arxiv_id == "2611.00001"


def test_only_the_deepest_headings_are_titles() -> None:
    text = (
        "# My week\n\n## Monday\n\n### On Rain\nIt falls.\n\n### On Wind\n\nIt blows.\n\nAgain and again.\n"
    )

    assert [(paper.title, paper.abstract) for paper in pasted(text).papers] == [
        ("On Rain", "It falls."),
        ("On Wind", "It blows. Again and again."),
    ]


def test_a_single_heading_can_name_the_page() -> None:
    text = "# My week\n\nOn Rain\nIt falls down.\nOn Wind\nIt blows.\n"

    assert [paper.title for paper in pasted(text).papers] == ["On Rain", "On Wind"]


def test_a_single_heading_can_be_a_title() -> None:
    assert [paper.title for paper in pasted("# On Rain\n\nIt falls down.\n").papers] == ["On Rain"]


def test_the_words_of_a_search_are_no_paper() -> None:
    text = f"{MAIL}Subscribe\nDaily Papers\nby AK and the research community\nwet weather\nDaily\nWeekly\nMonthly\n"

    assert len(pasted(f"{text}Nov 2\n5\nOn Rain\nIt falls down.\n2 authors\n").papers) == 1


def test_a_name_that_submits_is_no_title() -> None:
    text = "Submitted by\nrainman\nOn Rain\nIt falls down.\nUpvote 3\nSubmitted by windy\nOn Wind\nIt blows."

    assert [(paper.title, paper.upvotes) for paper in pasted(text).papers] == [
        ("On Rain", 3),
        ("On Wind", None),
    ]


def test_other_pages_come_from_a_file() -> None:
    assert pasted("On Rain\nIt falls down.").source == "file"
    assert read(b"On Rain\nIt falls down.", today=TODAY, source="mail").papers[0].source == "mail"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (f"{MAIL}Subscribe\nDaily\nWeekly", None, "banners"),
        ("# A page\n\n", None, "no paper"),
        ("<!DOCTYPE html>\n<html>", 1, "save the page as text"),
        ("### On Rain\n\n### On Wind\n\nIt blows.", 1, "abstract is missing"),
        (
            "### On Rain\n\nIt falls.\n\n3 authors\n\n"
            + "A stray abstract. " * 20
            + "\n\n### On Wind\nIt blows.",
            7,
            "title",
        ),
        ("On Rain\nIt falls\x00 down.", 2, "U+0000"),
        ("On Rain\nIt falls down.\n" + "x" * 50_000, 3, "50,000 characters"),
        ("On Rain\n" + "It falls. " * 2_500, 2, "at most 20,000"),
        ("### " + "Rain " * 120 + "\nIt falls.\n\n### On Wind\nIt blows.", 1, "at most 500"),
        ('On Rain\nIt falls down.\n{"title": "On Wind", "abstract": "It blows."}', 3, "JSON"),
        ("\n" * 200_000 + "On Rain\nIt falls.", 200_001, "more than 200,000 lines"),
    ],
)
def test_what_is_no_page_is_refused_with_its_line(text: str, line: int | None, reason: str) -> None:
    with pytest.raises(Refused, match=reason.replace("+", r"\+")) as refusal:
        pasted(text)
    assert refusal.value.line == line
