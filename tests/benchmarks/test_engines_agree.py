from random import Random

import pytest

from bot.models import Paper
from tests.benchmarks.__main__ import ENGINES, WHOLE
from tests.benchmarks.engines import Ours, Papers
from tests.benchmarks.workload import Workload

WORDS = "bamo dilu feto gavi hopa jiku lemo mira nupo ravo sibu tako vemi zolu".split()


def made_up() -> list[Paper]:
    """Papers of words that do not inflect, and none is two others written together."""
    rng = Random(3)
    return [
        Paper(
            " ".join(rng.choices(WORDS, k=5)), ". ".join(" ".join(rng.choices(WORDS, k=9)) for _ in range(4))
        )
        for _ in range(70)
    ]


@pytest.mark.parametrize("name", [name for name in ENGINES if name not in ("PostgreSQL GIN", *WHOLE)])
def test_engines_find_the_same_pairs(name: str) -> None:
    _agrees(name)


def test_postgresql_finds_the_same_pairs() -> None:
    _agrees("PostgreSQL GIN")


@pytest.mark.parametrize("name", WHOLE)
def test_engines_with_booleans_find_the_same_pairs_of_every_kind(name: str) -> None:
    _agrees(name, plain=False)


def _agrees(name: str, *, plain: bool = True) -> None:
    papers = Papers(made_up())
    terms = [*Workload(papers.papers, plain=plain, pool=50).interests(300), *WORDS]
    engine = ENGINES[name](terms)
    expected = Ours(terms).pairs(papers)
    assert engine.pairs(papers) == expected
    assert engine.match(papers) == Ours(terms).match(papers)
    engine.close()


def test_a_workload_is_the_same_for_the_same_seed() -> None:
    papers = made_up()
    first, again = (list(Workload(papers, seed=5, pool=50).interests(200)) for _ in range(2))
    assert first == again
    assert len(set(first)) > 100
