from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rates import MINUTE, Rates
from tests.fakes import Clock


def test_whoever_asks_too_often_is_told_how_long_to_wait() -> None:
    rates, clock = Rates(), Clock()
    for _ in range(3):
        assert rates.wait("ada", 3, clock()) == timedelta()
        clock.pass_by(seconds=10)
    assert rates.wait("ada", 3, clock()) == timedelta(seconds=30)
    clock.pass_by(seconds=30)
    assert rates.wait("ada", 3, clock()) == timedelta()


def test_nobody_waits_for_another() -> None:
    rates, clock = Rates(), Clock()
    for _ in range(9):
        rates.wait("ada", 3, clock())
    assert rates.wait("ben", 3, clock()) == timedelta()


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(1, 5))
def test_no_minute_ever_holds_more_than_the_most(pauses: list[float], most: int) -> None:
    rates, clock, taken = Rates(), Clock(), []
    for pause in pauses:
        clock.pass_by(seconds=pause)
        if not rates.wait("ada", most, clock()):
            taken.append(clock())
    for first, last in zip(taken, taken[most:], strict=False):
        assert last - first >= MINUTE


def test_the_quiet_are_forgotten_and_the_busy_are_not() -> None:
    rates, clock = Rates(), Clock()
    rates.wait("quiet", 1, clock())
    clock.pass_by(seconds=61)
    for number in range(10_000):
        rates.wait(number, 1, clock())
    assert len(rates._times) == 10_000
    assert rates.wait(0, 1, clock()) > timedelta()
