import pytest

from bot.definitions import Definition, counted, definitions
from bot.models import Paper


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We study Direct Preference Optimization (DPO) here.", "DPO", "direct preference optimization"),
        ("Large Language Models (LLMs) think.", "LLM", "large language model"),
        ("With DPO (direct preference optimization), we win.", "DPO", "direct preference optimization"),
        ("retrieval-augmented generation (RAG; see below)", "RAG", "retrieval augmented generation"),
        ("the low-rank adaptation (LoRA) of models", "LoRA", "low rank adaptation"),
        ("using \\textbf{sparse autoencoders} (SAEs)", "SAE", "sparse autoencoder"),
    ],
)
def test_a_definition_is_read_in_either_order(text: str, short: str, long: str) -> None:
    assert definitions(Paper("", text)) == {Definition(short, long)}


@pytest.mark.parametrize(
    "text",
    [
        "our method (see Fig. 3) works",
        "it is best (in 2024) on GPT (OpenAI)",
        "large models. (LLM)",
        "(DPO)",
        "DPO ()",
        "results (p < 0.05)",
        "of the (OT)",
    ],
)
def test_what_only_stands_in_brackets_defines_nothing(text: str) -> None:
    assert definitions(Paper("", text)) == set()


def test_a_paper_counts_once_however_often_it_says_so() -> None:
    paper = Paper("Sparse autoencoders (SAEs)", "Sparse autoencoders (SAEs) and sparse autoencoder (SAE)")
    assert counted([paper, paper]) == {Definition("SAE", "sparse autoencoder"): 2}
