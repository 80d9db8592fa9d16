"""Bare pages: titles and abstracts told apart by nothing but their lines."""

import textwrap
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources import read
from bot.errors import Refused

TODAY = date(2026, 11, 24)
PROSE = (
    "We teach a small network to sort the mail of a village. It reads addresses that no machine could read before,"
    " because it looks at how a pen moves and not at what it leaves behind. Errors fall by half."
)
LONG = PROSE + " Others had tried this with larger networks and more ink, and had to give up in the end." * 3

words = st.sampled_from(
    "rain wind light model river stone policy sparse graph of with slow under memory a".split()
)
names = st.builds(lambda found: " ".join(found).title(), st.lists(words, min_size=2, max_size=8))
titles = names.filter(lambda title: len(title) > 5)
sentences = st.builds(
    lambda found: " ".join(found).capitalize() + ".", st.lists(words, min_size=5, max_size=25)
)
abstracts = st.builds(" ".join, st.lists(sentences, min_size=1, max_size=5))
PAPERS = st.lists(
    st.tuples(titles, abstracts), min_size=1, max_size=5, unique_by=lambda paper: paper[0].casefold()
)
ends = st.sampled_from(["\n", "\r\n", "\r", "\x85", "\u2028"])


def pasted(text: str) -> list[tuple[str, str]]:
    return [(paper.title, paper.abstract) for paper in read(text.encode(), today=TODAY).papers]


def wrapped(text: str, columns: int) -> str:
    return "\n".join(textwrap.wrap(text, columns, break_long_words=False, break_on_hyphens=False))


@given(PAPERS, ends, st.sampled_from(["\n", "\n\n", "\n \n\n"]), st.sampled_from(["", "\n", "\n\n\n"]))
def test_papers_on_two_lines_each_are_read_back(
    papers: list[tuple[str, str]], end: str, between: str, last: str
) -> None:
    text = between.join(title + "\n" + abstract for title, abstract in papers) + last

    assert pasted(text.replace("\n", end)) == papers


@given(PAPERS, st.integers(50, 120), st.sampled_from(["\n", "\n\n"]))
def test_wrapped_abstracts_are_read_back(
    papers: list[tuple[str, str]], columns: int, after_title: str
) -> None:
    text = "\n\n".join(title + after_title + wrapped(abstract, columns) for title, abstract in papers)

    assert pasted(text) == papers


@given(PAPERS)
def test_cards_are_read_back(papers: list[tuple[str, str]]) -> None:
    card = "{}\n{}\n{}\n3 authors\n·\nNov 2\n"
    text = "Daily Papers\nNov 3\n" + "".join(card.format(n, *paper) for n, paper in enumerate(papers))
    digest = read(text.encode(), today=TODAY)

    assert [(paper.title, paper.abstract) for paper in digest.papers] == papers
    assert [paper.upvotes for paper in digest.papers] == list(range(len(papers)))
    assert digest.day == date(2026, 11, 3)


@given(PAPERS, st.data())
def test_a_lost_abstract_is_never_made_up_for(papers: list[tuple[str, str]], data: st.DataObject) -> None:
    lines = [line for paper in papers for line in paper]
    lost = 2 * data.draw(st.integers(0, len(papers) - 1)) + 1

    with pytest.raises(Refused) as refusal:
        pasted("\n".join(lines[:lost] + lines[lost + 1 :]) or " ")
    assert refusal.value.line in {lost, lost + 1}


@pytest.mark.parametrize(
    "text",
    [
        "On Mail\n{}\nOn Rain\nIt falls down.",
        "On Mail\n\n{}\n\nOn Rain\n\nIt falls down.",
        "On Mail\n{}\n\nOn Rain\nIt falls down.\n\n\n",
        "  On Mail\n  {}\n  On Rain\n  It falls down.",
        "On Mail\n   {}\nOn Rain\n   It falls down.",
    ],
)
@pytest.mark.parametrize("columns", [60, 80, 100, 10_000])
def test_lines_pair_however_they_are_spaced(text: str, columns: int) -> None:
    abstract = wrapped(PROSE, columns)

    assert pasted(text.format(abstract)) == [("On Mail", PROSE), ("On Rain", "It falls down.")]


def test_an_abstract_may_have_a_line_a_sentence() -> None:
    text = "On Mail\n" + PROSE.replace(". ", ".\n") + "\nOn Rain\nIt falls down."

    assert pasted(text) == [("On Mail", PROSE), ("On Rain", "It falls down.")]


def test_an_abstract_may_break_anywhere_in_a_sentence() -> None:
    text = "On Mail\nWe teach a small\nnetwork to sort the mail of a\nvillage.\nOn Rain\nIt falls down."

    assert pasted(text)[0] == ("On Mail", "We teach a small network to sort the mail of a village.")


def test_a_paragraph_that_is_set_in_belongs_to_the_abstract_above() -> None:
    assert pasted(f"On Mail\n{LONG}\n  {LONG}\nOn Rain\nIt falls down.")[0] == ("On Mail", f"{LONG} {LONG}")


@pytest.mark.parametrize(
    "title", ["Can It Rain?", "Rain!", "Rain: A Study (Part 2)", "code2seq: Learning", '"Rain"']
)
def test_a_title_may_end_and_begin_in_many_ways(title: str) -> None:
    papers = [("On Mail", PROSE), (title, LONG), ("On Rain", "It falls down.")]

    assert pasted("\n".join(line for paper in papers for line in paper)) == papers


@pytest.mark.parametrize(
    "end", ["see https://mail.example.org", "see http://a.example/b)", 'a "quote."', "no. More"]
)
def test_an_abstract_may_end_in_many_ways(end: str) -> None:
    papers = [("On Mail", f"We sort it, {end}"), ("On Rain", "It falls down.")]

    assert pasted("\n".join(line for paper in papers for line in paper)) == papers


def test_the_end_of_a_wrapped_title_is_no_banner() -> None:
    title = "A Long Title about Very Large Language"
    text = f"{title}\nModels\n\n" + wrapped(LONG, 42) + "\n\nOn Rain\n\nIt falls down."

    assert pasted(text)[0] == (f"{title} Models", LONG)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (f"On Mail\nOn Rain\n{LONG}", 2, "two titles"),
        (f"On Mail\n\nOn Rain\n\n{LONG}", 3, "two titles"),
        ("On Mail\nOn Rain\nIt falls down.", 2, "two titles"),
        (f"On Mail\n{LONG}\nOn Rain\nOn Wind\nIt blows.", 4, "two titles"),
        (f"On Mail\n{LONG}\nOn Rain", 3, "abstract is missing"),
        ("On Mail\nWe sort it.\nOn Rain", 3, "abstract is missing"),
        ("On Mail", 1, "abstract is missing"),
        (f"On Mail\n{LONG}\n{LONG}\nOn Rain\nIt falls down.", 3, "two abstracts"),
        (f"On Mail\n\n{LONG}\n\n{LONG}\n\nOn Rain\n\nIt falls down.", 5, "two abstracts"),
        (f"{LONG}\nOn Rain\nIt falls down.", 1, "without its title"),
        (f"On Mail\nWe sort it. Or not?\nOn Rain\nIs it wet? Yes\n{LONG}", 5, "a line is missing above"),
    ],
)
def test_lines_that_do_not_pair_are_refused_where_it_shows(text: str, line: int, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as refusal:
        pasted(text)
    assert refusal.value.line == line
