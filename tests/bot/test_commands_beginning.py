from hypothesis import given
from hypothesis import strategies as st

from bot.commands.topics import USUAL, topics
from bot.messages import Actions
from bot.models import Address
from tests.fakes import a_paper, ada, ben, buttons, text_of
from tests.lab import Lab

TITLES = (
    "Reinforcement Learning for LLMs",
    "An LLM that plays",
    "On reinforcement learning from afar",
    "Diffusion models, revisited",
    "A diffusion model of traffic",
    "A lonely topic",
)


async def test_a_new_reader_has_a_digest_within_four_presses(lab: Lab) -> None:
    await lab.land(*TITLES)
    welcome = await lab.reply("start")  # 1
    assert "Press a topic" in text_of(welcome)
    assert {*buttons(welcome)} == {"LLM", "diffusion model", "reinforcement learning"}
    picked = await lab.dispatch(buttons(welcome)["LLM"])  # 2
    assert "You follow LLM." in text_of(picked)
    assert "Of the last 6 papers I would have brought you 2: " in text_of(picked)
    assert "LLM" not in buttons(picked)
    more = await lab.dispatch(buttons(picked)["diffusion model"])  # 3
    assert "I would have brought you 4" in text_of(more)
    assert "An LLM that plays" in text_of(await lab.dispatch(buttons(more)["Done"]))  # 4
    await lab.land("Diffusion models of tomorrow")
    await lab.courier.deliver()
    assert "Diffusion models of tomorrow" in lab.platform.said_to(ada)[-1]


async def test_picking_the_same_again_says_so_and_goes_on(lab: Lab) -> None:
    await lab.ask("start", pick="LLM")
    text = await lab.ask("start", pick="LLM")
    assert "You follow “LLM” already" in text
    assert "You follow LLM." in text


async def test_what_others_here_follow_is_offered_first(lab: Lab) -> None:
    for who in (ben, Address("fake", "lab", "cleo")):
        await lab.ask("follow", who, term="tides")
    rows = [block for block in (await lab.reply("start")).blocks if isinstance(block, Actions)]
    assert rows[0].actions[0].label == "tides"


async def test_before_anything_has_landed_there_is_something_to_pick(lab: Lab) -> None:
    assert set(buttons(await lab.reply("start"))) == {*USUAL}


@given(st.lists(st.text(max_size=80), max_size=20))
def test_topics_come_from_any_titles(titles: list[str]) -> None:
    found = topics([a_paper(title) for title in titles], 5)
    assert 0 < len(found) <= 5
    assert len({topic.casefold() for topic in found}) == len(found)
