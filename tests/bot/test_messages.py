import pytest

from bot.messages import (
    MOST_ACTIONS,
    MOST_BYTES,
    MOST_CARDS,
    MOST_TEXT,
    Action,
    Actions,
    Card,
    Divider,
    File,
    Heading,
    Message,
    Paragraph,
    Span,
    bold,
    code,
    marked,
    note,
    plain,
    said,
)


def test_running_text_is_strings_and_spans() -> None:
    text = said("Now following ", bold("RLHF"), ". Try ", code("today"), ".")
    assert plain(text) == "Now following RLHF. Try today."
    assert text[1] == Span("RLHF", "bold")


def test_backticks_mark_what_to_type() -> None:
    assert marked("Type `help` now") == (Span("Type "), code("help"), Span(" now"))


def test_a_note_is_its_own_summary() -> None:
    assert note("Nothing to undo.") == Message("Nothing to undo.", (Paragraph((Span("Nothing to undo."),)),))


def test_a_message_counts_all_that_can_be_read() -> None:
    card = Card(
        said("12"),
        byline="3",
        body=said("45"),
        notes=(said("6"), said("7")),
        actions=(Action("Save", "save"),),
    )
    assert len(Message("s", (Heading("89"), Divider(), card, Actions((Action("a", "b"),))))) == 9


@pytest.mark.parametrize("summary", ["", " \n"])
def test_a_message_says_something(summary: str) -> None:
    with pytest.raises(ValueError, match="summary"):
        Message(summary)


def test_a_message_fits_one_post() -> None:
    card = Card(said("A title"))
    row = (Action("Save", "save"),) * (MOST_ACTIONS + 1)
    assert Message("s", (card,) * MOST_CARDS)
    assert Message("s", (Heading("x" * MOST_TEXT),))
    with pytest.raises(ValueError, match="cards"):
        Message("s", (card,) * (MOST_CARDS + 1))
    with pytest.raises(ValueError, match="actions"):
        Message("s", (Actions(row),))
    with pytest.raises(ValueError, match="characters"):
        Message("s", (Heading("x" * (MOST_TEXT + 1)),))


def test_files_are_bounded_together() -> None:
    half = File("half.bin", bytes(MOST_BYTES // 2), "half of what fits")
    assert Message("s", files=(half, half)).files
    with pytest.raises(ValueError, match="bytes"):
        Message("s", files=(half, half, File("one.bin", b"1")))
