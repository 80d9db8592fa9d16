"""Papers like what a message speaks of."""

from bot.models import Address
from tests.fakes import a_paper
from tests.lab import Lab

bob = Address("fake", "lab", "bob")

GROKKING = a_paper(
    "Grokking", "Networks generalise long after overfitting; we call this grokking.", arxiv_id="2201.02177"
)
DELAYED = a_paper(
    "Delayed generalisation", "Why networks generalise long after overfitting, as grokking shows."
)
MATTER = a_paper("Dark matter", "Galaxies rotate faster than their stars allow.")


async def test_papers_like_a_message_are_found(lab: Lab) -> None:
    await lab.land(GROKKING, DELAYED, MATTER)
    told = await lab.ask("like", text="Has anybody read about networks that generalise after overfitting?")
    assert "Grokking" in told
    assert "Delayed generalisation" in told
    assert "Dark matter" not in told


async def test_a_paper_that_is_linked_to_stands_for_the_message_and_is_left_out(lab: Lab) -> None:
    await lab.land(GROKKING, DELAYED, MATTER)
    told = await lab.ask("like", text="https://arxiv.org/abs/2201.02177v2 wow")
    assert "One paper like that" in told
    assert "Delayed generalisation" in told


async def test_what_nothing_is_like_is_said(lab: Lab) -> None:
    assert "No papers have landed yet" in await lab.ask("like", text="grokking")
    await lab.land(MATTER)
    assert "no paper like that" in await lab.ask("like", text="See you at lunch! https://x.example/y")
