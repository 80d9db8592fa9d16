import struct
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charts import COLOURS, Chart, Line, described, drawn

FIRST = date(2026, 9, 28)


def a_chart(*lines: Line, weeks: int = 8) -> Chart:
    return Chart("Papers a week", tuple(FIRST + timedelta(weeks=week) for week in range(weeks)), lines)


def test_a_chart_is_a_picture_that_a_phone_shows_and_small() -> None:
    picture = drawn(a_chart(Line("flow matching", (1, 3, 2, 8, 9, 12, 20, 31), rising=True)))
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (720, 450)
    assert len(picture) < 60_000


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6), st.integers(1, 30))
@settings(max_examples=4, deadline=None)
def test_any_term_is_drawn_as_it_stands(terms: list[str], weeks: int) -> None:
    lines = [Line(term, (number,) * weeks) for number, term in enumerate(terms)]
    assert drawn(a_chart(*lines, weeks=weeks))


@pytest.mark.parametrize("term", [r"$\frac{", "_private", "扩散模型"])
def test_no_term_is_taken_for_a_formula_or_hidden(term: str) -> None:
    assert drawn(a_chart(Line(term, (1, 2)), weeks=2)) != drawn(a_chart(Line("", (1, 2)), weeks=2))


def test_whoever_does_not_see_it_is_told_the_numbers() -> None:
    chart = a_chart(Line("flow matching", (1, 3), rising=True), Line("grokking", (2, 0)), weeks=2)
    assert described(chart) == (
        "Papers a week, weeks from 28 Sep to 5 Oct: “flow matching” 1, 3, on the rise; “grokking” 2, 0."
    )


def test_lines_differ_in_more_than_colour() -> None:
    assert len(set(COLOURS)) == 6
    same = (1, 2, 3)
    one, other = (drawn(a_chart(Line("", same), *rest, weeks=3)) for rest in ([], [Line("", same)]))
    assert one != other
