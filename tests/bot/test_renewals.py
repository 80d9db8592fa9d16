"""New versions are told to those who keep the paper and asked."""

from dataclasses import replace

import pytest

from bot.models import Landing
from tests.fakes import a_digest, a_paper, ada, ben
from tests.lab import Lab


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    """A lab where Ada and Ben keep a paper, and Ada has asked."""
    await lab.land(a_paper("Old", arxiv_id="2611.00001", version=1), a_paper("Other", arxiv_id="2611.00002"))
    for reader in (ada, ben):
        await lab.ask("save", reader, paper="Old")
    await lab.ask("versions", wanted="on")
    await lab.tick()
    lab.platform.posts.clear()
    return lab


async def renewed(lab: Lab, version: int = 2, *, quiet: bool = False) -> Landing:
    newer = a_paper("Old, revised", arxiv_id="2611.00001", version=version)
    digest = replace(a_digest(source="arxiv"), updates=(newer,), quiet=quiet, fingerprint=f"v{version}")
    return await lab.intake.land(digest)


async def test_who_asked_hears_of_a_new_version_once(lab: Lab) -> None:
    await renewed(lab)
    await renewed(lab)
    await lab.tick()
    [text] = lab.platform.said_to(ada)
    assert text == "A paper you keep has a new version\nOld, revised is version 2 now."
    assert lab.platform.said_to(ben) == []


async def test_it_comes_with_the_next_digest(lab: Lab) -> None:
    await lab.ask("schedule", when="09:30")
    await renewed(lab)
    await lab.tick()
    assert lab.platform.said_to(ada) == []
    lab.clock.pass_by(hours=1.5)
    await lab.tick()
    assert len(lab.platform.said_to(ada)) == 1


@pytest.mark.parametrize("command", [("versions", "off"), ("schedule", "off"), ("pause", "")])
async def test_who_wants_none_or_rests_hears_of_none(lab: Lab, command: tuple[str, str]) -> None:
    name, wanted = command
    option = {"versions": "wanted", "schedule": "when", "pause": "until"}[name]
    await lab.ask(name, **{option: wanted})
    await renewed(lab)
    await lab.tick()
    assert lab.platform.said_to(ada) == []


async def test_a_baseline_tells_of_no_version(lab: Lab) -> None:
    await renewed(lab, quiet=True)
    await lab.tick()
    assert lab.platform.said_to(ada) == []


async def test_versions_of_many_papers_are_one_note(lab: Lab) -> None:
    papers = [a_paper(f"Paper {number}", arxiv_id=f"2611.1{number:04}", version=1) for number in range(20)]
    await lab.land(*papers)
    for paper in papers:
        await lab.ask("save", paper=paper.arxiv_id)
    await lab.tick()
    lab.platform.posts.clear()
    newer = tuple(replace(paper, version=3) for paper in papers)
    await lab.intake.land(replace(a_digest(), updates=newer, fingerprint="newer"))
    await lab.tick()
    [text] = lab.platform.said_to(ada)
    assert "20 papers you keep have new versions" in text
    assert "… and 5 more." in text
