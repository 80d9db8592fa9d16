"""The matcher against the oracle: random terms of the whole grammar over made-up papers and real ones.

Every term is asked of the index; the oracle then reads again every paper of a sample (all of them when they
are few), those that were found among them, so that both what is missed and what is too much shows.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

import pytest

from bot.errors import Unreadable
from bot.interests import normal, parse
from bot.interests.flat import flat
from bot.interests.grammar import by_the_grammar
from bot.matching import Index, evidence, meets
from bot.models import Paper
from tests import oracle
from tests.shared import DAY, MONTH, needs_shared
from tests.terms import Terms

_MADE_UP = [
    Paper(
        title="Flow Matching for Text-to-Image Diffusion Models",
        abstract="We fine-tune CLIP and GPT-4 by reinforcement learning from human feedback (RLHF). GPT 4 and GPT4o "
        "are large language models; fine tuning them costs 50\\% more than finetuning an LLM.",
        authors=("Kaiming He", "José Müller"),
        categories=("cs.LG", "cs.CV"),
        source="arxiv",
        upvotes=20,
    ),
    Paper(
        title="{\\em Convergence} of $\\alpha$-Divergences: Goodhart’s Law Revisited",
        abstract="Schr\\\"{o}dinger bridges and Schrödinger's bridge. Policies were pruned; pruning a policy "
        "(and the police) is organised.\nThe analyses of these matrices show biases, an analysis of bias.",
        authors=("Søren Kierkegaard-Smith",),
        categories=("math.ST", "stat.ML", "cs.LG"),
        source="arxiv",
    ),
    Paper(
        title="RAG is not a rag: retrieval-augmented generation without fragile video clips",
        abstract="CLIPs and CLIP scores, CLIPScore too. C++, C# and .NET code; a multi-modal multimodal MLLM. "
        "Chain-of-thought (CoT) prompts help VLMs, vision-language models and low-rank adaptation.",
        authors=("Anna O’Neil", "He Kaiming"),
        categories=("cs.CL",),
        source="huggingface",
        upvotes=3,
    ),
    Paper(
        title="Transformers transform; transformation is no transformer",
        abstract="Generative models, generation and a universe of universities. Zero\u200bwidth and soft\u00adware. "
        "Tying, tied and dying ties underlie what lies; H<sub>2</sub>O &amp; &#945;. Losses of loss, to lose.",
        upvotes=50,
    ),
    Paper(title="NOT AND OR", abstract="and, or, not: ALL CAPITALS HAVE TRAINED MODELS OF STATE SPACE"),
    Paper(title="", abstract=""),
]


@pytest.mark.parametrize("seed", range(4))
def test_made_up_papers_are_matched_as_the_oracle_reads_the_document(seed: int) -> None:
    terms = Terms(seed, _MADE_UP[:-1])
    assert _differences(_MADE_UP, [terms.good() for _ in range(150)], Random(seed), most=len(_MADE_UP)) == []


def test_evidence_stands_where_the_oracle_finds_the_words() -> None:
    terms = Terms(9, _MADE_UP[:-1])
    wrong = [wrong for _ in range(300) for wrong in _misplaced(terms.good(), _MADE_UP)]
    assert wrong == []


def test_a_plain_interest_is_read_at_once_as_the_grammar_reads_it() -> None:
    terms = [Terms(seed, _MADE_UP[:-1]).good() for seed in range(3000)]
    read = [(term, found) for term in terms if (found := flat(term))]
    assert len(read) > 300
    assert [term for term, found in read if found != by_the_grammar(term)] == []


@pytest.mark.parametrize("seed", range(200))
def test_bad_terms_are_refused_where_they_are_bad(seed: int) -> None:
    term, at = Terms(seed, _MADE_UP[:-1]).bad()
    with pytest.raises(Unreadable) as bot:
        parse(term)
    with pytest.raises(oracle.Wrong) as read_again:
        oracle.parse(term)
    assert bot.value.at == read_again.value.at == at, term


class TestRealPapers:
    pytestmark = needs_shared

    @pytest.mark.parametrize("many", [300, pytest.param(3000, marks=pytest.mark.slow)])
    def test_a_real_day_is_matched_as_the_oracle_reads_the_document(self, many: int) -> None:
        papers = list(_day())
        assert len(papers) == 274
        terms = Terms(1, papers)
        assert _differences(papers, [terms.good() for _ in range(many)], Random(1), most=12) == []

    @pytest.mark.parametrize("many", [150, pytest.param(3000, marks=pytest.mark.slow)])
    def test_a_real_month_is_matched_as_the_oracle_reads_the_document(self, many: int) -> None:
        papers = Random(2).sample(list(_month()), 300)
        terms = Terms(2, papers)
        assert _differences(papers, [terms.good() for _ in range(many)], Random(2), most=12) == []


def _differences(papers: Sequence[Paper], terms: Sequence[str], rng: Random, most: int) -> list[str]:
    """The terms that the bot and the oracle answer differently, and how."""
    index = Index()
    for number, term in enumerate(terms):
        index.add(number, normal(parse(term)))
    found = index.match(papers)
    return [
        wrong
        for number, term in enumerate(terms)
        for wrong in _differs(
            term, papers, set(found.get(number, ())), _some(papers, found.get(number, ()), rng, most)
        )
    ]


def _some(papers: Sequence[Paper], found: Sequence[int], rng: Random, most: int) -> list[int]:
    """Positions of *most* papers, half of them found where there are as many."""
    if most >= len(papers):
        return list(range(len(papers)))
    hits = rng.sample(list(found), min(len(found), most // 2))
    return sorted({*hits, *rng.sample(range(len(papers)), most - len(hits))})


def _differs(term: str, papers: Sequence[Paper], found: set[int], among: Sequence[int]) -> Iterator[str]:
    expression = oracle.parse(term)
    again = oracle.parse(normal(parse(term)), stored=True)
    for position in among:
        expected = oracle.meets(expression, papers[position])
        if expected != (position in found):
            yield f"{term!r} {'misses' if expected else 'meets'} {position} {papers[position].title!r}"
        if again != expression and expected != oracle.meets(again, papers[position]):
            yield f"{term!r} is not its normal form, at {position}"
    if bool(meets(parse(term), [papers[among[0]]])) != (among[0] in found):
        yield f"{term!r} is answered differently alone and by the index"


def _misplaced(term: str, papers: Sequence[Paper]) -> Iterator[str]:
    """Evidence that is no reason for a match, and reasons without evidence."""
    expression = oracle.parse(term)
    for paper in papers:
        shown = {(one.field, one.start, one.end) for one in evidence(parse(term), paper)}
        shown = {place for place in shown if place[0] in ("title", "abstract")}
        reasons = [reason for reason in oracle.reasons(expression, paper) if oracle.meets(expression, paper)]
        places = [_places(reason, paper) for reason in reasons if reason.words and reason.field != "author"]
        if not shown <= set().union(*places):
            yield f"{term!r} shows {sorted(shown - set().union(*places))} in {paper.title!r}"
        if not all(shown & place for place in places):
            yield f"{term!r} leaves a reason out in {paper.title!r}"


def _places(term: oracle.Term, paper: Paper) -> set[tuple[str, int, int]]:
    return {
        (field, start, end)
        for field, raw in oracle.fields(term, paper)
        for start, end in oracle.occurrences(term, raw)
    }


def _day() -> Iterator[Paper]:
    """The page as text, split by hand: two lines of banner, then title and abstract in turn."""
    lines = DAY.read_text("utf-8").splitlines()[2:]
    for title, abstract in zip(lines[::2], lines[1::2], strict=True):
        yield Paper(title=title.removeprefix("Subscribe"), abstract=abstract, source="huggingface")


def _month() -> Iterator[Paper]:
    """Every fifth row of the month, with made-up votes for two of three."""
    with gzip.open(MONTH, "rt", encoding="utf-8") as lines:
        for number, row in enumerate(map(json.loads, islice(lines, 0, None, 5))):
            yield Paper(
                title=row["title"],
                abstract=row["abstract"],
                authors=tuple(row["authors"]),
                categories=tuple(row["categories"]),
                source="arxiv",
                upvotes=number % 60 if number % 3 else None,
            )
