"""The lines of a page, undressed.

Pages are copied in many ways: as bare text, as markdown with links, with links as numbered references, with
addresses on lines of their own. What is left without all that says what a line is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from adapters.sources.content import damage, named
from adapters.sources.limits import MOST_LINE, MOST_LINES
from adapters.sources.signs import Kind, sign
from bot.errors import Refused


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: *text* without its dress, and the *url* that it leads to."""

    number: int
    kind: Kind
    text: str = ""
    url: str = ""
    indent: int = 0
    level: int = 0  # of a heading
    apart: bool = True  # no text stands right before it
    unfinished: bool = False  # its link goes on in the next line


MAIL: Final = re.compile(r"\s*(?:new\s*)?(?:Get trending papers in your email inbox(?: once a day)?!\s*)+")
SUBSCRIBE: Final = re.compile(r"\s*Subscribe")
HEADED: Final = re.compile(r"(#{1,6})\s+(?=\S)")
IMAGE: Final = re.compile(r"!\[[^\[\]]{0,300}\]\([^()\s]{0,2000}\)")
REFERENCE: Final = re.compile(r"\]\[\d{1,4}\]$")
CODE: Final = re.compile(r"https?://github\.com/[^\s()\[\]]+")
OBJECT: Final = re.compile(r"\s*\{\s*\"\w{1,40}\"\s*:")
LINE_BREAK: Final = re.compile(r"[\n\x0b\x0c\x85\u2028\u2029]")


def lines(text: str) -> Iterator[Line]:
    """Every line of *text* that is not blank, counted from 1.

    Raises:
        Refused: a line with characters that no text may hold, an overlong one, or a row of JSON.
    """
    dressed = "](" in text or "][" in text
    apart, mail, before = True, False, Kind.BLANK
    for number, raw in enumerate(LINE_BREAK.split(text), 1):
        _check(raw, number)
        unglued, glued = _unglued(raw, button=mail)
        line = _line(unglued, number, apart=apart, dressed=dressed)
        if glued and line.kind is Kind.BLANK:
            line = Line(number, Kind.BANNER)
        elif before is Kind.SUBMITTED and line.kind is Kind.TEXT:
            line = Line(number, Kind.NAME)
        apart = line.kind not in {Kind.TEXT, Kind.HEADING}
        if line.kind is not Kind.BLANK:
            yield line
            mail, before = glued and bool(MAIL.match(raw)), line.kind


def _check(raw: str, number: int) -> None:
    if number > MOST_LINES:
        raise Refused(f"more than {MOST_LINES:,} lines; land them in several files, or as JSON Lines", number)
    damaged = damage(raw)
    if damaged:
        raise Refused(f"{named(damaged[0])} stands in it, so it is no text; give a page as text", number)
    if len(raw) > MOST_LINE:
        raise Refused(f"a line of {len(raw):,} characters; at most {MOST_LINE:,} fit", number)
    if OBJECT.match(raw):
        raise Refused("a row of JSON inside a page of text; land them in two files", number)


def _unglued(raw: str, *, button: bool) -> tuple[str, bool]:
    """*raw* without the banner that was glued to it, and whether there was one; *button* after the mail banner."""
    mail = MAIL.match(raw)
    rest = raw[mail.end() :] if mail else raw
    subscribe = SUBSCRIBE.match(rest) if mail or button else None
    return rest[subscribe.end() :] if subscribe else rest, bool(mail or subscribe)


def _line(raw: str, number: int, *, apart: bool, dressed: bool) -> Line:
    text = raw.strip()
    kind = sign(text, apart=apart)
    if kind is Kind.BUTTON:
        code = CODE.search(text)
        return Line(number, kind, text, code[0] if code else "")
    if kind is Kind.ADDRESS:
        return Line(number, kind, url=text)
    url, unfinished, headed = "", False, HEADED.match(text)
    if dressed or headed:
        text, url, unfinished = _undressed(text[headed.end() :] if headed else text)
        kind = sign(text, apart=apart)
    if headed and kind is Kind.TEXT:
        kind = Kind.HEADING
    indent, level = len(raw) - len(raw.lstrip()), len(headed[1]) if headed else 0
    return Line(number, kind, text, url, indent, level, apart, unfinished)


def _undressed(text: str) -> tuple[str, str, bool]:
    """*text* out of its link, where the link leads, and whether it goes on in the next line."""
    text = IMAGE.sub("", text).strip() if "![" in text else text
    inner, url = _link_end(text)
    opened = inner.count("[") - inner.count("]")
    if inner == text:
        unfinished = text.startswith("[") and opened == 1
        return (text[1:] if unfinished else text), "", unfinished
    if opened == 1 and inner.startswith("["):
        return inner[1:].strip(), url, False
    return (inner.strip(), url, False) if opened == 0 else (text, "", False)


def _link_end(text: str) -> tuple[str, str]:
    at = text.rfind("](")
    if text.endswith(")") and at >= 0 and not re.search(r"\s", text[at:]):
        return text[:at], text[at + 2 : -1]
    reference = REFERENCE.search(text, max(0, len(text) - 8))
    return (text[: reference.start()], "") if reference else (text, "")
