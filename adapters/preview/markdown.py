"""Discord's Markdown as HTML (pure).

It is not quite anybody else's: a line is a line, `-#` is small print, `__` underlines, and there are no tables,
no pictures and no HTML. What stands inside a line is left to a Markdown reader with only those rules switched on.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_FENCE: Final = re.compile(r"```(?:\w+\n|\n)?(.+?)\n?```", re.DOTALL)
_LINE: Final = re.compile(r"(?P<sign>#{1,3}|-#|>|[-*]|\d+\.) +(?P<text>.*)|(?P<plain>.*)")
_MENTION: Final = re.compile(r"(?<!\\)<(?:#|@&|@)(\d+)>")
_HELD: Final = re.compile("\ue000(\\d+)\ue001")  # a mention, while the line around it is read
_TAGS: Final = {"#": "h1", "##": "h2", "###": "h3", "-#": "small", ">": "blockquote"}


def html(text: str) -> Markup:
    """*text* as Discord shows it."""
    return Markup("").join(_parts(text))


def _parts(text: str) -> Iterator[Markup]:
    for at, part in enumerate(_FENCE.split(text)):
        if at % 2:
            yield Markup("<pre>{}</pre>").format(part)
        elif part.strip("\n"):
            yield from _lines(part.strip("\n"))


def _lines(text: str) -> Iterator[Markup]:
    """Lines of one kind together: headings and small print each alone, the others as one paragraph."""
    read = [_kind(line) for line in text.split("\n")]
    for kind, group in groupby(read, key=lambda line: line[0]):
        inside = [_inline(line) for _, line in group]
        if kind == "li":
            yield Markup("<ul>{}</ul>").format(Markup("").join(map(Markup("<li>{}</li>").format, inside)))
        elif kind in {"p", "blockquote"}:
            yield Markup("<{0}>{1}</{0}>").format(kind, Markup("<br>").join(inside))
        else:
            yield from (Markup("<{0}>{1}</{0}>").format(kind, line) for line in inside)


def _kind(line: str) -> tuple[str, str]:
    found = _LINE.fullmatch(line)
    if found is None or found["sign"] is None:
        return "p", line
    return _TAGS.get(found["sign"], "li"), found["text"]


def _inline(text: str) -> Markup:
    shown = _READER.renderInline(_MENTION.sub("\ue000\\1\ue001", text))
    return Markup(_HELD.sub(r'<span class="mention">#\1</span>', shown))  # noqa: S704  # escaped by the reader


def _opened(_self: object, tokens: Sequence[Token], at: int, *_rest: object) -> str:
    return "<u>" if tokens[at].markup == "__" else "<strong>"


def _closed(_self: object, tokens: Sequence[Token], at: int, *_rest: object) -> str:
    return "</u>" if tokens[at].markup == "__" else "</strong>"


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero").enable(["escape", "backticks", "emphasis", "strikethrough", "link"])
    reader.add_render_rule("strong_open", _opened)
    reader.add_render_rule("strong_close", _closed)
    return reader


_READER: Final = _reader()
