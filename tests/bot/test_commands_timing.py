from datetime import date, time

import pytest

from bot.commands.times import Wish, wish
from bot.errors import BadArguments, Unreachable
from bot.interfaces import Storage
from bot.models import Invocation
from bot.schedules import INSTANTLY, OFF, Schedule
from tests.fakes import ada, at, text_of
from tests.lab import Lab

WORKING = frozenset(range(5))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("instantly", Wish(INSTANTLY)),
        ("as soon as it lands now", Wish(INSTANTLY)),
        ("off", Wish(OFF)),
        ("08:30", Wish(Schedule(time(8, 30)))),
        ("8.30 am", Wish(Schedule(time(8, 30)))),
        ("8pm", Wish(Schedule(time(20)))),
        ("12 a.m.", Wish(Schedule(time(0)))),
        ("0830", Wish(Schedule(time(8, 30)))),
        ("daily at noon", Wish(Schedule(time(12)))),
        ("weekdays 08:30", Wish(Schedule(time(8, 30), WORKING))),
        ("monday 09:00", Wish(Schedule(time(9), frozenset({0})))),
        ("Mondays, thursdays and sat 7h30", Wish(Schedule(time(7, 30), frozenset({0, 3, 5})))),
        ("weekdays", Wish(Schedule(time(7), WORKING))),
        ("08:30 Europe/Paris", Wish(Schedule(time(8, 30)), "Europe/Paris")),
        ("europe/paris", Wish(zone="Europe/Paris")),
        ("9:00 new york", Wish(Schedule(time(9)), "America/New_York")),
        ("quiet", Wish(verbose=False)),
        ("verbose 10:00", Wish(Schedule(time(10)), verbose=True)),
    ],
)
def test_times_are_read_as_people_type_them(typed: str, meant: Wish) -> None:
    assert wish(typed, Schedule(time(7))) == meant


@pytest.mark.parametrize(
    "typed", ["25:00", "8:61", "13pm", "instantly 08:30", "tomorrowish", "08:30 Europe/Pariss"]
)
def test_what_is_no_time_is_told_with_a_cure(typed: str) -> None:
    with pytest.raises(BadArguments, match="schedule weekdays 08:30"):
        wish(typed, Schedule())


@pytest.mark.parametrize(
    "schedule",
    [INSTANTLY, OFF, Schedule(), Schedule(time(8, 5), WORKING), Schedule(time(23, 59), frozenset({1, 6}))],
)
def test_a_schedule_reads_back_what_it_wrote(schedule: Schedule) -> None:
    assert Schedule.read(str(schedule)) == schedule
    assert wish(str(schedule), Schedule()).schedule == schedule


async def test_a_schedule_is_kept_and_shown_with_the_next_three_times(lab: Lab) -> None:
    said = await lab.ask("schedule", when="weekdays 08:30", zone="Europe/Paris")
    assert said == (
        "Your digests come on weekdays at 08:30, Europe/Paris.\n"
        "Next: Wednesday 25 November, 08:30; Thursday 26 November, 08:30; Friday 27 November, 08:30."
    )
    assert await lab.ask("schedule") == said
    assert "come as soon as something lands" in await lab.ask("schedule", when="instantly")
    assert "are off" in await lab.ask("schedule", when="off")
    assert "every day at 09:00" in await lab.press(await lab.reply("schedule"), "Every day at 09:00")


async def test_the_zone_of_the_platform_is_taken_until_somebody_chooses(lab: Lab) -> None:
    async def there(zone: str) -> str:
        return text_of(await lab.dispatch(Invocation("schedule", ada, ada, {}, zone=zone)))

    await lab.ask("schedule", when="09:00")
    assert "Asia/Tokyo" in await there("Asia/Tokyo")
    assert "Asia/Tokyo" in await there("Mars/Olympus")
    await lab.ask("schedule", zone="Europe/Paris")
    assert "Europe/Paris" in await there("Asia/Tokyo")


async def test_a_digest_comes_at_the_readers_hour_and_tells_all_that_has_landed(lab: Lab) -> None:
    await lab.ask("follow", term="grokking")
    await lab.ask("schedule", when="10:00 Europe/Paris")
    await lab.land("Grokking, part one")
    await lab.land("Grokking, part two", "A flow")
    assert await lab.tick() == 0
    lab.clock.moment = at("09:00")
    assert await lab.tick() == 1
    (text,) = lab.platform.said_to(ada)
    assert "2 of 3 new papers match your interest" in text
    lab.clock.pass_by(days=1)
    assert await lab.tick() == 0
    await lab.land("Grokking, part three")
    lab.clock.pass_by(days=1)
    assert await lab.tick() == 1
    assert "part one" not in lab.platform.said_to(ada)[1]


async def test_the_first_digest_reaches_back_a_day(sqlite_storage: Storage) -> None:
    lab = Lab(sqlite_storage)
    await lab.land("Grokking, long ago")
    lab.clock.pass_by(hours=30)
    await lab.land("Grokking, this morning")
    await lab.ask("schedule", when="16:00")
    lab.clock.moment = at("16:00", date(2026, 11, 25))
    assert await lab.tick() == 1
    (text,) = lab.platform.said_to(ada)
    assert "this morning" in text
    assert "long ago" not in text


async def test_a_quiet_day_is_told_to_whoever_wants_that(lab: Lab) -> None:
    await lab.ask("schedule", when="09:00 verbose")
    lab.clock.moment = at("09:00")
    assert await lab.tick() == 1
    assert lab.platform.said_to(ada) == ["Nothing new has landed since your last digest."]
    await lab.ask("schedule", when="quiet")
    lab.clock.pass_by(days=1)
    assert await lab.tick() == 0


async def test_what_landed_during_a_pause_is_not_sent_when_it_ends_by_itself(lab: Lab) -> None:
    await lab.ask("schedule", when="09:00")
    await lab.ask("pause", until="2026-11-26")
    await lab.land("Grokking, during the pause")
    lab.clock.moment = at("08:00", date(2026, 11, 26))
    await lab.land("Grokking, afterwards")
    lab.clock.moment = at("09:00", date(2026, 11, 26))
    assert await lab.tick() == 1
    (text,) = lab.platform.said_to(ada)
    assert "during" not in text


async def test_the_status_shows_what_became_of_each_delivery(lab: Lab) -> None:
    assert "Nothing has been sent to you yet." in await lab.ask("status")
    await lab.land("Grokking explained")
    await lab.courier.deliver()
    lab.platform.fail(Unreachable("they closed their messages"))
    await lab.land("A flow")
    await lab.courier.deliver()
    text = await lab.ask("status")
    assert "✗ told later, due on Tuesday 24 November, 08:00: they closed their messages" in text
    assert "✓ sent on Tuesday 24 November, 08:00" in text


async def test_a_closed_address_is_left_alone_until_its_owner_is_back(lab: Lab) -> None:
    await lab.storage.people.reader(ada)
    lab.platform.fail(Unreachable("they closed their messages"))
    await lab.land("Grokking explained")
    assert await lab.courier.deliver() == 1
    await lab.land("A flow")
    assert await lab.tick() == 0
    await lab.ask("help")
    await lab.land("Tides")
    assert await lab.tick() == 1
