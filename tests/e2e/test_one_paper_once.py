"""The same papers from five sources and in three versions, in any order: each is told once."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from bot.messages import Card, plain
from bot.models import Address, Interest, Paper
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
    await announced_often(lab, Random(seed), ada)


@pytest.mark.slow
async def test_ten_thousand_readers_see_each_paper_once(lab: Lab) -> None:
    await announced_often(lab, Random(9), *(Address("fake", "lab", f"U{n}") for n in range(10_000)))


async def announced_often(lab: Lab, random: Random, *readers: Address) -> None:
    """Announce the papers from five sources in three versions, and see that each reader sees each paper once."""
    for reader in readers:
        await lab.storage.people.follow(Interest(reader, "grokking", "grokking"), most=9)
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
        await lab.tick()
    told = Counter(
        (to, plain(block.title))
        for to, message, _ in lab.platform.posts
        for block in message.blocks
        if isinstance(block, Card)
    )
    assert told == Counter((one, f"Grokking, part {number}") for one in readers for number in range(PAPERS))
