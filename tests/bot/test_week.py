from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.digest import compose
from bot.messages import BAR, WIDEST, Actions, Bars, Message
from bot.week import MOST_DAYS, chart
from tests.bot.test_digest import a_listing, about
from tests.fakes import DAY

MONDAY = date(2026, 11, 16)
WEEK = {MONDAY: 3, MONDAY + timedelta(days=1): 8, MONDAY + timedelta(days=4): 1}


def lines(days: dict[date, int]) -> list[str]:
    [bars] = [block for block in chart(days, ["flow matching"]) if isinstance(block, Bars)]
    return bars.lines.splitlines()


def test_each_day_has_its_bar_and_its_number() -> None:
    assert lines(WEEK) == [
        f"Mon 16  {BAR * 6} 3",
        f"Tue 17  {BAR * 16} 8",
        "Wed 18  0",
        "Thu 19  0",
        f"Fri 20  {BAR * 2} 1",
    ]


def test_a_press_draws_the_interests_over_the_weeks() -> None:
    [row] = [block for block in chart(WEEK, list("abcdefgh")) if isinstance(block, Actions)]
    assert [(action.command, action.arguments) for action in row.actions] == [
        ("trends", {"terms": "a, b, c, d, e, f"})
    ]


def test_few_days_and_days_without_matches_have_no_chart() -> None:
    assert chart({}, ["a"]) == ()
    assert chart({MONDAY: 3, MONDAY + timedelta(days=2): 1}, ["a"]) == ()
    assert chart({MONDAY: 0, MONDAY + timedelta(days=6): 0}, []) == ()


@given(st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(0, 10_000), min_size=1))
def test_any_days_make_a_small_chart(days: dict[date, int]) -> None:
    if chart(days, ["a"]):
        shown = lines(days)
        assert len(shown) <= MOST_DAYS
        assert max(map(len, shown)) <= WIDEST + 16


def test_a_weekly_digest_carries_its_chart_once() -> None:
    days = {DAY - timedelta(days=6): 4, DAY: 9}
    listing = replace(a_listing(*about(13)), days=days, first=DAY - timedelta(days=6))

    def bars(message: Message) -> int:
        return sum(isinstance(block, Bars) for block in message.blocks)

    assert bars(compose(listing)) == 1
    assert bars(compose(listing, 10)) == 0
