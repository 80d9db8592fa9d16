import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import Buttons, command_of, personal, short
from bot.errors import NotAllowed
from bot.messages import Action
from bot.models import Address
from tests.fakes import ada, ben

KEYS = Buttons([b"new" * 11, b"old" * 11])
SAVE = Action("Save", "save", {"paper": "#7"})


def test_a_button_says_what_it_was_written_to_say() -> None:
    assert KEYS.read(KEYS.written(SAVE, ada), ada) == ("save", {"paper": "#7"})


def test_a_button_of_a_paper_is_short_enough_for_every_platform() -> None:
    assert len(KEYS.written(Action("Why?", "why", {"paper": "#1234567890"}), ada)) <= 100


def test_a_persons_button_works_for_nobody_else() -> None:
    with pytest.raises(NotAllowed):
        KEYS.read(KEYS.written(SAVE, ada), ben)
    with pytest.raises(NotAllowed):
        KEYS.read(KEYS.written(SAVE, ada), Address("fake", "another-lab", "ada"))


def test_a_channels_button_works_for_everybody() -> None:
    assert KEYS.read(KEYS.written(SAVE, None), ben) == KEYS.read(KEYS.written(SAVE, None), ada)


def test_a_button_written_with_an_older_key_still_works() -> None:
    older = Buttons(KEYS.keys[1:])
    assert KEYS.read(older.written(SAVE, ada), ada) == ("save", {"paper": "#7"})
    with pytest.raises(NotAllowed):
        older.read(KEYS.written(SAVE, ada), ada)


@given(st.text(max_size=60))
def test_a_forged_button_is_refused(text: str) -> None:
    with pytest.raises(NotAllowed):
        KEYS.read(text, ada)


@given(st.integers(0, 40), st.characters(codec="utf-8"))
def test_a_changed_button_is_refused(place: int, other: str) -> None:
    written = KEYS.written(SAVE, None)
    place %= len(written)
    changed = written[:place] + other + written[place + 1 :]
    if changed != written:
        with pytest.raises(NotAllowed):
            KEYS.read(changed, ada)


@given(st.dictionaries(st.sampled_from(["term", "paper", "start"]), st.text(st.characters(codec="utf-8"))))
def test_any_text_survives_in_a_button(arguments: dict[str, str]) -> None:
    assert KEYS.read(KEYS.written(Action("Go", "follow", arguments), ada), ada) == ("follow", arguments)


@pytest.mark.parametrize("owner", [ada, None])
def test_a_long_button_has_a_short_name_that_tells_its_command_and_whose_it_is(owner: Address | None) -> None:
    text = KEYS.written(Action("Follow", "follow", {"term": "word " * 60}), owner)
    name = short(text, 99)
    assert len(name) <= 99
    assert name == short(text, 99) != short(text + "x", 99)
    assert short(text, 2_000) == text
    for form in (text, name):
        assert command_of(form) == "follow"
        assert personal(form) == (owner is not None)
