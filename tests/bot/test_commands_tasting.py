"""What a reader has taught the bot, and related papers in digests."""

import pytest

from bot.models import Landing, Paper
from tests.lab import Lab

TALKING = Paper("Talking head synthesis", "A talking head with lip sync and facial expression.")
PORTRAIT = Paper("Portrait animation", "Lip sync and facial motion from audio driven avatars.")
SOUP = Paper("On soup", "Carrots are boiled slowly in salted water.")


@pytest.fixture
async def landing(lab: Lab) -> Landing:
    await lab.ask("follow", term="talking head")
    return await lab.land(TALKING, PORTRAIT, SOUP)


@pytest.mark.usefixtures("landing")
async def test_a_related_paper_follows_the_matches_and_says_what_it_is_related_to(lab: Lab) -> None:
    text = await lab.ask("today")
    matches, related = text.split("Related: about what you follow, without saying it")
    assert "Talking head synthesis" in matches
    assert "Portrait animation" in related
    assert "Related to: talking head" in related
    assert "On soup" not in text
    assert "1 of 3 new papers matches" in text


@pytest.mark.usefixtures("landing")
async def test_related_papers_stay_away_once_told_to(lab: Lab) -> None:
    reply = await lab.reply("related", wanted="off")
    assert "Portrait animation" not in await lab.ask("today")
    await lab.press(reply, "Undo")
    assert "Portrait animation" in await lab.ask("today")


@pytest.mark.usefixtures("landing")
async def test_related_papers_are_numbered_with_the_others(lab: Lab) -> None:
    await lab.ask("today")
    assert "Portrait animation" in await lab.ask("save", paper="2")


@pytest.mark.usefixtures("landing")
async def test_where_nothing_matches_the_related_come_instead_of_what_others_read(lab: Lab) -> None:
    await lab.ask("follow", term="avatars NOT lip")
    await lab.ask("unfollow", term="talking head")
    await lab.ask("follow", term="lip synchronization, talking faces")
    text = await lab.ask("today")
    assert "None of them meets your 3 interests." in text
    assert "On soup" not in text


@pytest.mark.usefixtures("landing")
async def test_a_hidden_paper_is_not_in_the_digest_any_more(lab: Lab) -> None:
    await lab.ask("today")
    reply = await lab.reply("hide", paper="2")
    assert "Portrait animation" not in await lab.ask("today")
    await lab.press(reply, "Undo")
    assert "Portrait animation" in await lab.ask("today")


@pytest.mark.usefixtures("landing")
async def test_a_taste_can_be_seen_and_reset(lab: Lab) -> None:
    assert "know nothing of your taste" in await lab.ask("tastes")
    await lab.ask("more", paper="On soup")
    await lab.ask("less", paper="Portrait animation")
    text = await lab.ask("tastes")
    assert "Learnt from what you said of 2 papers" in text
    more, less = text.split("Less: ")
    assert "soup +" in more
    assert "portrait -" in less
    assert "2 papers" in await lab.ask("tastes", change="reset")
    assert "know nothing of your taste" in await lab.ask("tastes")


@pytest.mark.usefixtures("landing")
async def test_a_saved_paper_teaches_as_more_does_until_it_is_given_up(lab: Lab) -> None:
    await lab.ask("save", paper="On soup")
    assert "soup +" in await lab.ask("tastes")
    await lab.ask("less", paper="On soup")
    assert "soup -" in await lab.ask("tastes")
    await lab.ask("unsave", paper="On soup")
    assert "soup -" in await lab.ask("tastes")
    await lab.ask("unless", paper="On soup")
    await lab.ask("save", paper="On soup")
    await lab.ask("unsave", paper="On soup")
    assert "know nothing of your taste" in await lab.ask("tastes")


@pytest.mark.usefixtures("landing")
async def test_a_taste_that_was_reset_keeps_what_was_saved(lab: Lab) -> None:
    await lab.ask("save", paper="On soup")
    await lab.ask("tastes", change="reset")
    assert "know nothing of your taste" in await lab.ask("tastes")
    assert "On soup" in await lab.ask("saved")


async def test_more_like_this_changes_tomorrow_s_order(lab: Lab) -> None:
    await lab.ask("follow", term="grokking")
    await lab.land(Paper("Cooking", "Soup of carrots."), Paper("Grokking", "Nothing."))
    await lab.land(Paper("Grokking a", "Vision."), Paper("Grokking b", "Soup: carrots boil at length."))
    assert (await lab.ask("today")).index("Grokking a") < (await lab.ask("today")).index("Grokking b")
    await lab.ask("more", paper="Cooking")
    assert (await lab.ask("today")).index("Grokking b") < (await lab.ask("today")).index("Grokking a")
