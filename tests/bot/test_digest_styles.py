"""A digest as a workspace's admins want it: how many papers, and how much of each."""

from dataclasses import replace

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from bot.cards import titles
from bot.messages import Card, Message, Paragraph, plain
from bot.ranking import Ranked
from storage import letters
from tests.bot.test_commands_admin import ask
from tests.fakes import a_paper, ada, channel, text_of
from tests.lab import Lab

papers = replace(channel, id="#papers")


async def digest(lab: Lab, style: str, most: int) -> Message:
    """What a channel gets of twelve papers about grokking."""
    await ask(lab, "admin channel add", channel="#papers")
    await ask(lab, "admin channel follow", channel="#papers", term="grokking")
    await ask(lab, "admin channel style", channel="#papers", style=style)
    await ask(lab, "admin limits", limit="papers", most=most)
    await lab.land(*(f"Grokking number {number}" for number in range(1, 13)))
    await lab.tick()
    return next(message for to, message, _ in lab.platform.posts if to == papers)


def cards_of(message: Message) -> list[Card]:
    return [block for block in message.blocks if isinstance(block, Card)]


async def test_a_full_digest_shows_abstracts_of_as_many_papers_as_the_limit_says(lab: Lab) -> None:
    message = await digest(lab, "full", 3)
    assert len(cards_of(message)) == 3
    assert all(card.body for card in cards_of(message))
    assert "Show the other 9" in str(message)


async def test_a_short_digest_leaves_the_abstracts_out(lab: Lab) -> None:
    message = await digest(lab, "short", 10)
    assert len(cards_of(message)) == 10
    assert not any(card.body for card in cards_of(message))
    assert all(card.notes and card.actions for card in cards_of(message))


async def test_a_digest_of_titles_lists_more_than_there_is_room_for_in_cards(lab: Lab) -> None:
    message = await digest(lab, "titles", 12)
    assert cards_of(message) == []
    assert [line for line in text_of(message).splitlines() if line.startswith("12. ")]
    assert "Show the other" not in str(message)


async def test_a_person_gets_as_many_papers_as_the_limit_says(lab: Lab) -> None:
    await lab.ask("follow", ada, term="grokking")
    await ask(lab, "admin limits", limit="papers", most=2)
    await lab.land(*(f"Grokking number {number}" for number in range(1, 6)))
    assert len(cards_of(await lab.reply("today", ada))) == 2


@pytest.mark.parametrize("room", [5_000, 3_000])
@for_all(st.lists(st.text(max_size=400), min_size=1, max_size=50))
def test_titles_fit_whatever_they_hold(room: int, names: list[str]) -> None:
    listed = titles([Ranked(a_paper(name), 1.0, related=True) for name in names], room, start=100)
    assert sum(len(plain(one.text)) for one in listed) <= room
    assert all(isinstance(one, Paragraph) for one in listed)
    assert sum(plain(one.text).count(". ") >= 1 for one in listed) == len(listed)


async def test_a_digest_for_a_thread_is_whole_and_says_that_it_may_be_folded(lab: Lab) -> None:
    message = await digest(lab, "thread", 10)
    assert len(cards_of(message)) == 10
    assert all(card.body for card in cards_of(message))
    assert message.folded
    assert letters.read(letters.written(message)) == message
    assert not (await lab.reply("show", ada, digest=1, start=0, whose="person")).folded
