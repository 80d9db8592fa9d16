"""Markup to plain text, for sources that write their titles and abstracts in HTML.

Only names of real elements are tags: "for k<m and m>n" is mathematics, and stays.
"""

import html
import re
from typing import Final

from adapters.sources.content import FORBIDDEN

_NAMES: Final = (
    "a|abbr|address|article|aside|b|big|blockquote|br|center|cite|code|dd|del|div|dl|dt|em|figcaption|figure|font|footer"
    "|h[1-6]|header|hr|i|img|ins|jats:\\w+|kbd|label|li|main|mark|nav|ol|p|pre|q|s|samp|section|small|span|strong|sub|sup"
    "|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|wbr"
)
TAG: Final = re.compile(rf"</?(?:{_NAMES})(?:\s[^<>]{{0,2000}})?/?\s*>", re.IGNORECASE)
APART: Final = re.compile(
    r"</?(?:address|article|blockquote|br|dd|div|dl|dt|figure|h[1-6]|header|hr|jats:\w+|li|ol|p|pre|section|table|td|th"
    r"|tr|ul)\b",
    re.IGNORECASE,
)
UNSEEN: Final = re.compile(
    r"<(script|style)\b.{0,100000}?</\1\s*>|<!--.{0,100000}?-->", re.IGNORECASE | re.DOTALL
)
SPACE: Final = re.compile(r"\s+")


def plain(markup: str) -> str:
    """*markup* as one line of text, without tags, entities and characters that no text may hold."""
    seen = UNSEEN.sub(" ", markup) if "<" in markup else markup
    bare = TAG.sub(lambda tag: " " if APART.match(tag[0]) else "", seen)
    return line(html.unescape(bare))


def line(text: str) -> str:
    """*text* on one line, its runs of space made one, without characters that no text may hold."""
    return SPACE.sub(" ", FORBIDDEN.sub("", text)).strip()


def shortened(text: str, most: int) -> str:
    """The whole words at the beginning of *text*, at most so many characters."""
    if len(text) <= most:
        return text
    return text[: most - 1].rpartition(" ")[0].rstrip() + "…"
