"""What is posted on Discord: within its limits, every button in reach, and no text that does more than be read."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.discord.embeds import render_embeds
from adapters.discord.markdown import escaped, linked, pieces, size
from adapters.discord.render import render
from bot.messages import MOST_TEXT, Action, Actions, Card, Divider, Heading, Message, Paragraph, Span, said
from tests.contract.test_renderers import anything, messages, readable

Payload = dict[str, Any]
Rendering = Callable[..., Payload]

PAPER = {"paper": "#7"}
FIVE = tuple(
    Action(label, command, PAPER)
    for label, command in (
        ("Save", "save"),
        ("More like this", "more"),
        ("Less like this", "less"),
        ("Mute", "mute"),
        ("Why?", "why"),
    )
)

both = pytest.mark.parametrize("rendering", [render, render_embeds])


def written(action: Action) -> str:
    return f"{action.command}?{'&'.join(f'{name}={value}' for name, value in action.arguments.items())}"


def turned(page: int) -> Action:
    return Action("", "/page", {"page": page})


def all_pages(message: Message, rendering: Rendering = render) -> list[Payload]:
    shown = [rendering(message, written, turned)]
    while f"/page?page={len(shown)}" in "".join(map(str, walked(shown[-1]))):
        shown.append(rendering(message, written, turned, page=len(shown)))
    return shown


def walked(payload: Payload) -> Iterator[Payload]:
    """Every component, those within others after them."""
    for component in [*payload.get("components", []), *filter(None, [payload.get("accessory")])]:
        yield component
        yield from walked(component)


def texts(payload: Payload) -> Iterator[str]:
    yield from (part["content"] for part in walked(payload) if part["type"] == 10)
    yield from (embed["description"] for embed in payload.get("embeds", []))


def buttons(payload: Payload) -> Iterator[str]:
    """What every button and every entry of a menu is written as, without the sign of its place."""
    for part in walked(payload):
        if part["type"] == 2:
            yield part["custom_id"][1:]
        yield from (option["value"][1:] for option in part.get("options", ()))


def a_digest(papers: int = 10, body: int = 300) -> Message:
    cards = [
        Card(
            said(f"Paper {number}"),
            number,
            f"https://arxiv.org/abs/2604.0000{number}",
            "Ada · cs.CL",
            said("word " * (body // 5)),
            (said("Why: flow matching"),),
            FIVE,
        )
        for number in range(1, papers + 1)
    ]
    return Message("A digest", (Heading("Tuesday"), *cards, Actions((Action("Show the other 9", "show"),))))


def check_limits(payload: Payload) -> None:
    parts = list(walked(payload))
    ids = [part["custom_id"] for part in parts if "custom_id" in part]
    assert max(Counter(ids).values(), default=1) == 1
    assert all(len(text) for text in texts(payload))
    for part in parts:
        assert part["type"] not in {2, 3} or len(part["custom_id"]) <= 100
        assert part["type"] != 1 or 1 <= len(part["components"]) <= 5
        assert part["type"] != 2 or 1 <= size(part["label"]) <= 80
        assert 0 < len(part.get("options", "x")) <= 25
    if payload.get("flags"):
        assert len(parts) <= 40
        assert sum(map(size, texts(payload))) <= 4_000
    else:
        assert len(parts) == sum(len(row["components"]) + 1 for row in payload["components"])
        assert len(payload["components"]) <= 5
        assert 1 <= len(payload["embeds"]) <= 10
        assert sum(map(size, texts(payload))) <= 6_000
    assert parts or payload.get("embeds")
    assert all(part["components"] for part in parts if "components" in part)
    assert payload["allowed_mentions"] == {"parse": []}


@both
@settings(deadline=None, max_examples=60)
@given(message=messages(readable | anything))
@example(message=a_digest())
@example(message=Message("Only a line", (Divider(), Actions(()))))
@example(message=Message("Long", (Paragraph(said("*" * MOST_TEXT)),)))
@example(message=Message("Wide", (Paragraph(said("𝔸" * MOST_TEXT)),)))
@example(message=Message("Many", tuple(Actions(FIVE) for _ in range(30))))
def test_every_page_of_every_message_keeps_the_limits_and_every_button_stands_on_one(
    rendering: Rendering, message: Message
) -> None:
    shown = all_pages(message, rendering)
    for payload in shown:
        check_limits(payload)
    wanted = Counter(
        written(action)
        for block in message.blocks
        if isinstance(block, Card | Actions)
        for action in block.actions
    )
    found = Counter(text for payload in shown for text in buttons(payload) if not text.startswith("/page"))
    assert found == wanted


def test_the_buttons_of_a_few_papers_stand_below_each() -> None:
    (shown,) = all_pages(a_digest(papers=3))
    assert [part["type"] for part in shown["components"][0]["components"]] == [10, 10, 1, 10, 1, 10, 1, 1]


def test_ten_short_papers_are_one_page_with_a_button_beside_each_and_menus_for_the_rest() -> None:
    (shown,) = all_pages(a_digest(body=150))
    kinds = Counter(part["type"] for part in walked(shown))
    assert kinds[9] == 10
    menus = [part for part in walked(shown) if part["type"] == 3]
    assert [menu["placeholder"] for menu in menus] == ["More for 1 to 6 …", "More for 7 to 10 …"]
    assert menus[0]["options"][0]["label"] == "1 · More like this"


def test_ten_long_papers_are_two_even_pages_with_all_buttons_below_each() -> None:
    first, second = all_pages(a_digest(body=400))
    rows = [[part for part in walked(page) if part["type"] == 1] for page in (first, second)]
    assert [len(found) for found in rows] == [6, 7]
    assert [part["label"] for part in rows[0][-1]["components"]] == ["Show more (2 of 2)"]
    assert [part["label"] for part in rows[1][-1]["components"]] == ["Back"]


@both
def test_the_mark_finds_the_post_again(rendering: Rendering) -> None:
    for message in (a_digest(), Message("Nothing new")):
        assert "77123" in str(rendering(message, written, turned, mark=77123))


@both
def test_a_page_that_is_not_there_is_the_last_one(rendering: Rendering) -> None:
    assert rendering(a_digest(), written, turned, page=99) == all_pages(a_digest(), rendering)[-1]


@given(st.text(max_size=40) | st.text("@everyone<#>&:/htps*_~`|\\[]()-1.\n ", max_size=40))
@settings(deadline=None, max_examples=150)
def test_escaped_text_mentions_nobody_and_leads_nowhere(text: str) -> None:
    shown = escaped(text, lines=True)
    bare = re.sub(r"\\[^A-Za-z0-9\s]", "·", shown)
    assert not re.search(r"[@<>`*_~|\[\]]|://|^ *([-+#]|\d+[.)])", bare, re.MULTILINE)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://user@evil.example",
        "https://x\x1b]8;;",
        "https://a b",
        f"https://{'a' * 2_000}",
        "",
    ],
)
def test_an_address_that_hides_where_it_leads_is_no_link(url: str) -> None:
    assert linked("text", url) == "text"


def test_a_link_cannot_end_early() -> None:
    assert linked("a", "https://x.org/a)b[c]") == "[a](https://x.org/a%29b%5Bc%5D)"


def test_text_that_looks_like_an_address_says_where_it_really_leads() -> None:
    message = Message("x", (Paragraph((Span("good.example", url="https://evil.example/x"),)),))
    assert "(evil.example)" in "".join(texts(render(message, written, turned)))


def test_a_title_is_one_link_and_its_place_is_told() -> None:
    card = Card((Span("Flow "), Span("Matching", "bold")), 3, "https://arxiv.org/abs/1")
    (text,) = texts(render(Message("x", (card,)), written, turned))
    assert text == "[**3\\. Flow Matching**](https://arxiv.org/abs/1)\n-# arxiv.org"


def test_neighbours_whose_links_lead_nowhere_are_one() -> None:
    spans = (Span("a", "code", "javascript:x"), Span("b `c", "code"))
    assert list(pieces(spans, 100)) == ["``ab `c``"]
