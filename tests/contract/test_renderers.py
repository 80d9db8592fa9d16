"""What every renderer promises: it is pure, says everything, and lets no text do more than be read."""

import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from adapters import discord
from adapters.console import buttons, render
from adapters.slack.render import pages
from bot.messages import (
    MOST_ACTIONS,
    MOST_CARDS,
    Action,
    Actions,
    Bars,
    Block,
    Card,
    Divider,
    Heading,
    Message,
    Paragraph,
    Span,
    Text,
)

Shown = Callable[[Message], str]
"""What a reader of the platform can see of a message, as text."""


def on_console(message: Message) -> str:
    screen = Console(file=io.StringIO(), width=80, force_terminal=False)
    with screen.capture() as shown:
        screen.print(render(message))
    return shown.get()


MARKED = re.compile(r"\\([^A-Za-z0-9\s])|(`+)(.+?)(?<!`)\2(?!`)")
"""Discord's ways to show a sign as itself: a backslash, or text as code."""


def on_discord(message: Message) -> str:
    return _all_pages(message, discord.render)


def on_discord_in_embeds(message: Message) -> str:
    return _all_pages(message, discord.render_embeds)


def _all_pages(message: Message, rendering: Callable[..., Any]) -> str:
    def turned(page: int) -> Action:
        return Action("", f"page-{page}")

    shown = [rendering(message, lambda action: action.command, turned)]
    while f"page-{len(shown)}'" in str(shown[-1]):
        shown.append(rendering(message, lambda action: action.command, turned, page=len(shown)))
    return "\n".join(text for payload in shown for text in _texts(payload))


def _texts(payload: Any) -> Iterator[str]:
    """What can be read in what Discord is sent."""
    for key, value in payload.items():
        if isinstance(value, list):
            for part in value:
                yield from _texts(part) if isinstance(part, dict) else ()
        elif isinstance(value, dict):
            yield from _texts(value)
        elif key in {"content", "description"} and "value" not in payload:  # of an embed: Markdown
            yield MARKED.sub(lambda found: found[1] or found[3], value)
        elif key in {"label", "description", "placeholder"}:
            yield value


def on_slack(message: Message) -> str:
    def read(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from [node["text"]] if isinstance(node.get("text"), str) else ()
        for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from read(part)

    shown = (read(page.blocks) for page in pages(message, lambda action: action.command))
    return "\n".join(text for page in shown for text in page)


RENDERERS: dict[str, Shown] = {
    "console": on_console,
    "discord": on_discord,
    "discord-embeds": on_discord_in_embeds,
    "slack": on_slack,
}

BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
MARKUP = [
    "[bold]x[/bold]",
    "*b*",
    "_i_",
    "`c`",
    "<b>",
    "&amp;",
    ":smile:",
    "<!channel>",
    "@everyone",
    "\\[x]",
    "[link=x]y[/]",
]

readable = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12) | st.sampled_from(
    MARKUP
)
anything = st.text(max_size=12) | st.text(
    st.sampled_from(f"\x1b\x07\x9b\r\n\t\0\ud800[31m{BIDIRECTIONAL}"), max_size=12
)


def messages(words: st.SearchStrategy[str]) -> st.SearchStrategy[Message]:
    """Messages of any blocks whose texts are made of *words*."""
    line = st.lists(words, min_size=1, max_size=4).map(" ".join)
    urls = st.sampled_from(["", "https://example.org/a?b=c&d", "javascript:x", "https://x\x1b]8;;"])
    spans = st.builds(Span, line, st.sampled_from(["plain", "bold", "italic", "code"]), urls)
    text = st.lists(spans, min_size=1, max_size=3).map(tuple)
    command = st.sampled_from(["save", "why", "show more"])
    action = st.builds(Action, line, command, st.just({"paper": "#1"}))
    row = st.lists(action, max_size=MOST_ACTIONS).map(tuple)
    card = st.builds(
        Card,
        text,
        st.none() | st.integers(1, 99),
        urls,
        line,
        text,
        st.lists(text, max_size=2).map(tuple),
        row,
    )
    day = st.tuples(st.sampled_from(["Mon 16", "Tue  1", "Sun 22"]), st.integers(0, 10_000))
    block = st.one_of(
        st.builds(Heading, line),
        st.builds(Paragraph, text),
        st.just(Divider()),
        card,
        st.builds(Actions, row),
        st.builds(Bars, st.just("Papers a day"), st.lists(day, min_size=1, max_size=10).map(tuple)),
    )
    blocks = st.lists(block, max_size=MOST_CARDS).map(tuple)
    return st.builds(Message, st.just("A summary"), blocks)


def texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Every run of text that has to be read."""
    for block in blocks:
        match block:
            case Heading(text):
                yield text
            case Paragraph(text):
                yield from runs(text)
            case Card():
                yield block.byline
                for part in (block.title, block.body, *block.notes):
                    yield from runs(part)
            case Actions(actions):
                yield from (action.label for action in actions)
            case Bars(days=days):
                yield from (f"{count:,}" for _, count in days)
            case Divider():
                pass


def runs(text: Text) -> Iterator[str]:
    yield from (span.text for span in text)


def squeezed(text: str) -> str:
    """*text* without space: where lines are broken is the platform's affair."""
    return "".join(text.split())


each_renderer = pytest.mark.parametrize("shown", RENDERERS.values(), ids=RENDERERS)


@each_renderer
@settings(deadline=None, max_examples=30)
@given(message=messages(readable))
def test_everything_that_is_said_can_be_read(shown: Shown, message: Message) -> None:
    seen = squeezed(shown(message))
    assert [text for text in texts(message.blocks) if squeezed(text) not in seen] == []


@each_renderer
@settings(deadline=None, max_examples=30)
@given(message=messages(anything))
def test_no_text_commands_the_screen_or_turns_the_reading(shown: Shown, message: Message) -> None:
    seen = shown(message).replace("\n", "")
    assert not [char for char in seen if unicodedata.category(char) in ("Cc", "Cs") or char in BIDIRECTIONAL]


@each_renderer
@settings(deadline=None, max_examples=30)
@given(message=messages(anything))
def test_rendering_twice_shows_the_same(shown: Shown, message: Message) -> None:
    assert shown(message) == shown(message)


@each_renderer
def test_a_message_without_blocks_shows_its_summary(shown: Shown) -> None:
    assert "Nothing new" in shown(Message("Nothing new"))


@settings(deadline=None, max_examples=30)
@given(messages(anything))
def test_every_button_of_the_console_has_a_word_of_its_own_that_is_shown(message: Message) -> None:
    actions = [
        action for block in message.blocks if isinstance(block, Card | Actions) for action in block.actions
    ]
    keys = buttons(message)
    seen = squeezed(on_console(message))
    assert list(keys.values()) == actions
    assert all(f"[{squeezed(key)}]" in seen for key in keys)
