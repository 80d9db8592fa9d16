from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest import MOST_TRENDING, Listing, compose, trending
from bot.messages import MOST_CARDS, Action, Actions, Card, Heading, Message, Paragraph, plain
from bot.models import Address, Landing, Paper
from bot.ranking import Ranked
from tests.bot.test_cards import interests, papers
from tests.fakes import DAY, a_paper, ada, at, channel

FLOW = "flow matching"


def a_listing(
    *found: Paper, reader: Address = ada, follows: tuple[str, ...] = (FLOW,), others: int = 0
) -> Listing:
    """What *reader* is told of a landing in which *found* match, and some others do not."""
    rest = [a_paper(f"Other {number}", id=1_000 + number) for number in range(others)]
    landing = Landing(5, "test", DAY, len(found) + others, len(found) + others, at())
    ranked = tuple(Ranked(paper, 1.0, follows[:1]) for paper in found)
    return Listing(landing, reader, follows, (*rest, *found), ranked)


def about(count: int) -> list[Paper]:
    return [a_paper(f"Flow matching {number}", id=number) for number in range(1, count + 1)]


def heading(message: Message) -> str:
    return next(block.text for block in message.blocks if isinstance(block, Heading))


def explanation(message: Message) -> str:
    return " ".join(plain(block.text) for block in message.blocks if isinstance(block, Paragraph))


def listed(message: Message) -> list[Card]:
    return [block for block in message.blocks if isinstance(block, Card)]


def titles(message: Message) -> list[str]:
    return [plain(card.title) for card in listed(message)]


def rows(message: Message) -> list[Action]:
    return [action for block in message.blocks if isinstance(block, Actions) for action in block.actions]


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        (
            a_listing(*about(2), others=5, follows=(FLOW, "b", "c")),
            "2 of 7 new papers match your 3 interests",
        ),
        (a_listing(*about(1), others=0), "1 of 1 new paper matches your interest"),
        (a_listing(*about(2), others=1_200), "2 of 1,202 new papers match your interest"),
        (a_listing(*about(2), reader=channel), "2 of 2 new papers match this channel’s interest"),
        (
            a_listing(*about(2), reader=channel, follows=(FLOW, "b")),
            "2 of 2 new papers match this channel’s 2 interests",
        ),
        (a_listing(others=7), "7 new papers"),
        (a_listing(), "no new papers"),
    ],
)
def test_the_heading_tells_the_day_and_the_counts(listing: Listing, said: str) -> None:
    assert heading(compose(listing)) == f"Tuesday 24 November · {said}"


def test_papers_come_in_the_order_of_their_rank() -> None:
    message = compose(a_listing(*about(3), others=4))
    assert titles(message) == ["Flow matching 1", "Flow matching 2", "Flow matching 3"]
    assert [card.number for card in listed(message)] == [1, 2, 3]


def test_a_digest_shows_ten_and_offers_the_others() -> None:
    message = compose(a_listing(*about(33)))
    assert len(listed(message)) == MOST_CARDS
    assert rows(message) == [
        Action("Show the other 23", "show", {"digest": 5, "start": 10, "whose": "person"}, style="primary")
    ]


def test_the_others_go_on_where_the_first_ended() -> None:
    message = compose(a_listing(*about(33)), start=30)
    assert heading(message).endswith("31 to 33 of 33 papers that match your interest")
    assert [card.number for card in listed(message)] == [31, 32, 33]
    assert rows(message) == []


@pytest.mark.parametrize("start", [-7, 0, 3, 4, 10**9])
def test_no_page_is_out_of_reach(start: int) -> None:
    assert 1 <= len(listed(compose(a_listing(*about(4)), start))) <= 4


def test_who_follows_nothing_sees_what_others_like_and_how_to_follow() -> None:
    voted = [a_paper(f"Paper {votes}", upvotes=votes) for votes in (3, 9, 1, 7, 5, 8)]
    message = compose(replace(a_listing(*voted, follows=()), matched=()))
    assert titles(message) == ["Paper 9", "Paper 8", "Paper 7", "Paper 5", "Paper 3"]
    assert explanation(message) == (
        "You follow nothing yet: try follow flow matching, or whatever you work on. Here is what others like most."
    )
    assert "mute" not in [action.command for card in listed(message) for action in card.actions]


def test_when_nothing_matches_the_reader_is_told_why_they_see_others() -> None:
    message = compose(a_listing(others=9, follows=(FLOW, "b")))
    assert explanation(message) == "None of them meets your 2 interests. Here is how the day begins."
    assert titles(message) == [f"Other {number}" for number in range(MOST_TRENDING)]


def test_a_channel_is_spoken_of_as_a_channel() -> None:
    assert explanation(compose(a_listing(others=9, reader=channel))).startswith(
        "None of them meets this channel’s interest."
    )
    assert explanation(compose(a_listing(others=9, reader=channel, follows=()))).startswith(
        "This channel follows nothing yet."
    )
    more = rows(compose(a_listing(*about(12), reader=channel)))
    assert more[0].arguments["whose"] == "channel"


def test_trending_papers_are_those_with_most_votes_else_the_first() -> None:
    voted = [a_paper("A"), a_paper("B", upvotes=2), a_paper("C"), a_paper("D", upvotes=2)]
    assert [ranked.paper.title for ranked in trending(voted)] == ["B", "D", "A", "C"]
    assert trending(()) == ()


@pytest.mark.parametrize(
    ("listing", "summary"),
    [
        (
            a_listing(*about(4), others=270),
            "4 papers for you from 274: Flow matching 1; Flow matching 2; Flow matching 3",
        ),
        (a_listing(*about(1), reader=channel), "1 paper for this channel from 1: Flow matching 1"),
        (a_listing(others=2), "From 2 new papers: Other 0; Other 1"),
        (a_listing(), "No new papers on Tuesday 24 November"),
    ],
)
def test_the_summary_makes_sense_alone(listing: Listing, summary: str) -> None:
    assert compose(listing).summary == summary


def test_ten_long_cards_are_one_message_and_all_have_something_to_read() -> None:
    abstract = "We present flow matching as it never was. " + "It goes on for a while about this. " * 60
    authors = tuple(f"Author Number{number}" for number in range(600))
    long = [
        a_paper(f"Flow matching {'of long titles ' * 10}{n}", abstract, authors=authors, upvotes=n)
        for n in range(10)
    ]
    message = compose(a_listing(*long))
    assert all(
        plain(card.body).startswith("We present flow matching as it never was.") for card in listed(message)
    )


@settings(deadline=None, max_examples=30)
@given(
    st.lists(papers, max_size=14),
    st.integers(0, 14),
    interests.map(tuple),
    st.sampled_from([ada, channel]),
    st.integers(-5, 40),
)
def test_every_listing_is_one_message(
    all_of_them: list[Paper], matching: int, follows: tuple[str, ...], reader: Address, start: int
) -> None:
    landing = Landing(5, "test", DAY, len(all_of_them), len(all_of_them), at())
    ranked = tuple(Ranked(paper, 1.0, follows) for paper in all_of_them[:matching])
    message = compose(Listing(landing, reader, follows, all_of_them, ranked), start)
    assert len(listed(message)) <= MOST_CARDS
    assert message.summary.strip()
