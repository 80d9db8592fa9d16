from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import cards, name, url
from bot.messages import MOST_ACTIONS, Card, Message, Span, plain
from bot.models import Link, Paper
from bot.ranking import Ranked
from tests.fakes import a_paper

ROOM = 500


def card_of(paper: Paper, *interests: str, personal: bool = True) -> Card:
    return cards([Ranked(paper, 1.0, interests)], ROOM, personal=personal)[0]


def bold_in(spans: tuple[Span, ...]) -> list[str]:
    return [span.text for span in spans if span.style == "bold"]


def test_matched_words_are_bold_in_title_and_abstract() -> None:
    paper = a_paper("Flow Matching at scale", "We present flow matching for all.")
    card = card_of(paper, "flow matching")
    assert bold_in(card.title) == ["Flow Matching"]
    assert bold_in(card.body) == ["flow matching"]


def test_bold_words_are_found_again_behind_tex() -> None:
    paper = a_paper(
        r"{\em Fast} flow matching", r"With $\alpha$ of 50\%, we present {\bf flow matching} for all."
    )
    card = card_of(paper, "flow matching")
    assert plain(card.title) == "Fast flow matching"
    assert plain(card.body) == "With α of 50%, we present flow matching for all."
    assert bold_in(card.title) + bold_in(card.body) == ["flow matching", "flow matching"]


def test_a_card_says_which_interests_it_meets() -> None:
    card = card_of(a_paper("Flow matching meets RLHF"), "RLHF", "flow matching")
    assert plain(card.notes[0]) == "Why: RLHF · flow matching"


def test_many_interests_are_counted_rather_than_listed() -> None:
    card = card_of(a_paper("A B C D E"), "a", "b", "c", "d", "e")
    assert plain(card.notes[0]) == "Why: a · b · c and 2 more"


def test_votes_and_links_are_told_where_known() -> None:
    links = (Link("code", "https://example.org/code"), Link("project", "https://example.org"))
    card = card_of(a_paper(upvotes=1_234, links=links))
    assert plain(card.notes[0]) == "1,234 upvotes · Code · Project"
    assert [span.url for span in card.notes[0] if span.url] == [link.url for link in links]
    assert plain(card_of(a_paper(upvotes=1)).notes[0]) == "1 upvote"
    assert card_of(a_paper(upvotes=0)).notes == ()


@pytest.mark.parametrize(
    ("authors", "byline"),
    [
        ((), ""),
        (("Ada Lovelace",), "Ada Lovelace"),
        (("A. One", "B. Two", "C. Three"), "A. One, B. Two, C. Three"),
        (tuple(f"A. {number}" for number in range(9)), "A. 0, A. 1 and 7 more"),
        (tuple(f"A. {number}" for number in range(1_600)), "A. 0, A. 1 and 1,598 more"),
        ((r"J\"urgen Schmidhuber",), "Jürgen Schmidhuber"),
    ],
)
def test_authors_are_named_as_far_as_they_fit(authors: tuple[str, ...], byline: str) -> None:
    assert card_of(a_paper(authors=authors)).byline == byline


def test_the_author_that_was_looked_for_is_among_those_named() -> None:
    authors = ("A. One", "B. Two", "C. Three", "Kaiming He", "E. Five")
    card = card_of(a_paper(authors=authors), 'author:"kaiming he"')
    assert card.byline == "A. One, B. Two, Kaiming He and 2 more"


def test_a_byline_holds_what_is_known() -> None:
    paper = a_paper(
        authors=("Ada",), organisation="The Lab", categories=("cs.LG", "cs.CV"), published=date(2026, 11, 3)
    )
    assert card_of(paper).byline == "Ada · The Lab · cs.LG · 3 November 2026"


@pytest.mark.parametrize(
    ("known", "place"),
    [
        ({"url": "https://example.org/paper", "arxiv_id": "2411.00001"}, "https://example.org/paper"),
        ({"arxiv_id": "2411.00001"}, "https://arxiv.org/abs/2411.00001"),
        ({"doi": "10.1000/a b"}, "https://doi.org/10.1000/a%20b"),
        ({"url": "javascript:alert(1)", "doi": "10.1000/x"}, "https://doi.org/10.1000/x"),
        ({"url": "https://example.org/\u202egro.elpmaxe"}, ""),
        ({"url": "https://example.org/|<!channel>"}, ""),
        ({"url": f"https://example.org/{'x' * 2_000}"}, ""),
        ({}, ""),
    ],
)
def test_a_title_leads_to_the_paper_or_nowhere(known: dict[str, str], place: str) -> None:
    assert url(Paper("T", "A", **known)) == place  # type: ignore[arg-type]  # any of its fields


@pytest.mark.parametrize(
    ("title", "called"),
    [
        ("BlockFusion: Expandable 3D Scenes", "BlockFusion"),
        ("Grokking", "Grokking"),
        (r"{\bf Bold} moves", "Bold moves"),
        ("word " * 40, f"{'word ' * 11}word…"),
        (": only a colon", "only a colon"),
        ("  ", "Untitled"),
    ],
)
def test_a_paper_is_called_by_the_beginning_of_its_title(title: str, called: str) -> None:
    assert name(a_paper(title)) == called


def test_a_button_names_the_paper_by_its_id() -> None:
    card = card_of(a_paper("Flow matching", id=7), "flow matching")
    assert [(action.label, action.command, dict(action.arguments)) for action in card.actions] == [
        ("Save", "save", {"paper": "#7"}),
        ("More like this", "more", {"paper": "#7"}),
        ("Less like this", "less", {"paper": "#7"}),
        ("Mute flow matching", "mute", {"term": "flow matching"}),
        ("Why?", "why", {"paper": "#7"}),
    ]


def test_there_is_nothing_to_mute_without_an_interest_or_in_a_channel() -> None:
    paper = a_paper("Flow matching", id=7)
    for card in (card_of(paper), card_of(paper, "flow matching", personal=False)):
        assert "mute" not in [action.command for action in card.actions]


def test_a_paper_that_has_not_landed_has_no_buttons() -> None:
    assert card_of(a_paper("Flow matching"), "flow matching").actions == ()


def test_an_interest_that_can_no_longer_be_read_hides_no_paper() -> None:
    card = card_of(a_paper("Flow matching"), "flow matching AND (")
    assert plain(card.title) == "Flow matching"
    assert bold_in(card.title) == []


def test_numbers_go_on_from_page_to_page() -> None:
    page = cards([Ranked(a_paper(), 1.0, ()), Ranked(a_paper(), 1.0, ())], ROOM * 2, start=10)
    assert [card.number for card in page] == [11, 12]


def test_a_short_abstract_leaves_its_room_to_the_others() -> None:
    sentence = f"We present {'many ' * 60}words."
    long, short = a_paper("Long", sentence), a_paper("Short", "We present little.")
    for order in ((long, short), (short, long)):
        page = cards([Ranked(paper, 1.0, ()) for paper in order], 400)
        assert sorted(plain(card.body) for card in page) == sorted(["We present little.", sentence])


def test_without_room_for_a_sentence_a_card_says_none() -> None:
    assert cards([Ranked(a_paper("Flow matching"), 1.0, ())], 40)[0].body == ()


nasty = st.text(
    alphabet=st.one_of(st.sampled_from("\\{}$~&<>*`\u202e\u200f\u05d0\0\x1b\n. "), st.characters()),
    max_size=60,
)
long = st.one_of(nasty, nasty.map(lambda text: text * 20), st.just("x" * 300), st.just("Ein. " * 60))
web = st.one_of(nasty, st.just("https://example.org"), st.just("https://example.org/" + "y" * 1_000))
papers = st.builds(
    Paper,
    title=long,
    abstract=long,
    authors=st.lists(long, max_size=4).map(tuple),
    categories=st.lists(nasty, max_size=3).map(tuple),
    organisation=long,
    arxiv_id=nasty,
    doi=nasty,
    url=web,
    links=st.lists(
        st.builds(Link, st.sampled_from(["code", "project", "data", "model", "video", "paper"]), web)
    ).map(tuple),
    upvotes=st.none() | st.integers(0, 10**12),
    published=st.none() | st.dates(),
    id=st.integers(0, 10**12),
)
interests = st.lists(
    st.sampled_from(["flow matching", "RLHF", "x OR y", 'author:"x"', "bro(ken", "z" * 256]), max_size=4
)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.builds(Ranked, papers, st.floats(0, 1), interests.map(tuple)), max_size=10), st.booleans())
def test_cards_fit_their_room_whatever_the_papers_hold(listed: list[Ranked], personal: bool) -> None:  # noqa: FBT001 - drawn
    room = ROOM * len(listed)
    page = cards(listed, room, personal=personal)
    assert len(Message("cards", page)) <= room
    assert all(plain(card.title).strip() and len(card.actions) <= MOST_ACTIONS for card in page)


def test_an_empty_paper_is_still_a_card() -> None:
    card = card_of(replace(a_paper(), title="", abstract=""))
    assert (plain(card.title), card.body, card.byline) == ("Untitled", (), "")
