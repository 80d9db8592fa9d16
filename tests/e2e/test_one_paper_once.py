"""The same papers from five sources and in three versions, in any order: each is told once."""

from dataclasses import replace
from random import Random

import pytest

from bot.messages import Card, plain
from bot.models import Paper
from tests.fakes import a_digest, a_paper, ada
from tests.lab import Lab

PAPERS = 8


def said(number: int, source: str, version: int) -> Paper:
    """How that source announces the paper, as its kind does: some know no DOI, some no abstract, some no id."""
    known: dict[str, object] = {"source": source, "authors": (f"Ada Quill {number}",)}
    title, text = f"Grokking, part {number}", f"We grok for the {number}th time."
    match source:
        case "arxiv":
            known |= {"arxiv_id": f"2611.{number:05}", "version": version}
        case "huggingface":
            known |= {"arxiv_id": f"2611.{number:05}", "upvotes": version}
        case "journal":
            known |= {"doi": f"10.1234/grok.{number}"}
        case "alert":
            text = ""
        case _:
            known |= {"arxiv_id": f"2611.{number:05}", "doi": f"10.1234/GROK.{number}"}
    return a_paper(title, text, **known)


@pytest.mark.parametrize("seed", range(4))
async def test_however_often_a_paper_is_announced_its_reader_sees_it_once(lab: Lab, seed: int) -> None:
    random = Random(seed)
    await lab.ask("follow", ada, term="grokking")
    rounds = [
        (source, version)
        for source in ("arxiv", "huggingface", "journal", "alert", "query")
        for version in (1, 2, 3)
    ]
    random.shuffle(rounds)
    for source, version in rounds:
        listed = [said(number, source, version) for number in random.sample(range(PAPERS), PAPERS - 2)]
        digest = a_digest(*listed, source=f"{source}{version}")
        old = [said(number, source, version) for number in range(PAPERS)] if version > 1 else []
        await lab.intake.land(replace(digest, updates=tuple(old)))
        while await lab.courier.deliver():
            pass
    told = [
        plain(block.title)
        for _, message, _ in lab.platform.posts
        for block in message.blocks
        if isinstance(block, Card)
    ]
    assert sorted(told) == [f"Grokking, part {number}" for number in range(PAPERS)]
