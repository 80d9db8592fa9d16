import pytest

from tests.fakes import a_paper, ben, text_of
from tests.lab import Lab


async def test_a_saved_paper_is_kept_until_it_is_given_up(lab: Lab) -> None:
    await lab.land("Grokking explained", "A flow")
    await lab.ask("today")
    saved = await lab.reply("save", paper="2")
    assert text_of(saved) == "“A flow” is saved. saved lists what you keep."
    assert "was saved already" in await lab.ask("save", paper="flow")
    assert (await lab.ask("saved")).startswith("1 saved paper\nA flow")
    assert await lab.press(saved, "Undo") == "“A flow” is no longer saved."
    assert "You have saved nothing yet" in await lab.ask("saved")
    assert "was not saved" in await lab.ask("unsave", paper="flow")


async def test_saved_papers_have_pages_and_numbers(lab: Lab) -> None:
    await lab.land(*(f"Paper number {number}" for number in range(12)))
    for number in range(12):
        await lab.ask("save", paper=f"Paper number {number}")
    first = await lab.reply("saved")
    assert text_of(first).startswith("12 saved papers\nPaper number 11")
    assert "Paper number 0" in await lab.press(first, "Next page")
    assert "“Paper number 0” is no longer saved" in await lab.ask("unsave", paper="12")


@pytest.mark.parametrize(
    "said",
    [
        "1",
        "no. 1",
        "1.",
        "#1",
        "2601.00001",
        "arXiv:2601.00001v3",
        "https://arxiv.org/abs/2601.00001",
        "doi:10.1/x",
        "grokking exp",
    ],
)
async def test_a_paper_is_called_in_many_ways(lab: Lab, said: str) -> None:
    await lab.land(a_paper("Grokking explained", arxiv_id="2601.00001", doi="10.1/x"), a_paper("A flow"))
    await lab.ask("today")
    assert "“Grokking explained” is saved" in await lab.ask("save", paper=said)


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ("3", "The last list goes from 1 to 2"),
        ("0", "The last list goes from 1 to 2"),
        ("#99", "There is no paper #99"),
        ("tides", "No paper that has landed is called “tides”"),
        ("grokking", "Several papers answer to “grokking”. Which one?\n#"),
        ("x" * 5_000, "No paper that has landed"),
    ],
)
async def test_a_paper_that_cannot_be_told_says_what_to_type(lab: Lab, said: str, cure: str) -> None:
    await lab.land("Grokking explained", "Grokking again")
    await lab.ask("today")
    assert cure in await lab.ask("save", paper=said)


async def test_a_whole_title_is_meant_before_part_of_another(lab: Lab) -> None:
    await lab.land("Grokking", "Grokking again")
    assert "“Grokking” is saved" in await lab.ask("save", paper="grokking")


async def test_numbers_need_a_list(lab: Lab) -> None:
    await lab.land("Grokking explained")
    assert "today shows your digest" in await lab.ask("save", ben, paper="1")


async def test_opinions_are_noted_and_can_be_taken_back(lab: Lab) -> None:
    await lab.land("Grokking explained")
    await lab.ask("today")
    reply = await lab.reply("less", paper="1")
    assert "come lower" in text_of(reply)
    assert "come higher" in await lab.ask("more", paper="1")
    assert "no longer counts" in await lab.press(reply, "Undo")
