"""The order of a digest."""

from bot.interests import parse
from bot.models import Paper
from bot.ranking import Collection, rank, said, taste, trending, worded
from bot.rarities import Frequencies

FILLER = [
    Paper(f"On the study of topic {n}", f"We study models of topic {n} at length.", id=100 + n)
    for n in range(20)
]


def a_paper(
    title: str, abstract: str = "Nothing more.", *, upvotes: int | None = None, number: int = 1
) -> Paper:
    return Paper(title, abstract, upvotes=upvotes, id=number)


def order(term: str, *papers: Paper) -> list[str]:
    collection = Collection([*papers, *FILLER])
    return [collection.papers[at].title for at, _ in collection.order(parse(term), range(len(papers)))]


def test_the_title_counts_more_than_the_abstract() -> None:
    inside = a_paper("A study", "About grokking.")
    assert order("grokking", inside, a_paper("Grokking")) == ["Grokking", "A study"]


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    assert order("models OR grokking", a_paper("Models"), a_paper("Grokking")) == ["Grokking", "Models"]


def test_votes_move_a_paper_up() -> None:
    assert (
        order("grokking", a_paper("Grokking one"), a_paper("Grokking two", upvotes=90))[0] == "Grokking two"
    )


def test_several_interests_count_more_than_one() -> None:
    one, two = a_paper("Grokking", number=1), a_paper("Grokking diffusion", number=2)
    ranked = rank([one, two, *FILLER], {1: ["grokking"], 2: ["grokking", "diffusion"]})
    assert [found.paper.id for found in ranked] == [2, 1]


def test_the_interest_met_best_is_named_first() -> None:
    paper = a_paper("Grokking", "A few models.")
    (ranked,) = rank([paper, *FILLER], {1: ["models", "grokking"]})
    assert ranked.interests == ("grokking", "models")


def test_more_like_this_moves_alike_papers_up_and_less_moves_them_down() -> None:
    one, two = a_paper("Grokking in vision", number=1), a_paper("Grokking in speech", number=2)
    met = {1: ["grokking"], 2: ["grokking"]}
    speech = a_paper("Recognition of speech", number=3)
    assert [found.paper.id for found in rank([one, two, *FILLER], met, liked=[speech])] == [2, 1]
    assert [found.paper.id for found in rank([one, two, *FILLER], met, disliked=[speech])] == [1, 2]


def test_papers_that_meet_nothing_are_not_in_the_order() -> None:
    assert rank(FILLER, {}) == []


def test_trending_is_by_votes_and_then_as_the_papers_came() -> None:
    papers = [a_paper("b"), a_paper("c", upvotes=3), a_paper("a"), a_paper("d", upvotes=9)]
    assert [found.paper.title for found in trending(papers)] == ["d", "c", "b", "a"]


def test_a_word_derived_from_the_one_asked_for_is_near() -> None:
    collection = Collection(
        [a_paper("Customization", "Personalization of pictures."), a_paper("Portraits"), *FILLER]
    )
    (best, _), *_ = collection.near(parse("personalized pictures"), (), 3)
    assert collection.papers[best].title == "Customization"


def test_the_spelling_a_paper_uses_counts_as_much_as_the_one_typed() -> None:
    short = a_paper("RLHF", "RLHF again.")
    long = a_paper("Reinforcement learning from human feedback", "Human feedback.")
    collection = Collection([short, long, *FILLER])
    (_, first), (_, second) = collection.order(parse("RLHF"), (0, 1))
    assert first < 2 * second


def test_a_subject_is_found_in_an_interest_by_its_rare_word() -> None:
    """What is said of tutoring belongs to AI tutoring: "AI" says little."""
    lessons = a_paper("Lessons", "Students and teachers in the classroom.")
    collection = Collection([*FILLER, lessons])
    (best, _), *_ = collection.near(parse("AI tutoring"), (), 3)
    assert collection.papers[best] is lessons


def test_a_taste_is_told_in_words_that_people_read() -> None:
    liked = [a_paper("Calibrated tracking", "Calibration of trackers."), *FILLER[:3]]
    told = worded(taste(liked[:1], FILLER[:3]), liked)
    assert "calibrated" in told or "calibration" in told
    assert not told.keys() & {"calibr", "calibrat"}


def test_what_has_landed_says_what_is_rare() -> None:
    """A word of every paper of the last months tells little, however rare it is today."""
    worn, rare = a_paper("Zyxing", "Zyxing things."), a_paper("Qwoping", "Qwoping things.")
    landed = Frequencies(60_000, {"zyx": 30_000})
    fresh, seasoned = (Collection([worn, rare, *FILLER], known) for known in (Frequencies(), landed))
    assert fresh.weight("zyxing") == fresh.weight("qwoping")
    assert seasoned.weight("zyxing") < seasoned.weight("qwoping")


def test_only_words_worth_keeping_are_counted() -> None:
    counted = said([a_paper("Zyxing"), a_paper("Models of zyxing"), a_paper("Qwoping models")])
    assert (counted.papers, counted.having["zyx"], counted.having["model"]) == (3, 2, 2)
    assert "qwop" not in counted.having


def test_a_short_form_that_the_paper_defines_as_something_else_comes_last() -> None:
    attacks = a_paper("ASR of attacks", "The attack success rate (ASR) is what ASR means.")
    speech = a_paper("Captions", "Automatic speech recognition (ASR) is noisy.")
    assert order("ASR", attacks, speech) == ["Captions", "ASR of attacks"]
    assert order("CLIP", a_paper("CLIP", "CLIP is used."), speech)[0] == "CLIP"
