"""The kinds of sources there are, and what an admin's word for one means. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.errors import BadArguments
from bot.sources import EVERYWHERE, Place, Source

HOUR: Final = timedelta(hours=1)
NAME: Final = re.compile(r"[\w][\w.-]{0,39}")
_CATEGORY: Final = (
    r"(?:astro-ph|cond-mat|cs|econ|eess|gr-qc|hep-(?:ex|lat|ph|th)|math(?:-ph)?|nlin|nucl-(?:ex|th)|physics|q-bio"
    r"|q-fin|quant-ph|stat)(?:\.[A-Za-z-]{2,10})?"
)
CATEGORIES: Final = re.compile(rf"{_CATEGORY}(?:[+, ]+{_CATEGORY}){{0,19}}")
"""Those of arXiv: any other word would be a source that never brings anything."""
QUERY: Final = re.compile(r"(?:au|ti|abs|co|jr|cat|rn|all|author):\S.{0,400}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source: what it is, an example of its address, what an address must look like, how often it is read."""

    summary: str
    example: str
    address: str  # a regular expression
    every: timedelta = HOUR
    usual: str = ""  # the address where none is given
    defaults: Mapping[str, str] = field(default_factory=dict)


KINDS: Final[dict[str, Kind]] = {
    "huggingface": Kind(
        "Hugging Face's daily papers",
        "daily",
        r"daily|weekly|monthly|trending",
        timedelta(minutes=30),
        "daily",
    ),
    "arxiv": Kind("what arXiv announces in these categories", "cs.LG+cs.CL", CATEGORIES.pattern, HOUR / 4),
    "arxiv-query": Kind("what arXiv finds for a query", "au:lecun_y", QUERY.pattern, timedelta(hours=6)),
    "biorxiv": Kind("bioRxiv, all of it or some subjects", "neuroscience", r"[a-z ,]{0,400}", HOUR * 3),
    "medrxiv": Kind("medRxiv, all of it or some subjects", "epidemiology", r"[a-z ,]{0,400}", HOUR * 3),
    "openreview": Kind(
        "a venue at OpenReview", "ICLR.cc/2027/Conference", r"[\w.-]+(?:/[\w.-]+){1,5}", HOUR * 6
    ),
    "semanticscholar": Kind(
        "what Semantic Scholar finds for words", "protein folding", r".{2,300}", HOUR * 6
    ),
    "feed": Kind(
        "any feed of RSS or Atom", "https://example.org/feed.xml", r"https?://[^\s@]{4,1990}", HOUR / 2
    ),
    "mailbox": Kind(
        "a mailbox over IMAP", "imaps://ada@mail.example.org/INBOX", r"imaps://\S{3,400}", HOUR / 4
    ),
    "folder": Kind(
        "files dropped into a folder", "/var/lib/digestbot/drop", r"/.{1,1000}", timedelta(seconds=10)
    ),
}


def sourced(address: str, kind: str = "", name: str = "", place: Place = EVERYWHERE) -> Source:
    """The source that somebody means: by its *kind*, or else by how its *address* looks.

    Raises:
        BadArguments: what cannot be a source, and how one is written.
    """
    address = address.strip()
    kind = (kind or _guessed(address)).strip().lower()
    if not kind:
        raise BadArguments(
            f"I cannot tell what “{address[:80]}” is. Name the address of a feed, categories of arXiv such "
            f"as `cs.LG+cs.CL`, or one of these kinds: {', '.join(KINDS)}."
        )
    if kind not in KINDS:
        raise BadArguments(f"There is no kind of source called `{kind}`. There are: {', '.join(KINDS)}.")
    if address.lower() in KINDS:
        address = ""
    found = KINDS[kind]
    address = address or found.usual
    if not re.fullmatch(found.address, address):
        raise BadArguments(
            f"A source of the kind `{kind}` is {found.summary}: write it like `{found.example}`."
        )
    name = (name or _named(kind, address)).strip()
    if not NAME.fullmatch(name):
        raise BadArguments("A source's name has up to 40 letters, digits, dots and hyphens.")
    if kind == "arxiv":
        address = "+".join(re.split(r"[+, ]+", address))
    return Source(name, kind, address, found.defaults, place, found.every)


def _guessed(address: str) -> str:
    """The kind that an address looks like."""
    low = address.lower()
    if low in KINDS:
        return low
    if re.search(r"//huggingface\.co/papers", low):
        return "huggingface"
    if low.startswith("imaps://"):
        return "mailbox"
    if low.startswith(("http://", "https://")):
        return "feed"
    if QUERY.fullmatch(address):
        return "arxiv-query"
    if address.startswith("/"):
        return "folder"
    return "arxiv" if CATEGORIES.fullmatch(address) else ""


def _named(kind: str, address: str) -> str:
    """A name from what it is: the host of a feed, the last part of a folder, else its kind."""
    if kind == "feed":
        host = re.sub(r"^https?://(?:www\.|rss\.)?", "", address).partition("/")[0]
        return re.sub(r"[^\w.-]", "-", host)[:40]
    if kind == "arxiv":
        return "arxiv" if not address else f"arxiv-{re.split('[+, ]', address)[0]}".lower()
    if kind in {"arxiv-query", "semanticscholar", "openreview"}:
        return re.sub(r"[^\w.]+", "-", address).strip("-.")[:40].lower()
    return kind
