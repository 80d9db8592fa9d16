"""The protocol holds in every order of events, and the designs that look right do not."""

from datetime import timedelta

import pytest

from bot.outcomes import Rules
from tests.protocol import BROKEN, DEADLINE, FLIGHT, OURS, STALE, WAIT, WRONG, Design, search


def test_in_every_order_of_events_a_reader_gets_it_once() -> None:
    found, states = search(OURS)
    assert found == ""
    assert states > 1_000, "the search goes somewhere"


def test_a_nonce_does_no_harm() -> None:
    assert search(Design(nonce=True))[0] == ""


@pytest.mark.parametrize("name", WRONG)
def test_designs_that_look_right_are_caught(name: str) -> None:
    assert search(WRONG[name])[0] in ("doubled", "lost")


@pytest.mark.parametrize("name", BROKEN)
def test_where_an_assumption_does_not_hold_a_reader_can_see_it_twice(name: str) -> None:
    assert search(BROKEN[name])[0] == "doubled"


def test_the_wait_is_as_long_as_the_model_asks() -> None:
    rules = Rules()
    assert WAIT == DEADLINE + FLIGHT + STALE
    flight, staleness = timedelta(seconds=60), timedelta(seconds=30)
    assert rules.quarantine >= rules.longest_send + flight + staleness
    assert rules.lease > rules.longest_send
