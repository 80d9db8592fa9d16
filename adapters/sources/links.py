"""Where a paper points to: addresses inside its abstract, and what stands behind them."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final, Literal
from urllib.parse import urlsplit

from adapters.sources.limits import MOST_LINKS, MOST_URL
from bot.models import Link

Kind = Literal["code", "project", "data", "model", "video", "paper"]

# What an address may be written with, and TeX's way to write some of it: foo\_bar. A brace, quote or angle
# bracket ends it, and so does everything outside ASCII.
ADDRESS: Final = re.compile(
    r"(?:https?://|(?<![\w./@-])(?=(?:github\.com|huggingface\.co)/[\w-]+/))"
    r"(?:[\w\-.~:/?#\[\]@!$&'()*+,;=%]|\\[_%#&~$])+",
    re.ASCII | re.IGNORECASE,
)
HINTS: Final = ("://", "github.com/", "huggingface.co/")
ESCAPED: Final = re.compile(r"\\([_%#&~$])")
NEXT: Final = re.compile(r"(?<=[,;:\])(])(?=https?://)", re.IGNORECASE)  # a second address glued to the first
TRAILING: Final = ".,;:!?*$'"
PAIRS: Final = {")": "(", "]": "["}

KINDS: Final[dict[str, Kind]] = {
    "github.com": "code",
    "gist.github.com": "code",
    "gitlab.com": "code",
    "bitbucket.org": "code",
    "codeberg.org": "code",
    "gitee.com": "code",
    "anonymous.4open.science": "code",
    "colab.research.google.com": "code",
    "zenodo.org": "data",
    "kaggle.com": "data",
    "youtube.com": "video",
    "youtu.be": "video",
    "vimeo.com": "video",
    "arxiv.org": "paper",
    "doi.org": "paper",
    "openreview.net": "paper",
    "aclanthology.org": "paper",
}


def links(text: str) -> Iterator[Link]:
    """The first addresses in *text*, in their order, each with what stands behind it."""
    if not any(hint in text for hint in HINTS):  # most abstracts, and far faster than the search
        return
    glued = chain.from_iterable(NEXT.split(found[0], MOST_LINKS) for found in ADDRESS.finditer(text))
    for address in map(_trimmed, islice(glued, MOST_LINKS)):
        link = link_to(address if "://" in address else f"https://{address}")
        if link:
            yield link


def link_to(url: str, kind: Kind | None = None) -> Link | None:
    """A link to *url*, or None when it is no plain http(s) address that people can be sent to."""
    url = url.strip()
    if not safe(url):
        return None
    return Link(kind or _kind(url), url)


def distinct(found: Iterable[Link]) -> tuple[Link, ...]:
    """The first links of *found*, each address once."""
    first: dict[str, Link] = {}
    for link in found:
        first.setdefault(link.url, link)
    return tuple(first.values())[:MOST_LINKS]


def safe(url: str) -> bool:
    """Whether *url* is http(s), names a host, carries no credentials, and is not overlong."""
    if len(url) > MOST_URL or not ADDRESS.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that are no IPv6 host
        return False
    return parts.scheme in {"http", "https"} and "@" not in parts.netloc and "." in (parts.hostname or "")


def _trimmed(address: str) -> str:
    """*address* without the sentence around it: end marks, and brackets that it does not both open and close."""
    address = ESCAPED.sub(r"\1", address)
    address = address[: _unclosed(address)]
    spare = {close: address.count(close) - address.count(opens) for close, opens in PAIRS.items()}
    end = len(address)
    while end and (address[end - 1] in TRAILING or spare.get(address[end - 1], 0) > 0):
        end -= 1
        spare[address[end]] = spare.get(address[end], 0) - 1
    return address[:end]


def _unclosed(address: str) -> int:
    """Where the first bracket stands that is never closed: the end of the address."""
    opened: list[int] = []
    for at, sign in enumerate(address):
        if sign in "([":
            opened.append(at)
        elif sign in ")]" and opened:
            opened.pop()
    return opened[0] if opened else len(address)


def _kind(url: str) -> Kind:
    parts = urlsplit(url.lower())
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    if host in {"huggingface.co", "hf.co"}:
        return _at_hugging_face(parts.path)
    return KINDS.get(host, "project")


def _at_hugging_face(path: str) -> Kind:
    match path.strip("/").split("/"):
        case ["datasets", *_]:
            return "data"
        case ["papers", *_]:
            return "paper"
        case ["spaces" | "collections" | "blog" | "docs" | "", *_]:
            return "project"
        case [_, _, *_]:
            return "model"
        case _:
            return "project"
