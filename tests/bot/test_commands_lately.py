import pytest

from bot.commands import lately as module
from bot.commands.lately import lately, latest
from tests.lab import Lab


async def test_the_last_landing_is_looked_back_over_however_large(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ENOUGH", 2)
    await lab.land("An old one")
    await lab.land("One", "Two", "Three")
    assert [paper.title for paper in (await lately(lab.storage)).papers] == ["One", "Two", "Three"]


async def test_earlier_landings_are_looked_back_over_while_there_is_room(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ENOUGH", 3)
    await lab.land("Small")
    await lab.land("Too", "Large")
    await lab.land("One", "Two")
    assert [paper.title for paper in (await lately(lab.storage)).papers] == ["One", "Two", "Small"]


async def test_nothing_has_landed_yet(lab: Lab) -> None:
    assert (await lately(lab.storage)).papers == []
    assert await latest(lab.storage) is None


async def test_what_a_term_finds_is_told_by_landing(lab: Lab) -> None:
    first = await lab.land("Grokking", "A flow")
    second = await lab.land("Flow of grokking", "Grokking flow")
    recent = await lately(lab.storage)
    found = await recent.found(["grokking", "tides"])
    assert not found["tides"]
    told = recent.by_landing(found["grokking"])
    assert {digest: len(papers) for digest, papers in told.items()} == {first.digest: 1, second.digest: 2}
