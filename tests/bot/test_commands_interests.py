from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from bot.commands.interests import MOST_TOLD
from bot.workspaces import Limits
from tests.fakes import ada, ben, buttons, text_of
from tests.lab import Lab


async def test_following_says_how_often_it_would_have_matched(lab: Lab) -> None:
    await lab.land("Flow matching at scale", "Rectified flow-matching", "Grokking")
    text = await lab.ask("follow", term="flow matching")
    assert text == (
        "You follow flow matching. It meets 2 of the last 3 papers, 2 shown: "
        "Flow matching at scale; Rectified flow-matching."
    )


async def test_following_what_landed_nowhere_says_so(lab: Lab) -> None:
    assert await lab.ask("follow", term="grokking") == "You follow grokking. Nothing has landed yet."
    await lab.land("Flow matching")
    assert "meets none of the last 1 paper." in await lab.ask("follow", term="tokenizer")


async def test_following_tells_how_it_is_read_and_what_else_it_finds(lab: Lab) -> None:
    text = await lab.ask("follow", term="LLM -medical")
    assert "read as LLM AND NOT medical" in text
    assert "get large language model" in text


async def test_what_is_followed_late_is_found_in_what_landed_before(lab: Lab) -> None:
    await lab.land("Grokking explained", "Something else")
    await lab.ask("follow", term="grokking")
    assert "Grokking explained" in await lab.ask("today")
    assert "1 paper in the last seven days" in await lab.ask("interests")


async def test_several_are_followed_at_once_each_with_its_answer(lab: Lab) -> None:
    await lab.ask("follow", term="grokking")
    lines = (await lab.ask("follow", term="RLHF, di*, grokking,\n flow matching")).splitlines()
    assert lines[0].startswith("You follow RLHF")
    assert lines[1:3] == ["di*", "^ at least three letters before the star"]
    assert lines[3] == "You follow “grokking” already. interests lists all."
    assert lines[4].startswith("You follow flow matching")


async def test_one_mistake_alone_is_the_answer(lab: Lab) -> None:
    assert (await lab.ask("follow", term="diffusion AND (medical")).splitlines() == [
        "diffusion AND (medical",
        "              ^ this parenthesis is never closed",
    ]
    assert "follow flow matching" in await lab.ask("follow", term=" , ,")
    assert await lab.storage.people.interests(ada) == []


async def test_following_can_be_undone(lab: Lab) -> None:
    reply = await lab.reply("follow", term='"world models", RLHF')
    assert await lab.press(reply, "Undo") == 'You no longer follow "world models", RLHF.'
    assert "nothing yet" in await lab.ask("interests")


async def test_nobody_follows_more_than_the_limit(lab: Lab) -> None:
    terms = ", ".join(f"topic{number}" for number in range(Limits().interests))
    text = await lab.ask("follow", term=terms)
    assert f"and {Limits().interests - MOST_TOLD} more" in text
    assert "one too many" in await lab.ask("follow", term="yet another")
    assert len(await lab.storage.people.interests(ada)) == Limits().interests


async def test_the_longest_answer_fits_one_message(lab: Lab) -> None:
    await lab.land(*(f"{'LLM ' * 20} {number}" for number in range(9)))
    parts = [f"LLM {'LLM ' * 55} OR {'agent ' * 3}{number}" for number in range(30)]
    assert "and 23 more" in await lab.ask("follow", term=", ".join(parts))
    assert len(await lab.reply("interests")) < 5_500
    assert "and 23 more" in await lab.ask("mute", term=", ".join(map(str, range(1, 31))))


async def test_unfollowing_takes_terms_or_numbers_and_can_be_undone(lab: Lab) -> None:
    await lab.ask("follow", term="RLHF, grokking, flow matching")
    reply = await lab.reply("unfollow", term="3, Grokking")
    assert text_of(reply) == "You no longer follow flow matching, grokking."
    assert "You follow flow matching" in await lab.press(reply, "Undo")
    assert len(await lab.storage.people.interests(ada)) == 3


async def test_a_term_that_is_a_number_is_meant_before_the_number_in_the_list(lab: Lab) -> None:
    await lab.ask("follow", term="RLHF, 1")
    assert await lab.ask("unfollow", term="1") == "You no longer follow 1."


@pytest.mark.parametrize(
    ("typed", "cure"),
    [
        ("groking", "Did you mean “grokking”?"),
        ("7", "interests lists what you follow"),
        ("(", "interests lists what you follow"),
        ("²", "interests lists what you follow"),
        ("9" * 300, "interests lists what you follow"),
        (",", "Name what you mean"),
    ],
)
async def test_unfollowing_what_is_not_followed_says_what_to_type(lab: Lab, typed: str, cure: str) -> None:
    await lab.ask("follow", term="grokking")
    assert cure in await lab.ask("unfollow", term=typed)


async def test_interests_are_numbered_with_counts_of_the_last_seven_days(lab: Lab) -> None:
    await lab.ask("follow", term="grokking, RLHF")
    await lab.land("Grokking one", "Grokking two")
    text = await lab.ask("interests")
    assert text.splitlines()[0] == "You follow 2 interests"
    assert "2 papers in the last seven days" in text
    lab.clock.moment += timedelta(days=8)
    assert "2 papers" not in await lab.ask("interests")


async def test_long_lists_have_pages(lab: Lab) -> None:
    await lab.ask("follow", term=", ".join(f"topic{number}" for number in range(1, 24)))
    first = await lab.reply("interests")
    assert "topic10" in text_of(first)
    assert "topic11" not in text_of(first)
    assert "topic11" in await lab.press(first, "Next page")
    last = await lab.reply("interests", page=99)
    assert "topic23" in text_of(last)
    assert "Next page" not in buttons(last)
    assert "topic1\n" in await lab.ask("interests", page=-5)


async def test_a_muted_interest_rests_until_it_is_brought_back(lab: Lab) -> None:
    await lab.ask("follow", term="grokking")
    await lab.land("Grokking explained")
    reply = await lab.reply("mute", term="1")
    assert "rests until you unmute it" in text_of(reply)
    assert "muted" in await lab.ask("interests")
    assert "your interest" not in await lab.ask("today")
    assert await lab.press(reply, "Undo") == "grokking counts again."
    assert "matches your interest" in await lab.ask("today")


async def test_what_one_follows_is_nobody_elses(lab: Lab) -> None:
    await lab.ask("follow", ada, term="grokking")
    assert "You follow nothing yet" in await lab.ask("interests", ben)
    assert "You follow grokking" in await lab.ask("follow", ben, term="grokking")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@examples(st.text(max_size=600) | st.text("ab(\"'-|&,\n*:<>` ", max_size=600))
async def test_whatever_is_typed_gets_an_answer(lab: Lab, typed: str) -> None:
    for command in ("follow", "unfollow", "mute", "try", "search"):
        await lab.ask(command, term=typed)
