import pytest

from bot.messages import Card
from tests.fakes import a_paper, ada, buttons, text_of
from tests.lab import Lab


async def test_trying_shows_what_a_term_would_have_found(lab: Lab) -> None:
    await lab.land("Grokking explained", "A flow", "Grokking again")
    reply = await lab.reply("try", term="grokking")
    assert text_of(reply).startswith("“grokking” would have found 2 of the last 3 papers\n")
    cards = [block for block in reply.blocks if isinstance(block, Card)]
    assert len(cards) == 2
    assert any(span.style == "bold" for span in cards[0].title)


async def test_trying_changes_nothing_until_follow_is_pressed(lab: Lab) -> None:
    await lab.land("Grokking explained")
    reply = await lab.reply("try", term="grokking")
    assert await lab.storage.people.interests(ada) == []
    assert list(await lab.storage.shelf.shown(ada)) == []
    assert "You follow grokking" in await lab.press(reply, "Follow")


async def test_trying_what_is_not_there_helps_on(lab: Lab) -> None:
    assert "nothing to try it on" in await lab.ask("try", term="grokking")
    await lab.land("A flow")
    text = await lab.ask("try", term="grokking")
    assert "would have found 0 of the last 1 paper" in text
    assert "OR joins several ways" in text


async def test_only_the_best_are_shown(lab: Lab) -> None:
    await lab.land(*(f"Grokking, part {number}" for number in range(30)))
    reply = await lab.reply("try", term="grokking")
    assert sum(isinstance(block, Card) for block in reply.blocks) == 5
    assert "These 5 meet it best." in text_of(reply)


async def test_search_lists_what_has_landed_page_by_page(lab: Lab) -> None:
    await lab.land(*(f"Grokking, part {number}" for number in range(23)))
    first = await lab.reply("search", term="grokking")
    assert text_of(first).startswith("23 papers for “grokking”\n")
    assert [block.number for block in first.blocks if isinstance(block, Card)] == list(range(1, 11))
    assert "23 papers" in await lab.press(first, "Show the other 13")
    last = await lab.reply("results", term="grokking", start=20)
    assert [block.number for block in last.blocks if isinstance(block, Card)] == [21, 22, 23]
    assert not any(label.startswith("Show") for label in buttons(last))


async def test_the_numbers_of_a_search_can_be_used(lab: Lab) -> None:
    await lab.land("Grokking explained", "A flow")
    await lab.ask("search", term="flow")
    assert "“A flow” is saved" in await lab.ask("save", paper="1")


async def test_search_speaks_the_language_of_interests(lab: Lab) -> None:
    await lab.land(
        a_paper("One", authors=("Kaiming He",)),
        a_paper("Two", categories=("cs.CL",)),
        a_paper("Three", upvotes=20),
    )
    assert "One" in await lab.ask("search", term='author:"Kaiming He"')
    assert "Two" in await lab.ask("search", term="category:cs.*")
    assert "Three" in await lab.ask("search", term="upvotes>=10 -two")


async def test_a_search_in_vain_says_what_to_try(lab: Lab) -> None:
    assert "nothing to search" in await lab.ask("search", term="grokking")
    await lab.land("A flow")
    assert "None of the last 1 paper meets “grokking”." in await lab.ask("search", term="grokking")


@pytest.mark.parametrize("command", ["try", "search"])
async def test_a_term_that_cannot_be_read_points_at_the_place(lab: Lab, command: str) -> None:
    assert (await lab.ask(command, term='grokking "x')).splitlines()[1].startswith("         ^")
