"""The values the core speaks: papers, digests, interests, addresses, deliveries.

Every moment is an aware UTC `datetime`; every day is a local `date`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final, Literal

from bot.schedules import DAILY, INSTANTLY, Schedule

FOREVER: Final = datetime.max.replace(tzinfo=UTC)
"""The end of a pause that has none."""

Now = Callable[[], datetime]
"""The clock, passed in: the present as an aware UTC moment."""

Value = str | int | bool
"""What an option of a command can hold."""


@dataclass(frozen=True, slots=True)
class Address:
    """A person or a channel on a platform: who follows, and where to send."""

    platform: str
    workspace: str
    id: str
    kind: Literal["person", "channel"] = "person"

    @classmethod
    def whole(cls, platform: str, workspace: str = "") -> "Address":
        """A workspace itself, or a platform: what is kept for everybody there, and nobody's own."""
        return cls(platform, workspace, "", "channel")


@dataclass(frozen=True, slots=True)
class Link:
    """A place a paper points to, such as its code or its project page."""

    kind: Literal["code", "project", "data", "model", "video", "paper"]
    url: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One abstract with its metadata, as a source gave it or as storage keeps it."""

    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    organisation: str = ""
    source: str = ""  # where it came from, such as "arxiv" or "huggingface"
    arxiv_id: str = ""  # without version
    doi: str = ""
    url: str = ""
    links: tuple[Link, ...] = ()
    upvotes: int | None = None
    published: date | None = None
    comment: str = ""
    version: int = 0  # 1 is the first; 0: the source does not count them
    id: int = 0  # given by storage; 0 before the paper has landed

    @property
    def keys(self) -> tuple[str, ...]:
        """What it is known by, strongest first: arXiv id, DOI, title with first author, title with abstract.

        Two papers are one when they share a key and no stronger kind of key tells them apart.
        """
        title = _folded(self.title)
        author = [f"author:{_digest(title, _folded(self.authors[0]))}"] if self.authors else []
        return (
            *([f"arxiv:{self.arxiv_id}"] if self.arxiv_id else []),
            *([f"doi:{self.doi.lower()}"] if self.doi else []),
            *author,
            f"abstract:{_digest(title, _folded(self.abstract)[:200])}",
        )

    def merged(self, other: "Paper") -> "Paper":
        """The best of both: this one's id, arXiv's text before another's, and whatever only *other* knows."""
        links = {link.url: link for link in (*other.links, *self.links)}
        text = other if _reads_better(other, self) else self
        return replace(
            self,
            title=text.title,
            abstract=text.abstract,
            authors=self.authors or other.authors,
            categories=tuple(dict.fromkeys((*self.categories, *other.categories))),
            organisation=self.organisation or other.organisation,
            arxiv_id=self.arxiv_id or other.arxiv_id,
            doi=self.doi or other.doi,
            url=self.url or other.url,
            links=tuple(links.values()),
            upvotes=other.upvotes if other.upvotes is not None else self.upvotes,
            published=self.published or other.published,
            comment=self.comment or other.comment,
            version=max(self.version, other.version),
        )


@dataclass(frozen=True, slots=True)
class Digest:
    """The papers that one source announced together.

    *fingerprint* names the content: the same fingerprint twice is one landing.
    """

    source: str
    day: date
    papers: tuple[Paper, ...]
    fingerprint: str
    cursor: str = ""  # where the source goes on reading after this one
    updates: tuple[Paper, ...] = ()  # new versions of papers that were announced before: never told as new
    quiet: bool = False  # landed as a baseline: nobody is told
    letter: str = ""  # the Message-ID of the mail it came in: one mail lands once


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of a digest: *papers* in it, *new* among them; *again* when it had landed before.

    *quiet*: it is a baseline, and nobody is told of it.
    """

    digest: int
    source: str
    day: date
    papers: int
    new: int
    at: datetime
    again: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Interest:
    """A term that somebody follows: as *typed*, and the *normal* form it is compared by."""

    owner: Address
    typed: str
    normal: str
    id: int = 0
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a term meets a paper: characters *start* to *end* of *field* as the source wrote it."""

    field: Literal["title", "abstract", "author", "category", "source"]
    start: int
    end: int
    text: str


def usual(address: Address) -> Schedule:
    """When digests come to somebody who has not said: every morning, and in a terminal as soon as they land."""
    return INSTANTLY if address.platform == "console" else DAILY


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who gets digests, a person or a channel, and how they want them.

    *chosen*: they said themselves which *zone* they live by; *decided*: when their digests come. *slot* is the last
    local day that has had its digest, at *last*. *closed* says why their platform takes no posts to them any more;
    empty where it does.
    """

    address: Address
    zone: str = "UTC"
    paused_until: datetime | None = None  # FOREVER: until they resume
    schedule: Schedule = DAILY
    chosen: bool = False
    decided: bool = False
    verbose: bool = False  # a day without anything new is told, too
    slot: date | None = None
    last: datetime | None = None
    closed: str = ""

    @property
    def back(self) -> datetime | None:
        """When digests come back by themselves after a pause; None where only the reader brings them back."""
        return None if self.paused_until == FOREVER else self.paused_until

    def paused(self, now: datetime) -> bool:
        """Whether digests rest at *now*."""
        return self.paused_until is not None and now < self.paused_until


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as somebody gave it: typed, picked from a menu, or a button pressed.

    *id* is the platform's own name for this one act, so that a repeat has no second effect; empty when there
    is none. *admin*: the platform says, freshly, that the user may administer *place*'s workspace. *zone* is
    the user's time zone, where the platform tells it. *roles* are the ids of the roles the user holds there,
    where the platform has such (Discord): admins can let a role administer.
    """

    command: str
    user: Address
    place: Address
    arguments: Mapping[str, Value] = field(default_factory=dict)
    id: str = ""
    admin: bool = False
    zone: str = ""
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A post as its platform knows it."""

    platform: str
    channel: str
    id: str


def _reads_better(other: Paper, paper: Paper) -> bool:
    """Whether the text of *other* is the one to show: arXiv's own abstract, or any where there was none."""
    own = other.source == "arxiv" != paper.source
    return bool(other.abstract) and (own or not paper.abstract)


def _folded(text: str) -> str:
    """Letters and digits only, without case, accents or spaces: how titles are compared."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[\W_]+", "", plain)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()
