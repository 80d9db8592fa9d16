"""What the words and terms of the interest language find: every example and every trap of its document."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.interests import parse
from bot.matching import evidence, meets
from bot.models import Paper
from tests.terms import Terms

_PAPER = Paper(
    title="Flow Matching for Text-to-Image Diffusion Models",
    abstract="We prune CLIP and GPT-4 by reinforcement learning from human feedback; large language models help.",
    authors=("Kaiming He", "José Müller"),
    categories=("cs.LG", "cs.CL"),
    source="arxiv",
    upvotes=20,
)


def _finds(term: str, text: str) -> bool:
    return meets(parse(term), [Paper(title=text, abstract="")]) == [0]


# ── Words ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("convergence", r"{\em Convergence}"),
        ("alpha", r"$\alpha$"),
        ("α", "alpha"),
        (r"$\alpha$ divergence", "α-divergence"),
        ("Schrodinger", "Schrödinger"),
        ("Schrödinger", "Schrodinger"),
        ("Goodhart", "Goodhart's law"),
        ("Goodhart’s law", "Goodhart law"),
        ("text-to-image", "text to image"),
        ("text to image", "text-to-image"),
        ("flow matching", "flow\nmatching"),
        ("so\u00adft\u200bware", "software"),
        ("fine–tuning", "fine-tuning"),
        ("C++", "in C++."),
        ("c#", "C# code"),
        (".NET", "the .NET runtime"),
    ],
)
def test_text_and_term_are_read_alike(term: str, text: str) -> None:
    assert _finds(term, text)


@pytest.mark.parametrize(("term", "text"), [("C", "C++"), ("C", "C#"), ("C++", "C"), ("NET", ".NET")])
def test_signs_are_kept(term: str, text: str) -> None:
    assert not _finds(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("finetuning", "fine-tuning"),
        ("fine tuning", "finetuning"),
        ("fine-tuning", "finetuning"),
        ("fine-tuning", "fine tuning"),
        ("texttoimage", "text-to-image"),
        ("toimage", "text-to-image"),
        ("multimod*", "multi-modal"),
        ("fine tune", "fine-tuned"),
        *((one, other) for one in ("GPT-4", "GPT 4", "GPT4") for other in ("GPT-4", "GPT 4", "GPT4")),
    ],
)
def test_hyphens_join_and_part(term: str, text: str) -> None:
    assert _finds(term, text)


@pytest.mark.parametrize(
    ("term", "text"), [("finetuning", "fine tuning"), ("finetuning", "fine, tuning"), ("GPT4", "GPT, 4")]
)
def test_words_apart_are_not_one(term: str, text: str) -> None:
    assert not _finds(term, text)


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("CLIP", "CLIP", True),
        ("CLIP", "CLIPs", True),
        ("CLIP", "video clip", False),
        ("CLIP", "Clip", False),
        ("CLIP", "CLIPped", False),
        ("clip", "CLIP", True),
        ("clip", "CLIPs", True),
        ("clip", "video clip", True),
        ("RAG", "fragile", False),
        ("RAG", "rag", False),
        ("RAG", "RAG", True),
        ("I", "i", True),
        ("GPT-4", "gpt-4", False),
        ('"CLIP"', "CLIPs", True),
        ('"CLIP"', "clip", False),
        ("GPT*", "GPTQ", True),
        ("GPT*", "gptq", False),
        ("CLIP score", "CLIPScore", True),
        ("CLIP score", "clipscore", False),
    ],
)
def test_capitals_find_only_capitals(term: str, text: str, *, found: bool) -> None:
    assert _finds(term, text) is found


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("model", "models"),
        ("models", "model"),
        ("policy", "policies"),
        ("pruning", "pruned"),
        ("pruned", "prune"),
        ("analysis", "analyses"),
        ("matrix", "matrices"),
        ("bias", "biases"),
        ("diffusion model", "diffusion models"),
    ],
)
def test_regular_inflections_are_alike(term: str, text: str) -> None:
    assert _finds(term, text)
    assert not _finds(f'"{term}"', text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("transformer", "transform transformation"),
        ("generative", "generation"),
        ("universe", "university"),
        ("policy", "police"),
        ("organ", "organization"),
        ("physics", "physical"),
        ("loss", "lose loses"),
    ],
)
def test_derivations_are_not_alike(term: str, text: str) -> None:
    assert not _finds(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("LLM", "large language models"),
        ("LLMs", "large language model"),
        ("llm", "Large Language Models"),
        ("large language models", "an LLM"),
        ("large-language models", "LLMs"),
        ("RLHF", "reinforcement learning from human feedback"),
        ("RLHF", "RL from human feedback"),
        ("goal-conditioned RL", "goal-conditioned reinforcement learning"),
        ("goal-conditioned reinforcement learning", "goal conditioned RL"),
        ("multimodal LLM", "MLLMs"),
        ("supervised fine-tuning", "SFT"),
        ("SFT", "supervised finetuning"),
        ("title:LLM", "large language models"),
        ("CoT", "chain-of-thought"),
        ("MoE", "mixture of experts"),
        ("LoRA", "low-rank adaptation"),
        ("RAG", "retrieval-augmented generation"),
    ],
)
def test_known_aliases_are_alike(term: str, text: str) -> None:
    assert _finds(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ('"LLM"', "large language models"),
        ('"large language models"', "LLM"),
        ("large language", "LLM"),
        ("reinforcement learning", "rl"),
        ("mixture experts", "MoE"),
    ],
)
def test_aliases_end_where_the_table_ends(term: str, text: str) -> None:
    assert not _finds(term, text)


# ── Terms ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("flow matching", True),
        ("matching flow", False),
        ("flow diffusion", False),
        ('"flow matching"', True),
        ('"flow match"', False),
        ("diffus*", True),
        ("diffus* model", True),
        ("iffus*", False),
        ("title:diffusion", True),
        ("abstract:diffusion", False),
        ("title:pruning", False),
        ("abstract:pruning", True),
        ('abstract:"human feedback"', True),
        ('title:"human feedback"', False),
        ('author:"Kaiming He"', True),
        ("author:he", True),
        ("author:muller", True),
        ('author:"He José"', False),
        ("author:diffusion", False),
        ("Kaiming", False),
        ("category:cs.LG", True),
        ("category:cs.CL", True),
        ("category:cs.*", True),
        ("cat:cs.lg", True),
        ("category:cs.L", False),
        ("category:math.*", False),
        ("source:arxiv", True),
        ("source:arx", False),
        ("upvotes>=20", True),
        ("upvotes>=21", False),
    ],
)
def test_each_kind_of_term_looks_in_its_own_place(term: str, *, found: bool) -> None:
    assert (meets(parse(term), [_PAPER]) == [0]) is found


def test_unknown_votes_are_not_enough() -> None:
    assert meets(parse("upvotes>=1"), [Paper("a", "")]) == []


def test_title_and_abstract_do_not_run_into_each_other() -> None:
    assert meets(parse("models we"), [_PAPER]) == []


# ── Evidence ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        ("flow matching", [("title", "Flow Matching")]),
        ("text to image", [("title", "Text-to-Image")]),
        ("pruning", [("abstract", "prune")]),
        ("LLM", [("abstract", "large language models")]),
        ("RLHF", [("abstract", "reinforcement learning from human feedback")]),
        ("GPT4", [("abstract", "GPT-4")]),
        ("author:muller", [("author", "Müller")]),
        ("diffusion -medical", [("title", "Diffusion")]),
        ("medical OR diffusion", [("title", "Diffusion")]),
    ],
)
def test_evidence_is_the_words_as_they_stand(term: str, shown: list[tuple[str, str]]) -> None:
    assert [(one.field, one.text) for one in evidence(parse(term), _PAPER)] == shown


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_evidence_stands_where_it_says(seed: int) -> None:
    expression = parse(Terms(seed, [_PAPER]).good())
    fields = {"title": _PAPER.title, "abstract": _PAPER.abstract}
    for one in evidence(expression, _PAPER):
        if one.field in fields:
            assert fields[one.field][one.start : one.end] == one.text != ""
