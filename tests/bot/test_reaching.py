"""A reader whose address closes hears of it, comes back by acting, and misses nothing; nobody is told twice."""

from random import Random

import pytest

from bot.errors import Unreachable
from bot.messages import note
from bot.models import Address, Invocation
from bot.owed import Delivery
from bot.schedules import Schedule
from bot.sources import Outcome, Source
from storage import open_storage
from tests.fakes import a_paper, ada, at, ben, channel
from tests.lab import Lab

SHUT = "they take no direct messages"


async def states(lab: Lab, who: Address = ada) -> list[str]:
    return [fate.state for fate in await lab.storage.outbox.lately(who, 10)]


@pytest.fixture
async def shut(lab: Lab) -> Lab:
    """A lab where Ada's digest of one paper met a closed door."""
    await lab.ask("follow", term="grokking")
    await lab.land("Grokking explained")
    lab.platform.fail(Unreachable(SHUT))
    await lab.tick()
    return lab


async def test_a_closed_reader_is_tried_no_more(shut: Lab) -> None:
    for number in range(5):
        await shut.land(f"Grokking {number}")
        shut.clock.pass_by(days=1)
        assert await shut.tick() == 0
    assert await states(shut) == ["given up"]


async def test_what_else_is_owed_is_given_up_with_a_closed_address(shut: Lab) -> None:
    for number in range(3):
        await shut.storage.outbox.owe([Delivery(f"k{number}", ben, 0, shut.clock(), note("News"))])
    shut.platform.fail(Unreachable(SHUT))
    assert await shut.courier.deliver(1) == 1
    assert await shut.tick() == 0
    assert await states(shut, ben) == ["given up"] * 3


async def test_whoever_acts_is_told_once_and_gets_what_they_missed(shut: Lab) -> None:
    await shut.land("Grokking again", "A flow")
    first = await shut.ask("interests")
    assert first.startswith(f"Your digests could not reach you: {SHUT}. From now on I try again")
    assert "could not reach" not in await shut.ask("interests")
    assert await shut.tick() == 1
    [digest] = shut.platform.said_to(ada)
    assert "2 of 3 new papers match" in digest
    assert "Grokking explained" in digest
    assert await states(shut) == ["sent", "told later"]


async def test_a_channel_is_open_again_when_somebody_acts_there(lab: Lab) -> None:
    await lab.dispatch(Invocation("follow", channel, channel, {"term": "grokking"}))
    await lab.land("Grokking explained")
    lab.platform.fail(Unreachable("not in channel"))
    await lab.tick()
    await lab.dispatch(Invocation("interests", ada, channel))
    assert await lab.tick() >= 1
    assert lab.platform.said_to(channel)


async def test_a_retry_by_an_admin_brings_the_schedule_back_too(lab: Lab) -> None:
    await lab.storage.people.schedule(ada, Schedule(), now=lab.clock())
    await lab.ask("follow", term="grokking")
    await lab.land("Grokking explained")
    lab.clock.pass_by(hours=1)
    lab.platform.fail(Unreachable(SHUT))
    assert await lab.tick() == 1
    [fate] = await lab.storage.outbox.failed("fake", "lab", 10)
    assert (fate.to, fate.reason) == (ada, SHUT)
    assert await lab.storage.outbox.retry(fate.key, now=lab.clock())
    assert not await lab.storage.outbox.retry(fate.key, now=lab.clock())
    assert await lab.tick() == 1
    await lab.land("Grokking again")
    lab.clock.pass_by(days=1)
    assert await lab.tick() == 1
    assert len(lab.platform.posts) == 2


async def test_why_nothing_tells_what_came_before_and_of_the_sources(lab: Lab) -> None:
    await lab.storage.sources.add(Source("arxiv", "arxiv"), at=lab.clock())
    await lab.ask("follow", term="grokking")
    await lab.land("Grokking explained", "Grokking again")
    assert "… 1 source will be read for the first time soon." in await lab.ask("why", paper="nothing")
    await lab.tick()
    [source] = await lab.storage.sources.listed()
    await lab.storage.sources.record(source.id, Outcome(lab.clock()), at=lab.clock())
    text = await lab.ask("why", paper="nothing")
    assert "✓ 1 source was read, last on Tuesday 24 November, 08:00." in text
    assert "✗ All of them came with an earlier digest, and no paper comes twice." in text
    broken = Outcome(lab.clock(), cause="away", error="it answers 503")
    await lab.storage.sources.record(source.id, broken, at=lab.clock())
    assert "✗ arxiv cannot be read at the moment: it answers 503" in await lab.ask("why", paper="nothing")


async def test_a_reader_who_came_before_their_hour_has_that_day_however_late_somebody_plans() -> None:
    clock = [at("08:59")]
    async with open_storage("sqlite://", lambda _: Schedule(), lambda: clock[0]) as storage:
        lab = Lab(storage)
        lab.clock.moment = at("08:59")
        await lab.ask("follow", term="grokking")
        await lab.land("Grokking explained")
        clock[0] = lab.clock.moment = at("16:00")
        assert await lab.tick() == 1
        [fate] = await storage.outbox.lately(ada, 5)
        assert (fate.slot, fate.planned) == ("2026-11-24", at("09:00"))
        assert await lab.tick() == 0


async def test_a_digest_composed_for_somebody_who_is_forgotten_brings_nobody_back(lab: Lab) -> None:
    await lab.ask("follow", term="grokking")
    await lab.land("Grokking explained")
    freeze = lab.storage.outbox.freeze

    async def forgetting(*told: object) -> object:
        await lab.storage.workspaces.forget_reader(ada)
        return await freeze(*told)  # type: ignore[arg-type]  # as it was called

    lab.storage.outbox.freeze = forgetting  # type: ignore[method-assign,assignment]  # between composing and keeping
    await lab.tick()
    assert await lab.storage.people.readers() == []
    assert lab.platform.posts == []
    await lab.storage.people.close(ada, SHUT)
    assert await lab.storage.people.readers() == []


async def lived(lab: Lab, days: int, seed: int = 1) -> list[str]:
    """The titles a reader was sent: of papers by five sources in three versions, through closed doors, pauses and
    moved hours.
    """
    random = Random(seed)
    await lab.ask("follow", term="grokking")
    for day in range(days):
        for source in random.sample(["arxiv", "huggingface", "feed", "mail", "club"], 3):
            number = random.randint(max(0, day - 3), day)
            paper = a_paper(
                f"Grokking {number:03}", f"Part {number}.", arxiv_id=f"2611.{number:05}", source=source
            )
            await lab.land(paper, source=f"{source} {day}")
            if random.random() < 0.3:
                lab.platform.fail(Unreachable(SHUT))
            await lab.tick()
            lab.clock.pass_by(hours=random.randint(1, 12))
            if random.random() < 0.5:
                await lab.ask("status")
    lab.platform.failures.clear()
    await lab.ask("status")
    await lab.tick()
    lines = [line for text in lab.platform.said_to(ada) for line in text.splitlines()]
    return [line for line in lines if line.startswith("Grokking ")]


async def test_a_paper_reaches_a_reader_once_whatever_brought_it(lab: Lab) -> None:
    titles = await lived(lab, 10)
    landed = {paper.title for paper in await lab.storage.papers.recent(1000)}
    assert sorted(titles) == sorted(landed)


@pytest.mark.parametrize("kept", [True, False])
async def test_only_the_ledger_keeps_overlapping_digests_from_telling_a_paper_twice(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    if not kept:
        monkeypatch.setattr("storage.ledger._Told.others", lambda *_: set())
    await lab.ask("follow", term="grokking")
    await lab.land("Grokking explained")
    await lab.tick()
    second = await lab.land("Grokking again")
    for number in range(2):
        await lab.storage.outbox.owe([Delivery(f"all {number}", ada, second.digest, lab.clock())])
        await lab.courier.deliver()
    told = "\n".join(lab.platform.said_to(ada))
    assert told.count("\nGrokking explained\n") == (1 if kept else 3)
    assert told.count("\nGrokking again\n") == (1 if kept else 3)
