import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.batch import Batch
from bot.interests import parse
from bot.models import Paper
from tests.fakes import a_paper

PAPERS = [
    a_paper("Flow matching", "We present flow matching. It flows.", categories=("cs.LG",)),
    a_paper("Grokking", "A flow of thought."),
    a_paper("Tides", "Nothing of the kind."),
]


def a_batch(**terms: str) -> Batch:
    return Batch(json.dumps({"id": id_, "term": term}) for id_, term in terms.items())


def pairs(batch: Batch, papers: list[Paper]) -> list[tuple[int, str]]:
    """Each paper with the ids of the interests it meets."""
    told = "".join(lines for _, lines in batch.lines(papers, batch.match(papers), why=False))
    return [(row["paper"], row["interest"]) for row in map(json.loads, told.splitlines())]


def test_every_line_is_an_interest_or_a_mistake() -> None:
    lines = [
        '{"id": "a", "term": "flow matching"}\n',
        "\n",
        '{"id": 7, "term": "grokking"}',
        '{"id": "b", "term": "di*"}',
    ]
    batch = Batch()
    (third,) = batch.read(lines)
    first, second = batch
    assert (first.id, first.expression) == ("a", parse("flow matching"))
    assert second.id == 7
    assert third == {"interest": "b", "error": "at least three letters before the star", "at": 0}


@pytest.mark.parametrize(
    ("line", "interest", "error"),
    [
        ("nonsense", None, "line 1 is not JSON"),
        ("[" * 100_000, None, "line 1 is"),
        ("[]", None, 'line 1 has no "id"'),
        ('{"term": "x"}', None, 'line 1 has no "id"'),
        ('{"id": true, "term": "x"}', None, 'line 1 has no "id"'),
        ('{"id": "a"}', "a", "a term is a text in quotes"),
        ('{"id": "a", "term": 5}', "a", "a term is a text in quotes"),
        ('{"id": "a", "term": "x, y"}', "a", "a comma separates interests"),
        ('{"id": "a", "term": ""}', "a", "an interest needs a word"),
    ],
)
def test_a_line_that_asks_for_nothing_says_what_is_wrong(line: str, interest: str | None, error: str) -> None:
    (wrong,) = Batch().read([line])
    assert wrong["interest"] == interest
    assert error in wrong["error"]
    assert isinstance(wrong["at"], int)


def test_a_comma_is_pointed_at() -> None:
    (wrong,) = Batch().read(['{"id": "a", "term": "flow, grokking"}'])
    assert wrong["at"] == 4


@given(
    st.text()
    | st.dictionaries(st.sampled_from(["id", "term", "x"]), st.text() | st.integers()).map(json.dumps)
)
def test_whatever_a_line_holds_it_is_read_or_refused(line: str) -> None:
    batch = Batch()
    for wrong in batch.read([line]):
        assert set(wrong) == {"interest", "error", "at"}
        json.dumps(wrong).encode("ascii")
    assert len(batch[:]) == len(batch) <= 1


def test_pairs_come_in_the_order_of_the_papers() -> None:
    batch = a_batch(first="flow", second="grokking", third="category:cs.*")
    assert pairs(batch, [*PAPERS]) == [(0, "first"), (0, "third"), (1, "first"), (1, "second")]


def test_positions_count_over_all_papers() -> None:
    many = [a_paper("Tides")] * 1_000 + [a_paper("Grokking")] * 2
    assert pairs(a_batch(a="grokking"), many) == [(1_000, "a"), (1_001, "a")]


def test_a_row_says_where() -> None:
    batch = a_batch(a="flow matching")
    why = [
        {"field": "title", "start": 0, "end": 13, "text": "Flow matching"},
        {"field": "abstract", "start": 11, "end": 24, "text": "flow matching"},
    ]
    assert batch.row(PAPERS, (0, 0), why=True) == {"interest": "a", "paper": 0, "why": why}
    assert batch.row(PAPERS, (0, 0), why=False) == {"interest": "a", "paper": 0}
    told = [json.loads(lines) for count, lines in batch.lines(PAPERS, batch.match(PAPERS), why=True) if count]
    assert told == [batch.row(PAPERS, (0, 0), why=True)]


def test_the_same_term_twice_is_answered_twice() -> None:
    assert pairs(a_batch(a="grokking", b="Grokking"), [*PAPERS]) == [(1, "a"), (1, "b")]


def test_the_best_come_first_and_no_more_than_asked_for() -> None:
    batch = a_batch(a="flow", b="tides", c="absent")
    rows = list(batch.ranks(PAPERS, 1, lambda _: None))
    assert [(row["interest"], row["paper"], row["rank"], row["kind"]) for row in rows] == [
        ("a", 0, 1, "match"),
        ("b", 2, 1, "match"),
    ]
    scores = [row["score"] for row in batch.ranks(PAPERS, 9, lambda _: None) if row["interest"] == "a"]
    assert scores == sorted(scores, reverse=True)
