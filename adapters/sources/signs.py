"""What a line of a page can be, and how to tell: text of a paper, or one of the things that stand around it."""

import re
from enum import Enum, auto
from typing import Final

from adapters.sources.days import DAY


class Kind(Enum):
    """What a line can be."""

    TEXT = auto()  # of a title or an abstract
    HEADING = auto()  # a title, in markdown
    BLANK = auto()  # nothing, or what only markup left behind
    BANNER = auto()  # names of pages and buttons around the list
    COUNT = auto()  # a number alone: votes, comments, stars
    UPVOTE = auto()  # the button whose number follows it
    DATE = auto()  # a day, or the dot before it, or an organisation, dot and day
    AUTHORS = auto()  # "5 authors", "3 comments"
    BUTTON = auto()  # where a card leads to: code, arXiv
    SUBMITTED = auto()  # "Submitted by", the name in the next line
    NAME = auto()  # who submitted it
    ADDRESS = auto()  # where the line before leads to, on a line of its own


LONGEST: Final = 3_000  # characters of a sign with its link; what is longer is text
SHORTEST_ADDRESS: Final = re.compile(r"https?://huggingface\.co(?:/\S*)?")
BULLET: Final = re.compile(r"\A(?:[-*•]\s+)+(?=\S)")
BANNERS: Final = frozenset(
    "subscribe|daily|weekly|monthly|daily weekly monthly|daily papers|trending papers|daily papers - hugging face"
    "|and the research community|hugging face|company|tos|previous|next|back to top|system theme".split("|")
)
# Words that could also end a title whose line was wrapped: "… of Large Language / Models".
BANNERS_APART: Final = frozenset(
    "new|by|ak|models|datasets|spaces|buckets|buckets new|docs|enterprise|pricing|log in|sign up|website|tasks"
    "|huggingchat|collections|languages|organizations|community|blog|posts|learn|discord|forum|github|solutions"
    "|terms|privacy|about|careers".split("|")
)
AFTER_DAY: Final = r"\s*(?:\[?\s*\d{1,6}\s*(?:\](?:\([^()\s]*\)|\[\d{1,4}\])?)?)?"  # comments: "May 29[6](…)"

PATTERNS: Final = {
    Kind.BLANK: r"[-=*_]{3,}|`{3}\w*|<a id=\"[^\"]{0,100}\"></a>|\[|\]\[\d{1,4}\]|\[[^\[\]]{0,300}\]|\\+",
    Kind.BANNER: r"by\b.{0,300}\band the research community|daily weekly monthly trending papers",
    Kind.SUBMITTED: r"submitted by",
    Kind.NAME: r"submitted by \S{1,60}",
    Kind.COUNT: r"(?:\[-\]\s*)?(?:-|\d{1,3}(?:,\d{3})+|\d{1,7}|\d{1,4}(?:\.\d{1,2})?k)",
    Kind.UPVOTE: r"upvote(?:\s+(?:-|[\d.,]{1,9}k?))?",
    Kind.AUTHORS: r"\+?\s?\d{1,5} (?:authors?|comments?)",
    Kind.DATE: rf"[^·]{{0,600}}·\s*(?:(?:published on\s+)?{DAY.pattern}{AFTER_DAY})?"
    rf"|(?:published on\s+)?{DAY.pattern}{AFTER_DAY}",
    Kind.BUTTON: r"\[?(?:LINK: )?(?:GitHub(?: [\d.,]{1,9}k?)?|arXiv Page|Project Page)(?:\]\(.*| arXiv Page)?",
    Kind.ADDRESS: r"https?://(?:huggingface\.co/(?:papers/|login)|arxiv\.org/abs/)\S*",
}
SIGN: Final = re.compile("|".join(f"(?P<{kind.name}>{it})" for kind, it in PATTERNS.items()), re.IGNORECASE)


def sign(text: str, *, apart: bool) -> Kind:
    """What *text* is, without its dress; *apart* when no text stands right before it."""
    if not text:
        return Kind.BLANK
    if len(text) > LONGEST:
        return Kind.TEXT
    bare = BULLET.sub("", text.rstrip("\\ ")) or text
    if bare.casefold() in BANNERS or (apart and bare.casefold() in BANNERS_APART):
        return Kind.BANNER
    if apart and SHORTEST_ADDRESS.fullmatch(bare):
        return Kind.ADDRESS
    found = SIGN.fullmatch(bare)
    return Kind[found.lastgroup] if found and found.lastgroup else Kind.TEXT
