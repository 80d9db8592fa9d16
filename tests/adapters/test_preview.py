"""The preview draws everything that the platforms are sent, and nothing that it should not."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import aiohttp
import pytest
from hypothesis import given, settings

from adapters.preview import Asked, Preview, drawn
from adapters.preview.markdown import html
from bot.messages import Message, note
from bot.models import Address
from bot.preview import drawn as shown
from tests.contract.test_renderers import messages, readable, squeezed, texts

ADA = Address("console", "", "ada")


def read(markup: str) -> str:
    """What can be read of HTML."""
    return squeezed(unescape(re.sub(r"<[^>]*>", "", markup)))


@settings(max_examples=20)
@given(messages(readable))
def test_everything_that_is_said_can_be_read_in_every_drawing(message: Message) -> None:
    found = shown(message, ADA)
    for drawing in (found.slack, found.terminal["dark"], found.terminal["light"]):
        if "Show more" not in drawing:
            assert [text for text in texts(message.blocks) if squeezed(text) not in read(drawing)] == []
    assert 'class="unknown"' not in found.slack + found.discord


def test_no_text_becomes_a_part_of_the_page() -> None:
    evil = '<script>alert(1)</script><img src=x onerror="x">'
    found = shown(note(evil), ADA)
    for drawing in (found.slack, found.discord, found.terminal["dark"]):
        assert "<script" not in drawing
        assert "<img" not in drawing
        assert squeezed(evil) in read(drawing)


def test_what_cannot_be_drawn_is_named() -> None:
    found = drawn([{"type": "video"}], {"components": [{"type": 99}]}, "")
    assert "video" in found.slack
    assert "component 99" in found.discord


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**bold** and *slanted*", "<p><strong>bold</strong> and <em>slanted</em></p>"),
        ("__under__ ~~gone~~", "<p><u>under</u> <s>gone</s></p>"),
        ("### A title\n-# small", "<h3>A title</h3><small>small</small>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("> said", "<blockquote>said</blockquote>"),
        ("`a*b*`", "<p><code>a*b*</code></p>"),
        ("```\na\n b\n```", "<pre>a\n b</pre>"),
        (r"\*plain\* \<@1\>", "<p>*plain* &lt;@1&gt;</p>"),
        ("[here](https://example.org/a)", '<p><a href="https://example.org/a">here</a></p>'),
        ("[here](javascript:x)", "<p>[here](javascript:x)</p>"),
        ("<#12>", '<p><span class="mention">#12</span></p>'),
        ("<b>&amp;", "<p>&lt;b&gt;&amp;amp;</p>"),
    ],
)
def test_markdown_is_read_as_discord_reads_it(text: str, expected: str) -> None:
    assert html(text) == expected


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """The address of a preview that says what it was asked."""
    opened = asyncio.get_running_loop().create_future()

    async def compose(asked: Asked) -> str:
        return str(asked)

    task = asyncio.create_task(Preview(compose, Asked("Ada")).run(opened.set_result))
    try:
        yield await opened
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_page_loads_nothing_and_is_for_this_machine() -> None:
    async with serving() as url, aiohttp.ClientSession() as client:
        async with client.get(f"{url}?reader=Ben&theme=dark&platform=slack") as answer:
            assert answer.status == 200
            assert await answer.text() == str(Asked("Ben", "dark", "slack"))
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        async with client.get(url, headers={"Host": "example.org"}) as answer:
            assert answer.status == 421


async def test_what_is_not_known_is_not_taken_over() -> None:
    async with (
        serving() as url,
        aiohttp.ClientSession() as client,
        client.get(f"{url}?theme=x&platform=y") as answer,
    ):
        assert await answer.text() == str(Asked("Ada"))
