"""What is said: a message is data, and each adapter renders it.

Text is never markup: a title may hold `*`, `<` or `@`, and a renderer escapes it. One message is one post on
every platform, so it is bounded here. The bounds leave room below Slack's 50 blocks and 3,000 characters a
section, and Discord's 10 embeds and 6,000 characters a message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.models import Value

MOST_CARDS = 10
MOST_TEXT = 5_500  # visible characters, all blocks together
MOST_ACTIONS = 5  # on one card or in one row
WIDEST = 16  # signs of the longest bar: a phone shows the line whole
BAR = "▇"
MOST_BYTES = 8_000_000  # of all files together: below Discord's 10 MiB


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; with *url* it is a link.

    With *channel* it names a channel by its id: platforms show its name there and link it, others show *text*.
    """

    text: str
    style: Literal["plain", "bold", "italic", "code"] = "plain"
    url: str = ""
    channel: str = ""


Text = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A button: pressing it runs *command* with *arguments*."""

    label: str
    command: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    style: Literal["default", "primary", "danger"] = "default"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of the message or of a part of it."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Text


@dataclass(frozen=True, slots=True)
class Card:
    """One paper: its title, who wrote it, what to read of it, why it came, and what can be done."""

    title: Text
    number: int | None = None  # what people call it by, as in `why 3`
    url: str = ""
    byline: str = ""
    body: Text = ()
    notes: tuple[Text, ...] = ()  # lines below the body: why it came, votes and links
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Actions:
    """A row of buttons."""

    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Divider:
    """A thin line between parts."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A number for each day, as a small picture where a platform can show one with a post; elsewhere it is `lines`."""

    title: str
    days: tuple[tuple[str, int], ...]

    @property
    def lines(self) -> str:
        """A line a day: its name, its bar and its number."""
        most = max([1, *(count for _, count in self.days)])
        return "\n".join(f"{day}  {_bar(count, most)}{count:,}" for day, count in self.days)


@dataclass(frozen=True, slots=True)
class File:
    """A file that comes with a message, such as `interests.json`. *alt*: what is in it, for whoever cannot see it."""

    name: str
    content: bytes = field(repr=False)
    alt: str = ""


Block = Heading | Paragraph | Card | Actions | Divider | Bars


@dataclass(frozen=True, slots=True)
class Message:
    """What is said in one post.

    *summary* makes sense alone: notifications and screen readers get only that. A *refusal* answers a mistake or
    a fault: what was asked for has not been done. *files* go to the same reader, with the post or right after it;
    a platform that cannot show them says their *alt*. They are part of answers only, never of what is kept to be
    sent later. *folded*: in a channel the cards, and what follows them, go into the thread of the post, on a platform
    that has threads.

    Raises:
        ValueError: more than one post can hold, or nothing said at all.
    """

    summary: str
    blocks: tuple[Block, ...] = ()
    refusal: bool = False
    files: tuple[File, ...] = ()
    folded: bool = False

    def __post_init__(self) -> None:
        cards = [block for block in self.blocks if isinstance(block, Card)]
        rows = [block.actions for block in self.blocks if isinstance(block, Card | Actions)]
        if not self.summary.strip():
            raise ValueError("a message needs a summary")
        if len(cards) > MOST_CARDS or any(len(row) > MOST_ACTIONS for row in rows):
            raise ValueError(f"a message holds at most {MOST_CARDS} cards, {MOST_ACTIONS} actions each")
        if sum(len(file.content) for file in self.files) > MOST_BYTES:
            raise ValueError(f"a message holds at most {MOST_BYTES} bytes of files")
        if len(self) > MOST_TEXT:
            raise ValueError(f"a message holds at most {MOST_TEXT} characters, not {len(self)}")

    def __len__(self) -> int:
        """The visible characters of all blocks, buttons aside."""
        return sum(len(text) for block in self.blocks for text in _texts(block))


def bold(text: str) -> Span:
    """*text* in bold."""
    return Span(text, "bold")


def code(text: str) -> Span:
    """*text* as something to type."""
    return Span(text, "code")


def said(*parts: str | Span) -> Text:
    """Running text of plain strings and spans."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def marked(text: str) -> Text:
    """Running text in which whatever stands between backticks is something to type."""
    parts = text.split("`")
    return tuple(code(part) if at % 2 else Span(part) for at, part in enumerate(parts) if part)


def plain(text: Text) -> str:
    """*text* without its styles."""
    return "".join(span.text for span in text)


def note(*parts: str | Span) -> Message:
    """A message of one paragraph."""
    text = said(*parts)
    return Message(plain(text), (Paragraph(text),))


def refusal(*parts: str | Span) -> Message:
    """A message of one paragraph that says what has not been done, and why."""
    return replace(note(*parts), refusal=True)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield text
        case Paragraph(text):
            yield plain(text)
        case Card():
            yield from (plain(block.title), block.byline, plain(block.body), *map(plain, block.notes))
        case Bars():
            yield block.lines
        case Actions() | Divider():
            return


def _bar(count: int, most: int) -> str:
    return f"{BAR * max(1, round(WIDEST * count / most))} " if count else ""
