"""What is related to an interest, and what can never be."""

import pytest

from bot.interests import parse
from bot.models import Paper
from bot.ranking import Collection, Taste, taste
from tests.bot.test_ranking import FILLER, a_paper

PORTRAIT = a_paper("Portrait animation", "Lip sync and facial motion from audio driven avatars.", number=1)
TALKING = a_paper("Talking head synthesis", "A talking head with lip sync and facial expression.", number=2)
SOUP = a_paper("On soup", "Carrots are boiled slowly in salted water.", number=3)
PAPERS = [PORTRAIT, TALKING, SOUP, *FILLER]


def related(term: str, *, met: tuple[int, ...] = (1,), papers: list[Paper] | None = None) -> list[str]:
    collection = Collection(papers or PAPERS)
    return [collection.papers[at].title for at, _ in collection.related(parse(term), met, 3)]


def test_a_paper_that_is_plainly_about_it_without_saying_it_is_related() -> None:
    assert related("talking head")[0] == "Portrait animation"


def test_what_only_shares_nothing_is_not_related() -> None:
    assert "On soup" not in related("talking head")
    assert related("carrot farming policy", met=(), papers=[TALKING, PORTRAIT]) == []


@pytest.mark.parametrize(
    "term", ['"talking head"', "title:talking head", "talk*", "author:Head", "category:cs.CV"]
)
def test_nothing_is_related_to_what_is_meant_exactly(term: str) -> None:
    assert related(term) == []


@pytest.mark.parametrize("fence", ["-audio", "category:cs.CV", "upvotes>=10", "source:arxiv"])
def test_a_related_paper_keeps_to_what_else_the_interest_asks_for(fence: str) -> None:
    assert "Portrait animation" not in related(f"talking head {fence}")


def test_papers_that_meet_it_are_not_among_the_related() -> None:
    assert "Talking head synthesis" not in related("talking head")


def test_a_digest_gets_no_more_than_asked_and_none_it_has_already() -> None:
    collection = Collection(PAPERS)
    [one] = collection.beside({2: ["talking head"]}, ["talking head"], Taste({}), most=1)
    assert (one.paper, one.interests, one.related) == (PORTRAIT, ("talking head",), True)
    assert collection.beside({1: ["x"], 2: ["talking head"]}, ["talking head"], Taste({})) == []


def test_a_single_paper_on_an_empty_database_knows_what_is_rare() -> None:
    collection = Collection([TALKING])
    assert collection.weight("model") < collection.weight("head") < collection.weight("heptagon")


def test_words_of_two_terms_count_more_side_by_side() -> None:
    near = a_paper(
        "A", "Here grokking in transformers is shown. Nothing else is said of it at all, at length."
    )
    far = a_paper(
        "B", "Here grokking is shown. Nothing else is said of it at all, at length, in transformers."
    )
    collection = Collection([far, near])
    both = parse("grokking AND transformers")
    assert collection.score(both, near) > collection.score(both, far)


def test_a_taste_is_words_with_weights_of_either_sign() -> None:
    liking = taste([PORTRAIT], [SOUP])
    assert liking.weights["portrait"] > 0 > liking.weights["soup"]
    assert liking.of(TALKING) > 0 > liking.of(SOUP)
    assert taste([], []).of(SOUP) == 0
