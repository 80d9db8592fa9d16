from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Paper
from storage.identity import Identities, known_by
from tests import databases
from tests.storage.vocabulary import land

papers = st.builds(
    Paper,
    title=st.sampled_from(["Grokking", "Agents"]),
    abstract=st.sampled_from(["We present it.", "We measure it."]),
    authors=st.sampled_from([(), ("Ada",), ("Ben", "Ada")]),
    arxiv_id=st.sampled_from(["", "1", "2"]),
    doi=st.sampled_from(["", "10.1/x", "10.1/Y"]),
    upvotes=st.sampled_from([None, 0, 5]),
)


def kinds(keys: set[str], like: str) -> set[str]:
    return {key for key in keys if key.partition(":")[0] == like.partition(":")[0]}


def are_one(group: list[Paper], paper: Paper, strength: int) -> bool:
    """Whether they share the key of this strength, and nothing stronger tells them apart."""
    known = {key for member in group for key in member.keys}
    return paper.keys[strength] in known and not any(
        kinds(known, key) and key not in known for key in paper.keys[:strength]
    )


def told_apart(listed: list[Paper]) -> list[list[Paper]]:
    """The groups of papers that are one, one after the other, each compared with all before."""
    groups: list[list[Paper]] = []
    for paper in listed:
        fits = [group for key in range(len(paper.keys)) for group in groups if are_one(group, paper, key)]
        if fits:
            fits[0].append(paper)
        else:
            groups.append([paper])
    return groups


@given(st.lists(papers, max_size=12))
def test_papers_are_one_as_a_plain_reading_of_the_rule_says(listed: list[Paper]) -> None:
    identities = Identities()
    met = dict.fromkeys(identities.meet(paper, known_by(paper)) for paper in listed)
    assert [known.paper for known in met] == [reduce(Paper.merged, group) for group in told_apart(listed)]


@settings(max_examples=25, deadline=None)  # each example opens a database
@given(st.lists(st.lists(papers, max_size=5), max_size=4))
async def test_it_makes_no_difference_how_papers_are_spread_over_digests(digests: list[list[Paper]]) -> None:
    groups = told_apart([paper for listed in digests for paper in listed])
    async with databases.storage("sqlite://") as storage:
        new = [(await land(storage, *listed, source=str(n))).new for n, listed in enumerate(digests)]
        kept = await storage.papers.get(range(1, 100))
    assert [replace(paper, id=0) for paper in kept] == [reduce(Paper.merged, group) for group in groups]
    assert sum(new) == len(groups)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Paper("T", "a", arxiv_id="1"), Paper("Another title", "b", arxiv_id="1", doi="10.1/x")),
        (Paper("T", "a", doi="10.1/X"), Paper("Another title", "b", doi="10.1/x")),
        (Paper("A Title", "a", authors=("Ada",)), Paper("a  títle!", "b", authors=("ada", "Ben"))),
        (Paper("T", "We present it."), Paper("T", "we present\nit", authors=("Ada",), arxiv_id="1")),
    ],
)
def test_papers_that_share_a_key_are_one(one: Paper, other: Paper) -> None:
    identities = Identities()
    assert identities.meet(one, known_by(one)) is identities.meet(other, known_by(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Paper("T", "a", arxiv_id="1"), Paper("T", "a", arxiv_id="2")),
        (Paper("T", "a", arxiv_id="1", doi="10.1/x"), Paper("T", "a", arxiv_id="2", doi="10.1/x")),
        (Paper("T", "a", doi="10.1/x"), Paper("T", "a", doi="10.1/y")),
        (Paper("T", "a", authors=("Ada",)), Paper("T", "a", authors=("Ben",))),
        (Paper("T", "a"), Paper("T", "b")),
    ],
)
def test_papers_that_a_stronger_key_tells_apart_are_two(one: Paper, other: Paper) -> None:
    identities = Identities()
    assert identities.meet(one, known_by(one)) is not identities.meet(other, known_by(other))


def test_a_paper_is_known_by_what_it_was_merged_with() -> None:
    identities = Identities()
    first, second = Paper("T", "a", arxiv_id="1"), Paper("New title", "b", arxiv_id="1", doi="10.1/x")
    third = Paper("Newest title", "c", doi="10.1/x")
    assert len({identities.meet(paper, known_by(paper)) for paper in (first, second, third)}) == 1


def test_of_several_that_fit_the_first_to_land_is_meant() -> None:
    identities = Identities()
    one, two, open_to_both = (Paper("T", "a", arxiv_id=id_) for id_ in ("1", "2", ""))
    first = identities.meet(one, known_by(one))
    identities.meet(two, known_by(two))
    assert identities.meet(open_to_both, known_by(open_to_both)) is first
