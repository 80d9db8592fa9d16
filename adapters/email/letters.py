"""A message as a mail: a text and a page (pure). Text stays text, and only addresses of the web become links."""

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Final

from adapters.visible import followable, visible
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
)

WIDTH: Final = 78  # columns of the text
LINKED: Final = frozenset({"email confirm"})
"""Commands of buttons that work in a mail; the others are for the chat."""
STOP: Final = Action("Unsubscribe", "email stop")

_PAGE: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    '<title>{title}</title></head><body style="font:16px/1.5 system-ui,sans-serif;max-width:42em;margin:auto;'
    'padding:1em">{body}<hr><p style="font-size:14px">{foot}</p></body></html>'
)
_BUTTON: Final = (
    "display:inline-block;padding:.6em 1em;border:1px solid;border-radius:.4em;text-decoration:none"
)
_WHOLE: Final = policy.SMTP.clone(max_line_length=990)  # a link in a header must not be broken, nor encoded
_TAGS: Final = {"bold": "strong", "italic": "em", "code": "code"}

Link = Callable[[Action], str]
"""The address at which a button's action is done."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around a message. *key* names it, the same for every try."""

    sender: str
    to: str
    key: str
    at: datetime


def render(message: Message, around: Envelope, link: Link) -> EmailMessage:
    """The mail, with a link that unsubscribes with one click (RFC 8058)."""
    mail, stop = EmailMessage(policy=_WHOLE), link(STOP)
    mail["From"], mail["To"] = around.sender, around.to
    mail["Subject"] = " ".join(visible(message.summary).split())[:200]
    mail["Date"] = format_datetime(around.at)
    mail["Message-ID"] = f"<{around.key}@{parseaddr(around.sender)[1].rpartition('@')[2]}>"
    mail["List-Unsubscribe"] = f"<{stop}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    foot = "You get this because you asked for it in your chat."
    lines = [line for block in message.blocks for line in _lines(block, link)]
    text = "\n".join(lines or [visible(message.summary)]).strip("\n")
    mail.set_content(f"{text}\n\n--\n{foot}\nUnsubscribe: {stop}\n", cte="quoted-printable")
    body = "".join(part for block in message.blocks for part in _parts(block, link))
    page = _PAGE.format(
        title=_html(message.summary),
        body=body or f"<p>{_html(message.summary)}</p>",
        foot=f'{foot} <a href="{escape(stop)}">Unsubscribe</a>',
    )
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    return mail


def _lines(block: Block, link: Link) -> Iterator[str]:
    match block:
        case Heading(text):
            yield from ["", visible(text), "=" * min(len(text), WIDTH), ""]
        case Paragraph(text):
            yield from [*_wrapped(_written(text)), ""]
        case Card():
            number = f"{block.number}. " if block.number is not None else ""
            yield from _wrapped(f"{number}{_written(block.title)}")
            notes = [_written(note) for note in block.notes]
            for part in (block.byline, _written(block.body), *notes):
                yield from _wrapped(part, "   ") if part else []
            yield from [f"   {block.url}", ""] if block.url else [""]
        case Actions(actions):
            yield from [f"{one.label}: {link(one)}" for one in actions if one.command in LINKED]
            yield from [_rest(one) for one in actions if one.command == "show"]
        case Bars():
            yield from [*block.lines.splitlines(), ""]
        case Divider():
            yield "-" * 20


def _parts(block: Block, link: Link) -> Iterator[str]:
    match block:
        case Heading(text):
            yield f"<h2>{_html(text)}</h2>"
        case Paragraph(text):
            yield f"<p>{_spans(text)}</p>"
        case Card():
            number = f"{block.number}. " if block.number is not None else ""
            title = f"{number}{_spans(block.title)}"
            yield f'<h3 style="margin-bottom:0">{_anchor(block.url, title)}</h3>'
            yield f'<div style="opacity:.7">{_html(block.byline)}</div>' if block.byline else ""
            yield f"<p>{_spans(block.body)}</p>" if block.body else ""
            yield from (f'<div style="font-size:14px">{_spans(note)}</div>' for note in block.notes)
        case Actions(actions):
            linked = [one for one in actions if one.command in LINKED]
            yield from (
                f'<p><a style="{_BUTTON}" href="{escape(link(one))}">{_html(one.label)}</a></p>'
                for one in linked
            )
            yield from (f"<p>{_html(_rest(one))}</p>" for one in actions if one.command == "show")
        case Bars():
            yield f"<p>{_spans((code(block.lines),))}</p>"
        case Divider():
            yield "<hr>"


def _rest(action: Action) -> str:
    """In place of the button with the rest of a digest."""
    return f"{action.label} with `today` in your chat."


def _wrapped(text: str, indent: str = "") -> list[str]:
    return [
        line
        for part in visible(text, lines=True).split("\n")
        for line in textwrap.wrap(
            part, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False
        )
        or [""]
    ]


def _written(text: Text) -> str:
    """Running text, with the addresses of its links."""
    return "".join(f"{span.text} ({span.url})" if followable(span.url) else span.text for span in text)


def _spans(text: Text) -> str:
    return "".join(map(_span, text))


def _span(span: Span) -> str:
    tag, told = _TAGS.get(span.style, ""), _html(span.text).replace("\n", "<br>")
    return _anchor(span.url, f"<{tag}>{told}</{tag}>" if tag else told)


def _anchor(url: str, told: str) -> str:
    return f'<a href="{escape(url)}">{told}</a>' if followable(url) else told


def _html(text: str) -> str:
    return escape(visible(text, lines=True))


def summary(message: Message) -> str:
    """All of a message's running text, for a page that answers a link."""
    texts = [plain(block.text) for block in message.blocks if isinstance(block, Paragraph)]
    return "\n".join(texts) or message.summary
