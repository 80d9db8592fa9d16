import json
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.messages import Action, Actions, Bars, Block, Card, Divider, Heading, Message, Paragraph, Span
from storage import letters

words = st.text(max_size=12)
spans = st.builds(Span, words, st.sampled_from(["plain", "bold", "italic", "code"]), words)
texts = st.lists(spans, max_size=3).map(tuple)
values = words | st.booleans() | st.integers()
actions = st.lists(
    st.builds(Action, words, words, st.dictionaries(words, values, max_size=3)), max_size=3
).map(tuple)
numbers = st.none() | st.integers()
blocks = {
    Heading: st.builds(Heading, words),
    Paragraph: st.builds(Paragraph, texts),
    Card: st.builds(
        Card, texts, numbers, words, words, texts, st.lists(texts, max_size=2).map(tuple), actions
    ),
    Actions: st.builds(Actions, actions),
    Divider: st.just(Divider()),
    Bars: st.builds(Bars, words, st.lists(st.tuples(words, st.integers()), max_size=3).map(tuple)),
}


def test_every_kind_of_block_is_tried() -> None:
    assert set(blocks) == set(get_args(Block))


@given(words, st.lists(st.one_of(*blocks.values()), max_size=6))
def test_a_message_is_read_as_it_was_written(summary: str, said: list[Block]) -> None:
    assume(summary.strip())
    message = Message(summary, tuple(said))
    read = letters.read(json.loads(json.dumps(letters.written(message))))
    assert read == message
    assert repr(read) == repr(message)  # True is not 1


@pytest.mark.parametrize("kind", list(blocks))
def test_an_empty_block_stays_of_its_kind(kind: type[Block]) -> None:
    empty: dict[type[Block], Block] = {
        Heading: Heading(""),
        Paragraph: Paragraph(()),
        Card: Card(()),
        Actions: Actions(()),
        Divider: Divider(),
        Bars: Bars("", ()),
    }
    message = Message("summary", (empty[kind],))
    assert letters.read(letters.written(message)) == message


@pytest.mark.parametrize(
    "letter",
    [
        {},
        {"summary": "x"},
        {"summary": "", "blocks": []},
        {"summary": 1, "blocks": []},
        {"summary": "x", "blocks": None},
        {"summary": "x", "blocks": [{"text": "y"}]},
        {"summary": "x", "blocks": ["heading"]},
        {"summary": "x", "blocks": [{"kind": "poster", "text": "y"}]},
        {"summary": "x", "blocks": [{"kind": "heading", "text": 5}]},
        {"summary": "x", "blocks": [{"kind": "heading", "text": "y" * 100_000}]},
        [],
        "letter",
    ],
)
def test_what_is_no_message_is_refused(letter: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        letters.read(letter)
