"""Rule 7 of the interest language: plural, -ed and -ing are alike; derivations are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.inflection import alike, lemmas

_WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14)


@pytest.mark.parametrize(
    "family",
    [
        "model models",
        "policy policies",
        "prune prunes pruned pruning",
        "analysis analyses",
        "matrix matrices",
        "bias biases biased biasing",
    ],
)
def test_the_inflections_of_the_document_are_alike(family: str) -> None:
    words = family.split()
    assert all(alike(one, other) for one in words for other in words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("transformer", "transform"),
        ("transformer", "transformation"),
        ("transform", "transformation"),
        ("generative", "generation"),
        ("universe", "university"),
        ("policy", "police"),
        ("organ", "organization"),
        ("physics", "physical"),
        ("loss", "lose"),
    ],
)
def test_the_derivations_of_the_document_are_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not any(alike(form, other) for form in (one + "s", one + "ed", one + "ing"))


@pytest.mark.parametrize(
    "family",
    [
        "plan plans planned planning",
        "plane planes planed planing",
        "model models modeled modelled modeling modelling",
        "refer refers referred referring",
        "train trains trained training trainings",
        "embed embeds embedded embedding embeddings",
        "use uses used using",
        "try tries tried trying",
        "play plays played playing",
        "agree agrees agreed agreeing",
        "class classes classed",
        "focus focuses focused focusing focussed",
        "epoch epochs",
        "batch batches batched batching",
        "index indexes indices indexed indexing",
        "vertex vertices",
        "hypothesis hypotheses",
        "axis axes",
        "box boxes",
        "hero heroes",
        "quiz quizzes",
        "layer layers layered layering",
        "control controls controlled controlling",
        "call calls called calling",
        "sync syncs synced syncing",
        "gpu gpus",
        "see sees seeing",
    ],
)
def test_regular_spelling_is_followed(family: str) -> None:
    words = family.split()
    assert [other for other in words if not alike(words[0], other)] == []


@pytest.mark.parametrize("family", ["tie ties tied tying", "die dies died dying", "underlie underlying"])
def test_ie_becomes_y_before_ing(family: str) -> None:
    words = family.split()
    assert [other for other in words if not alike(words[0], other)] == []


@pytest.mark.parametrize("base", ["mimic", "panic", "traffic"])
def test_c_becomes_ck_before_ed_and_ing(base: str) -> None:
    assert alike(base, base + "ked")
    assert alike(base, base + "king")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hop", "hoping"),
        ("plan", "planes"),
        ("rat", "rating"),
        ("star", "stared"),
        ("thing", "the"),
        ("string", "str"),
        ("seed", "see"),
        ("need", "nee"),
        ("its", "it"),
        ("this", "thi"),
        ("loss", "los"),
        ("class", "clas"),
        ("losses", "lose"),
        ("policies", "police"),
        ("analyses", "analyst"),
        ("called", "cal"),
        ("evening", "even"),
        ("learn", "learner"),
        ("train", "trainer"),
        ("robust", "robustness"),
        ("quick", "quickly"),
    ],
)
def test_words_that_only_look_alike_are_not(one: str, other: str) -> None:
    assert not alike(one, other)


@given(_WORDS)
def test_every_word_is_its_own_form(word: str) -> None:
    assert alike(word, word)
    assert word in lemmas(word)


@given(_WORDS, _WORDS)
def test_being_alike_has_no_direction(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)


@given(st.text(max_size=20))
def test_any_string_has_bases(word: str) -> None:
    assert word in lemmas(word)
