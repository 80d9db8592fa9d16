from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import plain
from bot.summary import MOST_SENTENCES, Mark, Stretch, excerpt, passage, sentences, shortened

BACKGROUND = "Deep networks are hard to train."
CONTRIBUTION = "We introduce Grokfast, which makes them easy."
REASON = "It rests on flow matching between layers."
ASIDE = "The sky above them stays blue."
OUTCOME = "Our experiments show that it outperforms the rest."
POINTER = "Code is available at https://example.org/code."
ABSTRACT = f"{BACKGROUND} {ASIDE} {CONTRIBUTION} {REASON} {OUTCOME} {POINTER}"


def marks(text: str, *terms: str) -> list[Mark]:
    return [Mark(text.index(term), text.index(term) + len(term), term) for term in terms]


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "As shown by J. Smith et al. Figures help.",
        "Methods (e.g. GANs, i.e. two networks) compete.",
        "See Fig. 3 and Eq. 2 for v1.5 at 3.5 points.",
        "A vs. B, cf. Sec. 4, resp. Tab. 2.",
        "The U.S. Army runs C. Elegans.",
        "We do two things: 1. Learn. ",
        "It runs on Node.js and costs $3.50 a day",
        "the end. of a clause goes on in small letters.",
    ],
)
def test_a_stop_within_a_sentence_does_not_end_it(whole: str) -> None:
    assert parts(whole) == [whole.strip()]


@pytest.mark.parametrize(
    "apart",
    [
        ["It works.", "We show why."],
        ["Does it work?", "Yes!", "It does…", "Always."],
        ['They say "it works."', "(It does.)", "“So it does.”", "3D scenes too."],
        ["We train GPT-4.", "Models, data, etc.", "All is open."],
        ["我们提出一种方法。", "效果很好！", "谢谢"],
    ],
)
def test_sentences_end_where_people_end_them(apart: list[str]) -> None:
    assert parts(" ".join(apart)) == apart


@given(st.text(alphabet=st.sampled_from("aB .!?…。\"'()[]1,;:\n–e.g")))
def test_sentences_leave_nothing_out_and_say_nothing_twice(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(parts(text)).split()) == "".join(text.split())
    assert all(before.end <= after.start for before, after in pairwise(found))


def test_a_space_that_the_source_lost_between_sentences_is_found_again() -> None:
    assert (
        plain(excerpt("It is consistent.Experiments show so.", (), 100))
        == "It is consistent. Experiments show so."
    )


def test_the_reason_the_contribution_and_the_outcome_are_read() -> None:
    chosen = excerpt(ABSTRACT, marks(ABSTRACT, "flow matching"), 400)
    assert plain(chosen) == f"{CONTRIBUTION} {REASON} {OUTCOME}"


def test_with_little_room_the_reason_comes_before_the_contribution() -> None:
    chosen = excerpt(ABSTRACT, marks(ABSTRACT, "flow matching"), len(REASON) + 3)
    assert plain(chosen) == REASON


def test_a_reason_that_the_title_tells_leaves_room_for_the_contribution() -> None:
    chosen = excerpt(ABSTRACT, marks(ABSTRACT, "flow matching"), len(CONTRIBUTION), told=["flow matching"])
    assert plain(chosen) == CONTRIBUTION


def test_every_interest_is_shown_before_anything_else() -> None:
    text = "Cats sleep. We propose a bed. Dogs bark. We test it all. Birds sing."
    chosen = excerpt(text, marks(text, "Cats", "Dogs", "Birds"), 400)
    assert plain(chosen) == "Cats sleep. … Dogs bark. … Birds sing."


def test_what_is_left_out_between_two_sentences_shows() -> None:
    chosen = excerpt(ABSTRACT, marks(ABSTRACT, "Deep networks"), 120)
    assert plain(chosen) == f"{BACKGROUND} … {CONTRIBUTION}"


def test_matched_words_are_bold_and_nothing_else_is() -> None:
    chosen = excerpt(ABSTRACT, [*marks(ABSTRACT, "flow matching", "matching"), Mark(0, 0)], 400)
    assert [span.text for span in chosen if span.style == "bold"] == ["flow matching"]


def test_where_the_code_is_belongs_to_the_links() -> None:
    assert "https" not in plain(excerpt(ABSTRACT, (), 10_000))


def test_a_sentence_that_fits_nowhere_is_cut_after_a_clause() -> None:
    monster = "We present a method that does the one thing, and then the other, and much more besides it all."
    assert (
        plain(excerpt(monster, (), 70)) == "We present a method that does the one thing, and then the other…"
    )


def test_a_cut_keeps_the_reason_in_sight() -> None:
    monster = f"We present {'a thing, and ' * 30}flow matching, with {'more of it ' * 30}."
    chosen = excerpt(monster, marks(monster, "flow matching"), 120)
    assert "flow matching" in [span.text for span in chosen]
    assert plain(chosen).startswith("… ")
    assert plain(chosen).endswith("…")


def test_nothing_to_say_says_nothing() -> None:
    assert excerpt("", (), 100) == ()
    assert excerpt(" \n ", (), 100) == ()
    assert excerpt("Something.", (), 0) == ()


@settings(deadline=None)
@given(
    text=st.lists(st.text(alphabet="abc ,.;-", max_size=40).map(lambda words: f"A{words}")).map(". ".join),
    places=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.sampled_from("xyz"))),
    room=st.integers(-5, 300),
)
def test_an_excerpt_always_fits(text: str, places: list[tuple[int, int, str]], room: int) -> None:
    found = [Mark(*place) for place in places]
    assert len(plain(excerpt(text, found, room))) <= max(0, room)
    assert len(plain(passage(text, found, Stretch(0, len(text)), room))) <= max(0, room)


@given(st.lists(st.sampled_from([BACKGROUND, CONTRIBUTION, REASON, ASIDE, OUTCOME]), min_size=1, unique=True))
def test_sentences_are_whole_and_in_the_order_of_the_abstract(given_: list[str]) -> None:
    text = " ".join(given_)
    chosen = plain(excerpt(text, (), 160))
    told = [sentence for sentence in given_ if sentence in chosen]
    assert "".join(told).replace(" ", "") == chosen.replace(" ", "").replace("…", "")
    assert 1 <= len(told) <= MOST_SENTENCES


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        ("short enough", 12, "short enough"),
        ("one word too many", 14, "one word too…"),
        ("a clause, and another", 16, "a clause…"),
        ("unbreakable", 5, "unbr…"),
        ("anything", 0, ""),
    ],
)
def test_what_is_too_long_is_cut_at_a_word(text: str, room: int, short: str) -> None:
    assert shortened(text, room) == short


def test_sentences_that_lost_their_ends_are_told_apart_where_one_would_be_too_long() -> None:
    lost = f"Models such as these {'are told of at length and ' * 16}nothing else We introduce a bench This is it"
    assert [lost[start:end] for start, end in sentences(lost)][1:] == ["We introduce a bench", "This is it"]
    assert len(sentences("It is said that We introduce a bench")) == 1


def test_what_a_paper_studies_goes_before_what_everybody_does() -> None:
    everybody = "Often, we train agents in a laboratory."
    text = f"Agents matter. {everybody} {ASIDE} We consider agents that explore alone."
    assert "We consider" in plain(excerpt(text, (), 90))


def test_a_question_is_no_contribution() -> None:
    text = "How can we make models smaller? We answer this with a smaller one."
    assert plain(excerpt(text, (), 40)) == "We answer this with a smaller one."
