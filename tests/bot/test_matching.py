"""The index of interests: who is met, by what, and that changing it costs only what is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.interests import normal, parse
from bot.matching import Index, evidence, meets, recalled
from bot.matching.parts import Parts
from bot.models import Paper

PAPER = Paper(
    title="CLIP-like retrieval for fine-tuned LLMs",
    abstract="We revisit retrieval-augmented generation with GPT 4 and goal-conditioned reinforcement learning.",
    authors=("Ann Bell", "Kaiming He"),
    categories=("cs.LG", "stat.ML"),
    source="arxiv",
    upvotes=20,
)


def met(term: str, paper: Paper = PAPER) -> list[str]:
    """The words of *paper* that meet *term*."""
    return [one.text for one in evidence(parse(term), paper)]


def test_a_term_finds_its_words_next_to_each_other_and_in_order() -> None:
    assert met("augmented generation") == ["augmented generation"]
    assert met("generation augmented") == []


def test_words_joined_by_hyphens_or_not_are_alike() -> None:
    assert met("finetuned") == met("fine tuned") == met("fine-tuning") == ["fine-tuned"]
    assert met("GPT4") == met("GPT-4") == met("GPT 4") == ["GPT 4"]


def test_an_alias_inside_a_longer_term_is_found() -> None:
    assert met("goal conditioned RL") == ["goal-conditioned reinforcement learning"]
    assert met("RAG") == ["retrieval-augmented generation"]


def test_an_exact_term_has_neither_inflections_nor_aliases() -> None:
    assert met('"fine tuning"') == met('"large language model"') == []
    assert met('"fine tuned"') == ["fine-tuned"]


def test_a_name_is_looked_for_in_one_author_at_a_time() -> None:
    assert met('author:"Kaiming He"') == ["Kaiming He"]
    assert met("author:he") == ["He"]
    assert met('author:"bell kaiming"') == []


def test_names_do_not_inflect() -> None:
    assert not met("author:William", Paper("t", "a", authors=("Ann Williams",)))


def test_evidence_of_authors_and_categories_counts_them_joined_by_commas() -> None:
    (author,) = evidence(parse("author:he"), PAPER)
    (category,) = evidence(parse("category:stat.*"), PAPER)
    assert ", ".join(PAPER.authors)[author.start : author.end] == author.text == "He"
    assert ", ".join(PAPER.categories)[category.start : category.end] == category.text == "stat.ML"


def test_what_is_left_out_decides() -> None:
    assert meets(parse("retrieval -GPT"), [PAPER]) == []
    assert meets(parse("retrieval -diffusion"), [PAPER]) == [0]


def test_votes_alone_are_an_interest() -> None:
    assert meets(parse("upvotes>=20"), [PAPER, Paper("t", "a")]) == [0]


def test_interests_without_any_word_hang_under_category_and_source() -> None:
    index = Index()
    index.add(1, "category:cs.*")
    index.add(2, "source:arxiv")
    index.add(3, "category:math.*")
    assert index.match([PAPER]) == {1: [0], 2: [0]}


def test_an_interest_that_was_removed_finds_nothing() -> None:
    index = Index()
    index.add(1, "retrieval")
    index.add(2, "retrieval")
    index.remove(1)
    index.remove(1)
    assert index.match([PAPER]) == {2: [0]}
    assert 1 not in index
    assert len(index) == 1


def test_an_interest_added_again_replaces_the_first() -> None:
    index = Index()
    index.add(1, "retrieval")
    index.add(1, "diffusion")
    assert index.match([PAPER]) == {}


TERMS = st.sampled_from(
    (
        'retrieval|retriev*|fine tuning|"fine tuned"|RAG|GPT4|title:clip|retrieval -GPT|author:he|category:cs.*'
        "|upvotes>=5|source:arxiv|diffusion OR generation|LLM -diffusion"
    ).split("|")
)
CHANGES = st.lists(st.tuples(st.booleans(), st.integers(0, 5), TERMS), max_size=20)


@given(CHANGES)
def test_an_index_changed_step_by_step_answers_like_one_built_at_once(
    changes: list[tuple[bool, int, str]],
) -> None:
    grown, kept = Index(), dict[int, str]()
    for adding, interest, term in changes:
        if adding:
            grown.add(interest, normal(parse(term)))
            kept[interest] = term
        else:
            grown.remove(interest)
            kept.pop(interest, None)
    expected = {one: [0] for one, term in kept.items() if meets(parse(term), [PAPER])}
    assert grown.match([PAPER]) == expected


WORDS = "CLIP clip fine tuning finetuning fine-tuned GPT4 GPT-4 GPT 4 retrieval LLMs models of RAG .NET C++ a's".split(
    " "
)
PAPERS = st.lists(
    st.builds(Paper, *(2 * [st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)])), max_size=3
)


@given(st.lists(PAPERS, min_size=2, max_size=4))
def test_what_was_read_before_changes_no_answer(landings: list[list[Paper]]) -> None:
    terms = ["fine tuning", "CLIP", "finetun*", '"GPT 4"', "retrieval models", "RAG OR LLM", "C++ -clip", "a"]
    index = Index()
    for number, term in enumerate(terms):
        index.add(number, normal(parse(term)))
    for papers in landings:
        alone = {number: found for number, term in enumerate(terms) if (found := meets(parse(term), papers))}
        assert index.match(papers) == alone


def test_words_are_forgotten_when_texts_bring_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalled, "_MOST_REMEMBERED", 3)
    index = Index()
    index.add(1, "fine tuning")
    for _ in range(3):
        assert index.match([PAPER, Paper("finetuning", "of many different words")]) == {1: [0, 1]}


@given(
    st.lists(
        st.sampled_from("flow matching of and the fine tuning rl gpt4 llm".split()), min_size=1, max_size=5
    ),
    st.sampled_from((" ", " AND ", " OR ")),
)
def test_a_plain_interest_is_laid_out_as_a_parsed_one(words: list[str], between: str) -> None:
    term = normal(parse(between.join(words)))
    at_once, parsed = Parts(), Parts()
    parsed._plainly = lambda _: None  # type: ignore[method-assign, assignment]  # the fast way barred
    for parts in (at_once, parsed):
        parts.add(1, term)
    assert at_once.keys == parsed.keys
    assert at_once.leaves == parsed.leaves
    assert sorted(zip(at_once.anchored, at_once.anchors, strict=True)) == sorted(
        zip(parsed.anchored, parsed.anchors, strict=True)
    )
    assert set(at_once.nodes) == set(parsed.nodes)
    assert set(at_once.joins) == set(parsed.joins)
