"""How often a match is what was typed, and how often it is missed: `python -m tests.benchmarks.meant MONTH.jsonl.gz`.

Precision: 300 pairs of a term and a paper that met it, at most three of each of 146 terms, drawn at random from a month
of arXiv and judged by reading the title and what stands around each place (`judgements/matches.jsonl`; *meant*: the
words there mean what somebody who types the term looks for). Pairs that are met no longer are left out.

Recall: against the spellings below, written down by hand and without a look at the bot's own table. A spelling of
capitals counts only as it is written.
"""

import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bot.batch import Batch
from bot.models import Paper

JUDGED: Final = Path(__file__).parent / "judgements" / "matches.jsonl"
SPELLED: Final = {
    "large language models": r"\blarge[- ]+language[- ]+models?\b|\bLLMs?\b|\bLarge LMs?\b",
    "vision-language models": (
        r"\bvision[- ]+language[- ]+models?\b|\bVLMs?\b|\bvisual[- ]language models?\b"
        r"|\bvision[- ]and[- ]language models?\b|\bvision[-/ ]language \(VL\) models?\b"
    ),
    "retrieval-augmented generation": (
        r"\bretrieval[- ]+augmented[- ]+generation\b|\bRAGs?\b"
        r"|\bretrieval[- ]augmented text generation\b"
    ),
    "reinforcement learning from human feedback": (
        r"\breinforcement[- ]+learning[- ]+(?:from|with)[- ]+human[- ]+feedback\b"
        r"|\bRLHF\b|\bRL from human feedback\b"
    ),
    "chain of thought": r"\bchains?[- ]+of[- ]+thoughts?\b|\bCoTs?\b",
    "mixture of experts": r"\bmixtures?[- ]+of[- ]+experts?\b|\bMoEs?\b",
    "fine-tuning": r"\bfine[- ]?tun(?:e|es|ed|ing|ings)\b",
    "graph neural networks": r"\bgraph[- ]+neural[- ]+net(?:work)?s?\b|\bGNNs?\b",
    "Gaussian splatting": r"\bGaussian[- ]+splat(?:ting|s|ting-based)?\b|\b[234]DGS\b",
    "neural radiance fields": r"\bneural[- ]+radiance[- ]+fields?\b|\bNeRFs?\b",
    "diffusion models": r"\bdiffusion[- ]+models?\b|\bdiffusion[- ]modell?ing\b",
    "federated learning": r"\bfederated[- ]+learning\b|\bFL\b",
    "text-to-speech": r"\btext[- ]+to[- ]+speech\b|\bTTS\b",
    "speech recognition": r"\bspeech[- ]+recogni(?:tion|zers?|sers?)\b|\bASR\b",
    "visual question answering": r"\bvisual[- ]+question[- ]+answering\b|\bVQAs?\b",
    "reinforcement learning": r"\breinforcement[- ]+learn(?:ing|ers?)\b|\bRL\b",
    "knowledge graphs": r"\bknowledge[- ]+graphs?\b|\bKGs?\b",
    "out-of-distribution": r"\bout[- ]+of[- ]+distributions?\b|\bOOD\b",
    "physics-informed neural networks": r"\bphysics[- ]+informed[- ]+neural[- ]+net(?:work)?s?\b|\bPINNs?\b",
    "optimization": r"\boptimi[sz](?:ation|ations)\b",
    "multi-agent systems": r"\bmulti[- ]?agent[- ]+systems?\b|\bMASs?\b",
    "low-rank adaptation": r"\blow[- ]+rank[- ]+adapt(?:ation|ations|ers?)\b|\bLoRAs?\b",
    "object detection": r"\bobject[- ]+detect(?:ion|ions|ors?)\b",
    "time series": r"\btime[- ]?series\b",
    "behavior cloning": r"\bbehaviou?r(?:al)?[- ]+cloning\b|\bBC\b",
    "EEG": r"\bEEGs?\b|\belectroencephalogra(?:m|ms|phy|phic)\b",
    "unmanned aerial vehicles": r"\bun(?:manned|crewed)[- ]+aerial[- ]+vehicles?\b|\bUAVs?\b",
    "Schrödinger bridge": r"\bSchr(?:ö|\\\"\{?o\}?|oe|o)dinger(?:'s)?[- ]+bridges?\b",
    "Poincaré": r"\bPoincar(?:é|e|\\'\{?e\}?)\b",
    "in-context learning": r"\bin[- ]+context[- ]+learn(?:ing|ers?)\b|\bICL\b",
    "state space models": r"\bstate[- ]+space[- ]+models?\b|\bSSMs?\b",
    "world models": r"\bworld[- ]+models?\b|\bworld[- ]modell?ing\b",
    "direct preference optimization": r"\bdirect[- ]+preference[- ]+optimi[sz]ation\b|\bDPO\b",
    "KV cache": r"\bKV[- ]?caches?\b|\bkey[-/ ]+values?(?: \(KV\))?[- ]+caches?\b|\bKV[- ]cach(?:ing|ed)\b",
    "vision transformers": r"\bvision[- ]+transformers?\b|\bViTs?\b",
}


def month(file: Path) -> Mapping[str, Paper]:
    """The papers of a month, by id."""
    papers: dict[str, Paper] = {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            papers.setdefault(row["id"], Paper(row["title"], row["abstract"]))
    return papers


def met(terms: list[str], papers: Mapping[str, Paper]) -> list[set[str]]:
    """The ids of the papers that each term meets."""
    ids = list(papers)
    found = Batch(json.dumps({"id": at, "term": term}) for at, term in enumerate(terms)).match(
        list(papers.values())
    )
    return [{ids[paper] for paper in found.get(at, ())} for at in range(len(terms))]


def says(paper: Paper, spelled: str) -> bool:
    """Whether *paper* says one of these spellings: words in any case, short forms only as they are written."""
    said = f"{paper.title}. {paper.abstract}"
    return any(
        re.search(spelled, found[0]) is not None or len(found[0]) > 6 or " " in found[0]
        for found in re.finditer(spelled, said, re.IGNORECASE)
    )


def report(papers: Mapping[str, Paper]) -> Iterator[str]:
    """The figures, and what is missed."""
    judged = [json.loads(line) for line in JUDGED.read_text("utf-8").splitlines()]
    terms = list(dict.fromkeys(row["term"] for row in judged))
    where = dict(zip(terms, met(terms, papers), strict=True))
    kept = [row for row in judged if row["paper"] in where[row["term"]]]
    meant = sum(row["meant"] for row in kept)
    yield f"precision {meant / len(kept):.3f}: {meant} of {len(kept)} pairs read"
    known, missed = 0, 0
    for (term, spelled), found in zip(SPELLED.items(), met(list(SPELLED), papers), strict=True):
        saying = {id_ for id_, paper in papers.items() if says(paper, spelled)}
        known, missed = known + len(saying), missed + len(saying - found)
        if saying - found:
            yield f"  {term}: {len(saying - found)} of {len(saying)} missed, as {min(saying - found)}"
    yield f"recall {1 - missed / known:.3f}: {missed} of {known} places missed, {len(SPELLED)} terms"


if __name__ == "__main__":
    for line in report(month(Path(sys.argv[1]))):
        print(line)
