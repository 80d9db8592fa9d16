"""From an announcement to a message seen."""

from dataclasses import replace

from bot.messages import Card, Message, plain
from bot.sources import PaperSource
from tests.fakes import FakeSource, a_digest, a_paper, ada, ben, buttons, channel
from tests.lab import Lab


async def landed(lab: Lab, source: PaperSource, since: str = "") -> None:
    async for digest in source.digests(since):
        await lab.intake.land(digest)


def titles(message: Message) -> list[str]:
    return [plain(block.title) for block in message.blocks if isinstance(block, Card)]


async def test_a_paper_is_announced_and_its_readers_see_it(lab: Lab) -> None:
    await lab.ask("follow", ada, term="RLHF, diffusion -medical")
    await lab.ask("follow", channel, term="title:grokking")
    await lab.storage.people.reader(ben)
    monday = a_digest(
        a_paper("Learning from people", "We study reinforcement learning from human feedback.", upvotes=3),
        a_paper("Diffusion for scans", "A diffusion model for medical images.", upvotes=40),
        a_paper(
            "Diffusion for weather", "A diffusion-based forecast.", url="https://papers.example.org/weather"
        ),
        a_paper("Grokking explained", "Models that learn late."),
    )
    await landed(lab, FakeSource("test", [monday]))
    await lab.courier.deliver()

    seen = {to: message for to, message, _ in lab.platform.posts}
    assert sorted(titles(seen[ada])) == ["Diffusion for weather", "Learning from people"]
    assert titles(seen[channel]) == ["Grokking explained"]
    assert titles(seen[ben])[0] == "Diffusion for scans"
    assert len({key for _, _, key in lab.platform.posts}) == 3


async def test_the_buttons_of_a_digest_work(lab: Lab) -> None:
    await lab.ask("follow", ada, term="diffusion")
    await lab.land(*(f"Diffusion, part {number}" for number in range(14)))
    await lab.courier.deliver()
    (_, message, _) = lab.platform.posts[0]
    for label in buttons(message):
        answer = await lab.press(message, label)
        assert "some-id" not in answer, label
        assert "Write " not in answer, label
    assert (await lab.ask("saved", ada)).startswith("1 saved paper\nDiffusion, part")


async def test_the_same_paper_from_elsewhere_or_in_a_new_version_is_told_once(lab: Lab) -> None:
    await lab.ask("follow", ada, term="grokking")
    first = a_paper("Grokking explained", arxiv_id="2601.00001", url="https://arxiv.org/abs/2601.00001v1")
    await lab.land(first, "A flow")
    await lab.land(replace(first, abstract="A second version."), "Grokking again", source="elsewhere")
    await lab.land(replace(first, upvotes=12), source="third")
    while await lab.courier.deliver():
        pass
    told = [title for _, message, _ in lab.platform.posts for title in titles(message)]
    assert sorted(told) == ["Grokking again", "Grokking explained"]


async def test_days_follow_each_other(lab: Lab) -> None:
    await lab.ask("follow", ada, term="grokking")
    for number in range(3):
        await lab.land(f"Grokking, day {number}")
        await lab.courier.deliver()
        lab.clock.pass_by(days=1)
    assert len(lab.platform.posts) == 3
    assert "3 papers in the last seven days" in await lab.ask("interests", ada)
    assert "day 2" in await lab.ask("today", ada)
