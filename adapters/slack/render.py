"""A message as Slack's Block Kit (pure).

Whatever a paper says is a text element of rich text or plain text, never mrkdwn, so no title can ping anybody,
change its style or fake a link. Slack counts characters after escaping and refuses a message of more than some
11,000 (a limit it does not publish), so this counts likewise and stays below: what does not fit is on the next page.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final, assert_never

from adapters.visible import followable, visible
from bot.bars import described
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
    Span,
    Text,
    code,
    said,
)

Json = dict[str, Any]
Written = Callable[[Action], str]
"""A button as the text that Slack keeps and hands back, see `bot.buttons`."""

MOST_BLOCKS: Final = 48  # of Slack's 50: two stay free for a row that leads on
MOST_COST: Final = 9_000  # characters of a page, after escaping
MOST_SECTION: Final = 2_900  # of Slack's 3,000
MOST_HEADER: Final = 150
MOST_LABEL: Final = 75
MOST_VALUE: Final = 2_000
MOST_FALLBACK: Final = 3_000

_CHANNEL: Final = re.compile("[CDG][A-Z0-9]{2,20}")
_HALVES: Final = 0xFFFF  # beyond it a character is two of Slack's


@dataclass(frozen=True, slots=True)
class Page:
    """Blocks that fit one post."""

    blocks: Sequence[Json]


@dataclass(slots=True)
class _Filling:
    """A page on its way."""

    blocks: list[Json] = field(default_factory=list)
    cost: int = 0

    def takes(self, blocks: Sequence[Json]) -> bool:
        """Whether they still fit."""
        fits = self.cost + cost(blocks) <= MOST_COST and len(self.blocks) + len(blocks) <= MOST_BLOCKS
        return fits or not self.blocks

    def add(self, blocks: Sequence[Json]) -> None:
        """Put them on the page."""
        self.blocks += blocks
        self.cost += cost(blocks)


class _Strong(Span):
    """A run in bold italics: the words of a title, bold itself, that match."""


def pages(message: Message, written: Written, picture: str = "") -> Sequence[Page]:
    """*message* in order, on as few pages as hold it: one, unless its text is mostly signs that need escaping.

    A card stays together where a page can hold it. *picture* is the file at Slack that shows its bars, if there is one.
    """
    filled = [_Filling()]
    numbers = iter(range(10_000))
    for block in message.blocks or (Paragraph(said(message.summary)),):
        made = list(_block(block, written, numbers, picture))
        whole = cost(made) <= MOST_COST and len(made) <= MOST_BLOCKS
        for together in [made] if whole else [[one] for one in made]:
            if not filled[-1].takes(together):
                filled.append(_Filling())
            filled[-1].add(together)
    found = [Page(page.blocks) for page in filled if page.blocks]
    return found or [Page(list(_rich(said(message.summary))))]


def fallback(message: Message) -> str:
    """What notifications and screen readers get: the summary, escaped, and alone enough."""
    shown = visible(message.summary).strip() or "A message from your paper digest"
    return _pieces(escape(shown, quote=False), MOST_FALLBACK)[0]


def row(actions: Sequence[Action], written: Written, numbers: Iterator[int]) -> Iterator[Json]:
    """A row of buttons; without any, nothing."""
    made = [button for action in actions if (button := _button(action, written, numbers))]
    if made:
        yield {"type": "actions", "elements": made}


def rich(text: Text) -> Sequence[Json]:
    """Running text as blocks."""
    return list(_rich(text))


def plain(text: str, most: int) -> Json:
    """*text* as plain text of at most so many characters."""
    shown = visible(text).strip()
    short = shown if _length(shown) <= most else f"{_pieces(shown, most - 1)[0]}…"
    return {"type": "plain_text", "text": short or "·", "emoji": False}


def cost(node: object) -> int:
    """The characters of all text in *node*, as Slack counts them."""
    if isinstance(node, dict):
        return sum(
            _length(value) if key == "text" and isinstance(value, str) else cost(value)
            for key, value in node.items()
        )
    return sum(map(cost, node)) if isinstance(node, list | tuple) else 0


def _block(block: Block, written: Written, numbers: Iterator[int], picture: str) -> Iterator[Json]:
    match block:
        case Heading(text):
            yield from _heading(text)
        case Paragraph(text):
            yield from _rich(text)
        case Card():
            yield from _rich(_card(block))
            yield from row(block.actions, written, numbers)
        case Actions(actions):
            yield from row(actions, written, numbers)
        case Bars() if picture:
            yield {"type": "image", "slack_file": {"id": picture}, "alt_text": described(block)[:MOST_VALUE]}
        case Bars():
            yield from _rich((code(block.lines),))
        case Divider():
            yield {"type": "divider"}
        case _:
            assert_never(block)


def _heading(text: str) -> Iterator[Json]:
    shown = visible(text).strip()
    if _length(shown) > MOST_HEADER:
        yield from _rich((Span(shown, "bold"),))
    elif shown:
        yield {"type": "header", "text": plain(shown, MOST_HEADER)}


def _card(card: Card) -> Text:
    """The lines of a card as one running text."""
    number = said(f"{card.number}. ") if card.number is not None else ()
    title = tuple(
        (_Strong if span.style == "bold" else Span)(visible(span.text), "bold", span.url or card.url)
        for span in card.title
    )
    lines = [(*number, *title), (Span(visible(card.byline), "italic"),), card.body, *card.notes]
    told = [line for line in lines if any(visible(span.text).strip() for span in line)]
    return tuple(span for line in told for span in (*line, Span("\n")))[:-1]


def _rich(text: Text) -> Iterator[Json]:
    """Rich text, in as many blocks as Slack's limit of a section asks for."""
    elements: list[Json] = []
    spent = 0
    for kind, element in _runs(text):
        if kind == "preformatted" or spent + cost(element) > MOST_SECTION:
            yield from _section(elements)
            elements, spent = [], 0
        if kind == "preformatted":
            yield _holding("rich_text_preformatted", [element])
        else:
            elements.append(element)
            spent += cost(element)
    yield from _section(elements)


def _section(elements: Sequence[Json]) -> Iterator[Json]:
    if any(str(element.get("text", "#")).strip() for element in elements):
        yield _holding("rich_text_section", elements)


def _holding(kind: str, elements: Sequence[Json]) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


def _runs(text: Text) -> Iterator[tuple[str, Json]]:
    """The spans as elements, each short enough for a section, and what kind of part it belongs to."""
    for span in text:
        shown = visible(span.text, lines=True)
        apart = span.style == "code" and "\n" in shown
        for piece in _pieces(shown, MOST_SECTION):
            if piece:
                yield ("preformatted" if apart else "section"), _element(span, piece, apart=apart)


def _element(span: Span, text: str, *, apart: bool) -> Json:
    if span.channel and _CHANNEL.fullmatch(span.channel) and not apart:
        return {"type": "channel", "channel_id": span.channel}
    linked = followable(span.url) and not apart and bool(text.strip())
    element: Json = (
        {"type": "link", "url": span.url, "text": text} if linked else {"type": "text", "text": text}
    )
    if span.style != "plain" and not apart:
        element["style"] = {span.style: True} | ({"italic": True} if isinstance(span, _Strong) else {})
    return element


def _button(action: Action, written: Written, numbers: Iterator[int]) -> Json | None:
    value = written(action)
    if len(value) > MOST_VALUE:
        return None  # nothing shorter stands for it; what it does can be typed
    button = {
        "type": "button",
        "action_id": f"press-{next(numbers)}",
        "text": plain(action.label, MOST_LABEL),
        "value": value,
    }
    return button if action.style == "default" else {**button, "style": action.style}


def _pieces(text: str, most: int) -> list[str]:
    """*text* in pieces of at most *most* characters each, as Slack counts; at least one."""
    if _length(text) <= most:
        return [text]
    found, start, spent = [], 0, 0
    for at, sign in enumerate(text):
        wide = _length(sign)
        if spent + wide > most:
            found.append(text[start:at])
            start, spent = at, 0
        spent += wide
    return [*found, text[start:]]


def _length(text: str) -> int:
    """How long Slack finds *text*: escaped, and in units of sixteen bits."""
    if text.isascii() and not {"&", "<", ">"} & set(text):
        return len(text)
    return len(escape(text, quote=False)) + sum(ord(sign) > _HALVES for sign in text)
