from bot.commands.proposals import widen
from bot.interests import normal, parse, widened
from bot.models import Paper
from tests.fakes import ada
from tests.lab import Lab

DPO = "We use direct preference optimization (DPO)."
ZAP = "We use zebra aligned pruning (ZAP)."


async def test_following_tells_how_many_papers_define_the_other_side(lab: Lab) -> None:
    await lab.land(*(Paper(f"Paper {number}", DPO) for number in range(3)))
    text = await lab.ask("follow", term="DPO")
    assert "also finds direct preference optimization, defined so in 3 papers" in text


async def test_a_pair_only_papers_know_is_proposed_with_a_button(lab: Lab) -> None:
    await lab.land(*(Paper(f"Paper {number}", ZAP) for number in range(2)))
    reply = await lab.reply("follow", term="ZAP")
    text = await lab.press(reply, "Follow zebra aligned pruning too")
    assert "You follow zebra aligned pruning" in text
    assert "Papers also say ZAP, defined so in 2 papers" in text


async def test_what_one_paper_alone_defines_is_not_proposed(lab: Lab) -> None:
    await lab.land(Paper("Paper", ZAP))
    assert "Papers" not in await lab.ask("follow", term="ZAP")


async def test_several_meanings_are_told(lab: Lab) -> None:
    several = [ZAP, ZAP, "zero angle paths (ZAP)", "zero angle paths (ZAP)"]
    await lab.land(*(Paper(f"Paper {number}", text) for number, text in enumerate(several)))
    text = await lab.ask("follow", term="ZAP")
    assert "for several things: zebra aligned pruning (2), zero angle path (2)" in text


async def test_a_pair_of_the_workspace_is_found_by_either_spelling(lab: Lab) -> None:
    await lab.storage.aliases.add(ada, "FM", "foundation model")
    await lab.ask("follow", term="FM pruning")
    landing = await lab.land("Foundation model pruning", "FM pruning", "Model pruning")
    met = await lab.storage.papers.met(ada, landing.digest)
    assert len(met) == 2


async def test_a_new_pair_widens_what_is_followed_already_and_an_old_one_narrows_it(lab: Lab) -> None:
    await lab.ask("follow", term="FM")
    await lab.ask("follow", term="grokking")
    await lab.storage.aliases.add(ada, "FM", "foundation model")
    assert await widen(lab.storage, ada) == 1
    landing = await lab.land("Foundation models")
    assert len(await lab.storage.papers.met(ada, landing.digest)) == 1
    await lab.storage.aliases.remove(ada, "FM", "foundation model")
    assert await widen(lab.storage, ada) == 1
    assert "You no longer follow FM" in await lab.ask("unfollow", term="FM")


def test_widening_keeps_what_is_exact_and_reaches_into_every_operator() -> None:
    pairs = [("FM", "foundation model")]
    read = normal(widened(parse('FM AND -"FM" AND (author:FM OR title:FM)'), pairs))
    expected = '(FM OR foundation model) AND NOT "FM" AND (author:FM OR title:FM OR title:foundation model)'
    assert read == normal(parse(expected))


def test_an_interest_that_would_grow_too_large_stays_as_it_is() -> None:
    many = parse(" OR ".join(f"FM {number}" for number in range(20)))
    assert widened(many, [("FM", "foundation model")]) == many


async def test_the_same_landing_is_learnt_from_once(lab: Lab) -> None:
    for _ in range(2):
        await lab.land(Paper("Paper", ZAP))
    [one] = await lab.storage.aliases.defined(["ZAP"])
    assert one.papers == 1
