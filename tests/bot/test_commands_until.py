from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.until import LONGEST, until
from bot.errors import BadArguments

TUESDAY_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("tomorrow", "2026-11-25T00:00"),
        ("until  Tomorrow", "2026-11-25T00:00"),
        ("monday", "2026-11-30T00:00"),
        ("Tue", "2026-12-01T00:00"),
        ("next wednesday", "2026-11-25T00:00"),
        ("3 days", "2026-11-27T12:00"),
        ("for 2 weeks", "2026-12-08T12:00"),
        ("2w", "2026-12-08T12:00"),
        ("a week", "2026-12-01T12:00"),
        ("an hour", "2026-11-24T13:00"),
        ("2026-12-01", "2026-12-01T00:00"),
    ],
)
def test_a_moment_is_typed_as_people_say_it(typed: str, means: str) -> None:
    assert until(typed, TUESDAY_NOON, "UTC") == datetime.fromisoformat(means).replace(tzinfo=UTC)


def test_a_day_begins_where_the_reader_lives() -> None:
    assert until("2026-12-01", TUESDAY_NOON, "Asia/Tokyo") == datetime(2026, 11, 30, 15, tzinfo=UTC)
    late = datetime(2026, 11, 24, 16, tzinfo=UTC)  # Wednesday there already
    assert until("tomorrow", late, "Asia/Tokyo") == datetime(2026, 11, 25, 15, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["soon", "2026-13-01", "2026-1-1", "3 fortnights", "", "days", "next week"])
def test_what_means_no_moment_says_what_to_type(typed: str) -> None:
    with pytest.raises(BadArguments, match=r"cannot read.*`2026-12-01`"):
        until(typed, TUESDAY_NOON, "UTC")


@pytest.mark.parametrize(
    "typed", ["2026-11-24", "2020-01-01", "0001-01-01", "9999-12-31", "0 days", "9999 weeks"]
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_a_rest_ends_within_the_year_ahead(typed: str, zone: str) -> None:
    with pytest.raises(BadArguments, match="year ahead"):
        until(typed, TUESDAY_NOON, zone)


@given(st.text(max_size=40) | st.from_regex(r"(for )?[0-9]{1,6} ?(days|w|h)", fullmatch=True))
def test_whatever_is_typed_is_a_moment_ahead_or_a_mistake(typed: str) -> None:
    try:
        moment = until(typed, TUESDAY_NOON, "Pacific/Auckland")
    except BadArguments:
        return
    assert TUESDAY_NOON < moment <= TUESDAY_NOON + LONGEST
