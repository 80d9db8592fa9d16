"""Health at a glance, trying again, and what an admin has the bot say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Unreachable, Unseen
from bot.models import Address
from bot.schedules import OFF
from bot.sources import Outcome, Source
from tests.bot.test_commands_admin import ask, press, told
from tests.fakes import ada, ben, channel, text_of
from tests.lab import Lab

papers = replace(channel, id="#papers")
stranger = Address("fake", "other", "eve")


async def test_status_tells_of_readers_digests_failures_sources_and_versions(lab: Lab) -> None:
    await lab.ask("follow", ada, term="grokking")
    await lab.ask("schedule", ben, when="09:30")
    await lab.land("Grokking explained")
    lab.platform.fail(Unreachable("the person left"))
    await lab.tick()
    await lab.ask("follow", stranger, term="elsewhere")
    source = await lab.storage.sources.add(
        Source("arxiv-cs.lg", "arxiv", "cs.LG", place=("fake", "lab")), at=lab.clock()
    )
    trouble = Outcome(lab.clock(), cause="down", error="it answers 503 to https://ada:hunter2@arxiv.test")
    await lab.storage.sources.record(source.id, trouble, at=lab.clock())
    lab.clock.moment += timedelta(minutes=1)
    text = await ask(lab, "admin status", ben)
    assert "Readers: 2 people and 0 channels here; nothing reaches 1 of them." in text
    assert "Tue 24 Nov 09:30 UTC for 1." in text
    assert "0 sent in the last seven days" in text
    assert "1 × the person left" in text
    assert "1 source, 1 in trouble" in text
    assert "arxiv-cs.lg: failed 1 times in a row. it answers 503" in text
    assert "hunter2" not in text
    assert "digestbot 0." in text
    assert "SQLite 3." in text
    assert "elsewhere" not in text


async def test_status_of_an_empty_workspace_says_how_to_begin(lab: Lab) -> None:
    text = await ask(lab, "admin status")
    assert "none is to come" in text
    assert "admin source add" in text
    assert "Everything rests" not in text
    await ask(lab, "admin pause-all", sure=True)
    assert "Everything rests here" in await ask(lab, "admin status")


async def test_what_failed_is_tried_again(lab: Lab) -> None:
    await lab.ask("follow", ada, term="grokking")
    await lab.land("Grokking explained")
    lab.platform.fail(Unreachable("the person left"))
    await lab.tick()
    assert lab.platform.said_to(ada) == []
    assert "1 delivery is tried again now" in await ask(lab, "admin retry", ben)
    await lab.tick()
    assert len(lab.platform.said_to(ada)) == 1
    assert "nothing to try again" in await ask(lab, "admin retry", ben)


async def test_what_may_have_been_posted_comes_again_only_when_somebody_says_so(lab: Lab) -> None:
    await lab.ask("follow", ada, term="grokking")
    await lab.land("Grokking explained")
    lab.platform.fail(Unseen("no history"), Unseen("no history"))
    await lab.tick()
    asked = await told(lab, "admin retry")
    assert "1 may have been posted" in text_of(asked)
    assert "@ada, due" in text_of(asked)
    await lab.tick()
    assert lab.platform.said_to(ada) == []
    assert "1 delivery is tried again" in text_of(await press(lab, asked, "Send them again all the same"))
    await lab.tick()
    assert len(lab.platform.said_to(ada)) == 1


async def test_nobody_retries_what_failed_in_another_workspace(lab: Lab) -> None:
    await lab.ask("follow", stranger, term="grokking")
    await lab.land("Grokking explained")
    lab.platform.fail(Unreachable("the person left"))
    await lab.tick()
    assert "nothing to try again" in await ask(lab, "admin retry", repeat=True)


async def test_a_test_message_goes_the_way_of_digests(lab: Lab) -> None:
    assert "on its way to you" in await ask(lab, "admin test")
    await ask(lab, "admin channel add", channel="#papers")
    assert "on its way to #papers" in await ask(lab, "admin test", channel="#papers")
    await lab.tick()
    assert ["This is a test: digests reach this place" in text for text in lab.platform.said_to(ada)] == [
        True
    ]
    assert ["This is a test: digests reach this place" in text for text in lab.platform.said_to(papers)] == [
        True
    ]
    assert "gets no digests yet" in await ask(lab, "admin test", channel="#nowhere")


async def test_an_announcement_asks_once_and_reaches_whoever_gets_digests_here(lab: Lab) -> None:
    await ask(lab, "admin channel add", channel="#papers")
    for one in (ada, ben, stranger):
        await lab.storage.people.reader(one)
    await lab.storage.people.schedule(ben, OFF, now=lab.clock())
    asked = await told(lab, "admin announce", text="No digests *tomorrow*. <!channel>")
    assert "Shall 2 readers be told this?" in text_of(asked)
    assert "2 readers will be told now" in text_of(await press(lab, asked, "Announce"))
    await lab.tick()
    for one in (ada, papers):
        assert ["No digests *tomorrow*. <!channel>" in text for text in lab.platform.said_to(one)] == [True]
    assert lab.platform.said_to(ben) == lab.platform.said_to(stranger) == []


async def test_an_announcement_is_taken_back_from_those_who_have_not_been_told(lab: Lab) -> None:
    for one in (ada, ben):
        await lab.storage.people.reader(one)
    done = await told(lab, "admin announce", text="Oh no", sure=True)
    await lab.courier.deliver(most=1)
    assert "1 reader will not be told any more" in text_of(await press(lab, done, "Undo"))
    await lab.tick()
    assert len(lab.platform.posts) == 1


@pytest.mark.parametrize("text", ["x" * 1_501, ""])
async def test_an_announcement_says_something_within_bounds(lab: Lab, text: str) -> None:
    await lab.storage.people.reader(ada)
    answer = await ask(lab, "admin announce", text=text)
    assert "at most 1,500" in answer or "needs a text" in answer


async def test_nobody_to_tell_is_said(lab: Lab) -> None:
    assert "Nobody here gets digests yet" in await ask(lab, "admin announce", text="Hello")
