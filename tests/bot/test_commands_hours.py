"""When digests come to channels, and to everybody who has not said when."""

from dataclasses import replace
from datetime import timedelta

from bot.models import usual
from bot.schedules import INSTANTLY, Schedule
from storage import open_storage
from tests.bot.test_commands_admin import ask, here, press, told
from tests.fakes import ada, at, ben, channel, text_of
from tests.lab import Lab

papers = replace(channel, id="#papers")


async def test_a_channel_gets_its_digests_when_its_admins_say(lab: Lab) -> None:
    await ask(lab, "admin channel add", channel="#papers")
    first = await told(lab, "admin channel schedule", channel="#papers", when="weekdays 08:30 Europe/Paris")
    assert "come on weekdays at 08:30, Europe/Paris" in text_of(first)
    assert "This channel’s digests come on weekdays" in await ask(
        lab, "admin channel schedule", channel="#papers"
    )
    second = await told(lab, "admin channel schedule", channel="#papers", when="instantly")
    assert "come as soon as something lands" in text_of(second)
    await press(lab, second, "Undo")
    assert (await lab.storage.people.reader(papers)).zone == "Europe/Paris"
    assert str((await lab.storage.people.reader(papers)).schedule) == "weekdays 08:30"
    await press(lab, first, "Undo")
    back = await lab.storage.people.reader(papers)
    assert (back.zone, back.schedule, back.decided) == ("UTC", INSTANTLY, False)


async def test_a_channel_that_wants_them_instantly_has_a_digest_at_the_next_tick(lab: Lab) -> None:
    await ask(lab, "admin channel add", channel="#papers")
    await ask(lab, "admin channel schedule", channel="#papers", when="08:30")
    await ask(lab, "admin channel schedule", channel="#papers", when="instantly")
    await ask(lab, "admin channel follow", channel="#papers", term="grokking")
    await lab.land("Grokking explained")
    await lab.tick()
    assert any("Grokking explained" in text for text in lab.platform.said_to(papers))


async def test_a_channel_without_digests_has_no_schedule(lab: Lab) -> None:
    assert "#papers gets no digests yet" in await ask(lab, "admin channel schedule", channel="#papers")
    assert "cannot read" in await ask(lab, "schedule", when="at the full moon")


async def test_a_workspace_decides_for_those_who_have_not_said_when() -> None:
    async with open_storage("sqlite://", usual) as storage:
        lab = Lab(storage)
        await lab.ask("schedule", ben, when="monday 10:00")
        await lab.ask("status", ada)
        changed = await told(lab, "admin schedule", when="weekdays 08:30")
        assert "come on weekdays at 08:30" in text_of(changed)
        assert "1 reader here who had not said when" in text_of(changed)
        people = storage.people
        assert (await people.reader(ada)).schedule == Schedule.read("weekdays 08:30")
        assert (await people.reader(ben)).schedule == Schedule.read("monday 10:00")
        newcomer = replace(ada, id="newcomer")
        assert (await people.reader(newcomer)).schedule == Schedule.read("weekdays 08:30")
        elsewhere = replace(ada, workspace="other")
        assert (await people.reader(elsewhere)).schedule == Schedule()
        assert "on weekdays at 08:30" in await ask(lab, "admin schedule")
        await lab.ask("schedule", ben, when="usual")
        assert (await people.reader(ben)).schedule == Schedule.read("weekdays 08:30")
        await press(lab, changed, "Undo")
        assert (await here(lab)).schedule == ""
        assert {(await people.reader(one)).schedule for one in (ada, ben, newcomer)} == {Schedule()}


async def test_those_whom_the_workspace_decides_for_get_their_digest_then() -> None:
    async with open_storage("sqlite://", usual) as storage:
        lab = Lab(storage)
        lab.clock.moment = at("07:00")
        await lab.ask("follow", ada, term="grokking")
        await told(lab, "admin schedule", when="08:30")
        await lab.land("Grokking explained")
        await lab.tick()
        assert lab.platform.said_to(ada) == []
        lab.clock.moment = at("08:31")
        await lab.tick()
        assert len(lab.platform.said_to(ada)) == 1
        await told(lab, "admin schedule", when="instantly")
        await lab.land("More grokking")
        await lab.tick()
        assert len(lab.platform.said_to(ada)) == 2
        lab.clock.moment += timedelta(days=1)
        await lab.tick()
        assert len(lab.platform.said_to(ada)) == 2


async def test_a_workspace_decides_no_zones(lab: Lab) -> None:
    assert "everybody’s own clock" in await ask(lab, "admin schedule", when="08:30 Europe/Paris")
    assert "everybody’s own clock" in await ask(lab, "admin schedule", when="verbose")
