"""The table of aliases, and what its ambiguous ones may do."""

import re
import time
from importlib.resources import files

import pytest

from bot.aliases import MOST_VARIANTS, groups, variants
from bot.interests import parse
from bot.matching import meets
from bot.models import Paper


def test_the_table_has_the_field_s_usual_pairs() -> None:
    known = {spelling[0] for group in groups() for spelling, _ in group if len(spelling) == 1}
    usual = "LLM VLM RLHF DPO GRPO PPO MoE CoT RAG NeRF PINN SNN SAE GNN MCTS OOD PEFT TTS ASR VQA BCI"
    assert set(usual.split()) <= known
    assert len(list(groups())) >= 300


def test_every_line_counts_the_papers_that_define_it_so() -> None:
    lines = files("bot").joinpath("aliases.tsv").read_text("utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[^\t]+(\t[^\t]+)+\t\d+", row) for row in rows)
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("AD", "Anomaly detection in factories", False),
        ("anomaly detection", "AD with diffusion", False),
        ("AD", "AD with diffusion", True),
        ("industrial anomaly detection", "A benchmark for industrial AD", True),
        ("industrial AD", "Industrial anomaly detection", True),
        ("FM", "Flow matching for images", False),
        ("TTS", "Text-to-speech without tears", True),
        ("TTS", "Test-time scaling of models", False),
    ],
)
def test_an_ambiguous_spelling_is_alike_only_among_other_words(term: str, text: str, *, found: bool) -> None:
    assert bool(meets(parse(term), [Paper(text, "")])) is found


def test_no_spelling_that_loses_its_capitals_is_a_common_word() -> None:
    mixed = {
        spelling[0].lower()
        for group in groups()
        for spelling, _ in group
        if len(spelling) == 1 and not spelling[0].isupper() and not spelling[0].islower()
    }
    assert mixed.isdisjoint("map got pot dot let set act cat mat rate age use the and for".split())


def test_a_hostile_term_expands_no_further_than_the_bound_and_at_once() -> None:
    began = time.perf_counter()
    found = variants(tuple("LLM RL RAG CoT AD VLM QA KG GAN ML".split() * 3))
    assert len(found) == MOST_VARIANTS
    assert time.perf_counter() - began < 1
