from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.commands.trending import MOST_WEEKS, charted
from bot.models import Digest
from tests.fakes import a_paper
from tests.lab import Lab, a_lab

MONDAY = date(2026, 10, 5)


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with a_lab() as one:
        yield one


async def landed(lab: Lab, *days: date) -> None:
    for number, day in enumerate(days):
        papers = (a_paper(f"Grokking, part {number}"), a_paper(f"A flow of {number}", "Streams and rivers."))
        await lab.intake.land(Digest("test", day, papers, fingerprint=f"{day} {number}"))


async def test_a_picture_shows_papers_a_week_with_the_numbers_in_words(lab: Lab) -> None:
    await landed(lab, MONDAY, MONDAY + timedelta(days=6), MONDAY + timedelta(days=7))
    message = await lab.reply("trends", terms="grokking, flow")
    [file] = message.files
    assert file.content.startswith(b"\x89PNG")
    assert "“grokking” 2, 1; “flow” 2, 1" in file.alt
    assert "Of 6 papers in 2 weeks: “grokking” 3, “flow” 3." in message.summary


async def test_before_anything_has_landed_it_says_so(lab: Lab) -> None:
    assert "No papers have landed yet" in await lab.ask("trends", terms="grokking")


async def test_more_terms_than_can_be_told_apart_are_refused(lab: Lab) -> None:
    assert "at most 6 terms" in await lab.ask("trends", terms="a, b, c, d, e, f, g")


async def test_a_slip_in_a_term_is_answered_at_its_place(lab: Lab) -> None:
    assert "^" in await lab.ask("trends", terms='grokking, "flow')


def test_what_takes_a_larger_share_this_month_is_on_the_rise() -> None:
    weeks = [MONDAY + timedelta(weeks=week) for week in range(8)]
    steady = [(week, a_paper(f"Rain {number}")) for week in weeks for number in range(4)]
    risen = [(week, a_paper(f"Wind {number}")) for at, week in enumerate(weeks) for number in range(at)]
    chart = charted(["rain", "wind"], steady + risen)
    assert {line.label: line.rising for line in chart.lines} == {"rain": False, "wind": True}


def test_a_long_memory_is_cut_to_the_last_weeks_and_a_gap_is_drawn_as_zero() -> None:
    papers = [(MONDAY, a_paper("Rain")), (MONDAY + timedelta(weeks=MOST_WEEKS + 3), a_paper("Rain again"))]
    chart = charted(["rain"], papers)
    assert len(chart.weeks) == MOST_WEEKS
    assert chart.lines[0].counts == (0,) * (MOST_WEEKS - 1) + (1,)
