"""A message as the parts that a post is put together from, none of them too long for one (pure)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from adapters.discord.markdown import address, escaped, host, linked, pieces, size, visible
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
    plain,
    said,
)

MOST_PART: Final = 3_000  # characters: every part fits into a post together with what leads to the others
_ATOM: Final = 1_500


@dataclass(frozen=True, slots=True)
class Part:
    """Something that stays together: Markdown, and the buttons that belong to it.

    What a paper's buttons are told apart by, where they do not stand beside it, is *name*. *picture* says what the
    picture shows that comes with the post and stands here. A part without anything is a line between others.
    """

    text: str = ""
    actions: tuple[Action, ...] = ()
    name: str = ""
    card: bool = False
    picture: str = ""

    @property
    def divider(self) -> bool:
        """Whether it is only a line."""
        return not (self.text or self.actions or self.picture)


def parts(message: Message, *, pictured: bool = False) -> list[Part]:
    """All that *message* says, in its order; its summary where its blocks say nothing.

    *pictured*: its bars come with the post as a picture.
    """
    found: list[Part] = []
    for block in message.blocks:
        drawn = [Part(picture=described(block))] if pictured and isinstance(block, Bars) else None
        found += drawn or _block(block)
    if all(part.divider for part in found):
        return list(_block(Paragraph(said(message.summary))))
    return found


def _block(block: Block) -> Iterator[Part]:
    match block:
        case Heading(text):
            yield from map(Part, _packed(_headed(text)))
        case Paragraph(text):
            yield from map(Part, _packed(pieces(text, _ATOM, lines=True)))
        case Card():
            yield from _card(block)
        case Actions(actions):
            if actions:
                yield Part(actions=actions)
        case Bars():
            yield from _block(Paragraph((code(block.lines),)))
        case Divider():
            yield Part()
        case _:
            assert_never(block)


def _headed(text: str) -> Iterator[str]:
    for at, piece in enumerate(pieces((Span(text),), _ATOM)):
        yield piece if at else f"### {piece.lstrip()}"


def _card(card: Card) -> Iterator[Part]:
    texts = _packed(_lines(card)) or ["…"]
    name = f"{card.number} · " if card.number is not None else ""
    yield Part(texts[0], card.actions, name + visible(plain(card.title)).strip(), card=True)
    yield from map(Part, texts[1:])


def _lines(card: Card) -> Iterator[str]:
    """The pieces of a card's lines, each line after the first beginning with its break."""
    yield from _title(card)
    where = escaped(host(card.url))
    quiet = " · ".join(part for part in (escaped(card.byline).strip(), where) if part)
    if quiet:
        yield f"\n-# {quiet}"
    yield from _line(card.body, "\n", lines=True)
    for note in card.notes:
        yield from _line(note, "\n-# ")


def _title(card: Card) -> Iterator[str]:
    """Number and title, all of it bold: one link is shorter than several, and a link within a link would be text."""
    own = not address(card.url)
    number = (Span(f"{card.number}. ", "bold"),) if card.number is not None else ()
    title = tuple(
        Span(span.text, "code" if span.style == "code" else "bold", span.url if own else "")
        for span in card.title
    )
    for piece in pieces((*number, *title), _ATOM):
        yield linked(piece, card.url)


def _line(text: Text, lead: str, *, lines: bool = False) -> Iterator[str]:
    begun = False
    for piece in pieces(text, _ATOM, lines=lines):
        if begun or piece.strip():
            yield piece if begun else f"{lead}{piece.lstrip()}"
            begun = True


def _packed(atoms: Iterable[str]) -> Sequence[str]:
    """The pieces, joined to as few texts as have their room; blank ones are nothing."""
    texts = [""]
    for atom in atoms:
        if size(texts[-1]) + size(atom) > MOST_PART:
            texts.append("")
        texts[-1] += atom
    return [text for text in (text.strip("\n ") for text in texts) if text]
