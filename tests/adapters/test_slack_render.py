import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import render
from adapters.slack.render import MOST_BLOCKS, MOST_VALUE, cost, fallback, pages
from bot.buttons import Buttons
from bot.messages import (
    MOST_CARDS,
    MOST_TEXT,
    Action,
    Actions,
    Card,
    Divider,
    Heading,
    Message,
    Paragraph,
    Span,
    Text,
    code,
    note,
    plain,
    said,
)
from bot.models import Address
from tests.contract.test_renderers import messages
from tests.fakes import KEY
from tests.slack_peer import judged, needs_slack_peer

ADA = Address("slack", "T1", "U1")
BUTTONS = Buttons((KEY,))

HOSTILE = [
    "<!channel>",
    "<!subteam^S1>",
    "<@U123>",
    "@everyone",
    "&" * 300,
    "*" * 1_000,
    "<https://evil.example|here>",
    "https://evil.example/x",
    "\u202eright to left\u202c",
    "half \ud800 a pair",
    ":rotating_light:",
    "\x1b]8;;https://evil.example\x07x",
    "\U0001f600" * 150,
    ", ".join(f"Author {number}" for number in range(600)),
    " ",
]
hostile = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), min_size=1, max_size=2).map(" ".join)


def written(action: Action) -> str:
    return BUTTONS.written(action, ADA)


def posts(message: Message) -> list[dict[str, Any]]:
    text = fallback(message)
    return [{"text": text, "blocks": list(page.blocks)} for page in pages(message, written)]


def nodes(payload: object) -> Iterator[dict[str, Any]]:
    if isinstance(payload, dict):
        yield payload
    for part in (
        payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ()
    ):
        yield from nodes(part)


def hostile_messages() -> st.SearchStrategy[Message]:
    return messages(hostile.map(lambda text: text[:90]))


KINDS = {
    "rich_text",
    "rich_text_section",
    "rich_text_preformatted",
    "text",
    "link",
    "header",
    "plain_text",
    "actions",
    "button",
    "divider",
}


@settings(deadline=None, max_examples=150)
@given(hostile_messages())
def test_no_text_becomes_a_mention_a_link_or_markup(message: Message) -> None:
    found = [node for post in posts(message) for node in nodes(post["blocks"])]
    assert {node["type"] for node in found if "type" in node} <= KINDS
    links = {node["url"] for node in found if node.get("type") == "link"}
    assert links <= {"https://example.org/a?b=c&d"}


@settings(deadline=None, max_examples=100)
@given(hostile_messages())
def test_no_page_is_more_than_slack_takes(message: Message) -> None:
    for post in posts(message):
        assert len(post["blocks"]) <= MOST_BLOCKS
        assert cost(post["blocks"]) <= 10_000
        assert all(len(node["value"]) <= MOST_VALUE for node in nodes(post["blocks"]) if "value" in node)
        json.dumps(post).encode("utf-8")


@settings(deadline=None, max_examples=100)
@given(hostile)
def test_the_fallback_says_something_and_pings_nobody(text: str) -> None:
    shown = fallback(Message(text if text.strip() else "x", ()))
    assert shown.strip()
    assert "<" not in shown
    assert len(shown) <= 3_000


def test_a_large_digest_is_one_page() -> None:
    body = "word " * 90
    cards = tuple(Card(said(f"Title {number}"), number, body=said(body)) for number in range(MOST_CARDS))
    assert len(posts(Message("Many", (Heading("Today"), *cards)))) == 1


def test_signs_that_slack_escapes_count_as_what_they_become() -> None:
    found = posts(note("&" * MOST_TEXT))
    assert len(found) == 4
    assert sum(node["text"].count("&") for post in found for node in nodes(post["blocks"])
               if isinstance(node.get("text"), str)) == MOST_TEXT  # fmt: skip


def test_a_hundred_lines_are_on_pages_of_as_many_blocks_as_slack_takes() -> None:
    found = posts(Message("Lines", (Divider(),) * 100))
    assert [len(post["blocks"]) for post in found] == [48, 48, 4]


def test_a_card_is_a_title_that_leads_to_the_paper_then_the_rest_line_by_line() -> None:
    card = Card(
        said("On ", Span("grokking", "bold")),
        3,
        url="https://arxiv.org/abs/1",
        byline="Ada",
        body=said("It groks."),
        notes=(said("matches grokking"),),
        actions=(Action("Save", "save", {"paper": "#7"}),),
    )
    [post] = posts(Message("One", (card,)))
    text, row = post["blocks"]
    [section] = text["elements"]
    assert "".join(part["text"] for part in section["elements"]) == (
        "3. On grokking\nAda\nIt groks.\nmatches grokking"
    )
    assert [part["style"] for part in section["elements"] if part["type"] == "link"] == [
        {"bold": True},
        {"bold": True, "italic": True},
    ]
    assert row["elements"][0]["value"] == written(card.actions[0])


def test_a_caret_stays_under_its_character() -> None:
    [post] = posts(Message("Wrong", (Paragraph((code("a (b\n  ^ here"),)),)))
    assert post["blocks"][0]["elements"][0]["type"] == "rich_text_preformatted"


@pytest.mark.parametrize("url", ["javascript:x", "https://a:b@evil.example/", "https://x\x1b", "http://"])
def test_an_address_nobody_should_follow_is_no_link(url: str) -> None:
    [post] = posts(Message("x", (Paragraph((Span("x", url=url),)),)))
    assert not [node for node in nodes(post["blocks"]) if node.get("type") == "link"]


def test_a_button_whose_arguments_are_too_long_for_slack_is_left_out() -> None:
    row = Actions((Action("Undo", "follow", {"term": "x" * 2_000}), Action("Digest", "today")))
    [post] = posts(Message("x", (row,)))
    assert [button["text"]["text"] for button in post["blocks"][0]["elements"]] == ["Digest"]


def test_a_renderer_that_lets_slack_read_a_text_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def raw(text: Text) -> Iterator[dict[str, Any]]:
        yield {"type": "section", "text": {"type": "mrkdwn", "text": plain(text)}}

    monkeypatch.setattr(render, "_rich", raw)
    with pytest.raises(AssertionError):
        test_no_text_becomes_a_mention_a_link_or_markup()


class TestJudges:
    pytestmark = needs_slack_peer

    @pytest.mark.parametrize(
        "blocks",
        [
            [{"type": "divider"}] * 51,
            [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
            [{"type": "section", "text": {"type": "mrkdwn", "text": "&" * 3_001}}],
        ],
    )
    def test_what_slack_refuses_they_refuse(self, blocks: list[dict[str, Any]]) -> None:
        assert judged([{"text": "x", "blocks": blocks}])[0]

    def test_two_judges_of_block_kit_accept_every_page(self) -> None:
        assert refused(60) == []

    @pytest.mark.slow
    def test_two_judges_accept_the_pages_of_ten_thousand_messages(self) -> None:
        assert refused(10_000) == []


def refused(count: int) -> list[list[str]]:
    """What the judges have against the pages of so many hostile messages."""
    made: list[dict[str, Any]] = []

    @settings(deadline=None, max_examples=count, database=None)
    @given(hostile_messages())
    def make(message: Message) -> None:
        made.extend(posts(message))

    make()
    assert len(made) >= count // 2
    return [wrong for wrong in judged(made) if wrong]
