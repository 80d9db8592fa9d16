from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.models import Link, Paper, Reader
from tests.fakes import a_paper, ada, at

papers = st.builds(
    Paper,
    title=st.text(max_size=30),
    abstract=st.text(max_size=300),
    authors=st.lists(st.text(max_size=10), max_size=2).map(tuple),
    arxiv_id=st.sampled_from(["", "2601.00001"]),
    doi=st.sampled_from(["", "10.1/X"]),
)


def test_a_paper_is_known_by_its_strongest_key_first() -> None:
    paper = a_paper("A Title", authors=("Ada L.",), arxiv_id="2601.00001", doi="10.1/X")
    assert [key.partition(":")[0] for key in paper.keys] == ["arxiv", "doi", "author", "abstract"]
    assert paper.keys[:2] == ("arxiv:2601.00001", "doi:10.1/x")


def test_titles_are_compared_without_case_accents_and_signs() -> None:
    assert a_paper("Schrödinger Bridges: a Study").keys == a_paper("schrodinger bridges – A study").keys


@given(papers)
def test_whatever_a_paper_holds_it_has_a_key(paper: Paper) -> None:
    assert paper.keys
    assert len(set(paper.keys)) == len(paper.keys)


@given(papers)
def test_a_paper_merged_with_itself_is_itself(paper: Paper) -> None:
    assert paper.merged(paper) == paper


def test_merging_keeps_the_text_and_adds_what_only_the_other_knows() -> None:
    code = Link("code", "https://code.example.org/x")
    ours = a_paper("A title", "Ours.", categories=("cs.LG",), upvotes=3)
    theirs = a_paper(
        "A title",
        "Theirs.",
        id=7,
        categories=("cs.CL", "cs.LG"),
        upvotes=9,
        links=(code,),
        published=date(2026, 1, 2),
    )
    both = ours.merged(theirs)
    assert (both.abstract, both.id) == ("Ours.", 0)
    assert both.categories == ("cs.LG", "cs.CL")
    assert (both.upvotes, both.links, both.published) == (9, (code,), date(2026, 1, 2))


def test_a_reader_rests_until_the_moment_they_said() -> None:
    reader = Reader(ada, paused_until=at("12:00"))
    assert reader.paused(at("11:59"))
    assert not reader.paused(at("12:00"))
    assert not Reader(ada).paused(at())
    assert Reader(ada, paused_until=datetime.max.replace(tzinfo=UTC)).paused(at() + timedelta(days=9_999))
