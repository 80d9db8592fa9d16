"""A message as lines of a terminal (pure).

Text stays text: rich reads no markup in it, and characters that command a terminal or turn the direction of
reading are taken out.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase
from typing import Final, assert_never

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.rule import Rule
from rich.style import Style
from rich.text import Text as Line

from adapters.visible import visible
from bot.messages import (
    Action,
    Actions,
    Bars,
    Block,
    Card,
    Divider,
    Heading,
    Message,
    Paragraph,
    Text,
    code,
    said,
)
from bot.models import Address

MOST_WIDTH: Final = 100  # cells; longer lines tire the eye

_INDENT: Final = 5  # cells: a card's text stands right of its number
_NARROW: Final = 30  # cells of a terminal too small to indent
_TITLE, _QUIET, _KEY = Style(bold=True), Style(dim=True), Style(color="green")
_STYLES: Final = {
    "plain": Style(),
    "bold": Style(bold=True, color="cyan"),
    "italic": Style(italic=True),
    "code": _KEY,
}
_WEB: Final = re.compile(r"https?://[!-~]+")

Key = tuple[str, Action]
"""A button, and what to type for it."""


def render(message: Message, width: int = MOST_WIDTH, *, bare: bool = False) -> RenderableType:
    """*message* in at most *width* cells.

    A *bare* screen has neither colours nor links: addresses are written out, and what to type stands in backticks.
    """
    parts: list[RenderableType] = []
    for block, label, keys in _labelled(message):
        parts += [Line(), *_block(block, label, keys, bare=bare)]
    return Constrain(Group(*parts[1:]), width)


def envelope(to: Address) -> RenderableType:
    """The line that says who a message is for."""
    whom = f"in #{to.id.lstrip('#')}" if to.kind == "channel" else f"for {to.id}"
    return Constrain(Rule(Line(visible(whom), style=_TITLE), align="left", style=_QUIET), MOST_WIDTH)


def buttons(message: Message) -> dict[str, Action]:
    """What to type for each button: its command and what its card is called by, as in `save 2`."""
    return {key: action for _, _, keys in _labelled(message) for key, action in keys}


def _labelled(message: Message) -> Iterator[tuple[Block, str, Sequence[Key]]]:
    """The blocks, what each is called by, and what to type for its buttons: nothing twice in a message."""
    letters, taken = iter(ascii_lowercase), set[str]()
    for block in message.blocks or (Paragraph(said(message.summary)),):
        label, keys = "", []
        if isinstance(block, Card):
            label = str(block.number) if block.number is not None else next(letters) if block.actions else ""
        for action in block.actions if isinstance(block, Card | Actions) else ():
            keys.append((_free(f"{action.command} {label}".strip(), taken), action))
            taken.add(keys[-1][0])
        yield block, label, keys


def _free(key: str, taken: Collection[str]) -> str:
    """*key*, or the first of `key-2`, `key-3` and so on that is free."""
    tried = (key if again == 1 else f"{key}-{again}" for again in count(1))
    return next(key for key in tried if key not in taken)


def _block(block: Block, label: str, keys: Sequence[Key], *, bare: bool) -> Iterator[RenderableType]:
    match block:
        case Heading(text):
            yield _Hanging(Line(visible(text), style=_TITLE))
        case Paragraph(text):
            yield _Hanging(_line(text, bare=bare))
        case Card():
            yield from (_Hanging(line, _INDENT, lead) for line, lead in _card(block, label, keys, bare=bare))
        case Actions():
            yield _Hanging(Line("   ").join(_button(key, action.label) for key, action in keys))
        case Bars():
            yield _Hanging(_line((code(block.lines),), bare=bare))
        case Divider():
            yield Rule(style=_QUIET)
        case _:
            assert_never(block)


def _card(card: Card, label: str, keys: Sequence[Key], *, bare: bool) -> Iterator[tuple[Line, str]]:
    """The lines of a card, and what stands to their left."""
    yield _line(card.title, base=_TITLE + _link(card.url), bare=bare), label
    if card.byline:
        yield Line(visible(card.byline), style=_QUIET), ""
    if bare and _WEB.fullmatch(card.url):
        yield Line(card.url, style=_QUIET), ""
    if card.body:
        yield _line(card.body, bare=bare), ""
    if card.notes:
        yield Line("   ").join(_line(note, base=_QUIET, bare=bare) for note in card.notes), ""
    if keys:
        yield Line("  ").join(_button(key, _beyond(action)) for key, action in keys), ""


def _button(key: str, label: str) -> Line:
    return Line.assemble(("[", _QUIET), (key, _KEY), ("]", _QUIET), f" {visible(label)}" if label else "")


def _beyond(action: Action) -> str:
    """The label, where it does not begin with the word to type."""
    return "" if action.label.casefold().startswith(action.command.casefold()) else action.label


def _line(text: Text, *, base: Style = _STYLES["plain"], bare: bool) -> Line:
    line = Line(style=base)
    for span in text:
        shown = visible(span.text, lines=True)
        ticked = bare and span.style == "code" and "\n" not in shown
        style = _STYLES[span.style] + _link(span.url, underline=True)
        line.append(f"`{shown}`" if ticked else shown, style)
        if bare and _WEB.fullmatch(span.url) and span.url != span.text:
            line.append(f" {span.url}", _QUIET)
    return line


def _link(url: str, *, underline: bool | None = None) -> Style:
    return Style(link=url, underline=underline) if _WEB.fullmatch(url) else Style()


@dataclass(frozen=True, slots=True)
class _Hanging:
    """Text that wraps *indent* cells in, with *lead* before its first line."""

    line: Line
    indent: int = 0
    lead: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        indent = self.indent if options.max_width > _NARROW else 0
        lead = f"{self.lead:>{max(0, indent - 2)}}  " if indent else f"{self.lead.strip()} ".lstrip()
        text = self.line if indent else Line(lead).append_text(self.line)
        for part in text.wrap(console, max(1, options.max_width - indent), overflow="fold"):
            part.rstrip()
            yield Line.assemble((lead if indent else "", _QUIET), part) if part else Line()
            lead = " " * indent
