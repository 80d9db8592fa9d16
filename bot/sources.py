"""Sources as admins name them, and what is remembered of each: where it stands, how it fares, when it is read next."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.models import Digest

Place = tuple[str, str]
"""Whose a source is: a platform and its workspace."""

EVERYWHERE: Final[Place] = ("", "")
"""The place of sources that everybody shares."""


@dataclass(frozen=True, slots=True)
class Source:
    """A place that is read for new papers, and how reading it went."""

    name: str  # what people call it, and what `source:` finds its papers by
    kind: str  # which reader it is for, such as "arxiv" or "feed"
    address: str = ""  # what to read there: categories, a query, an address, a folder
    options: Mapping[str, str] = field(default_factory=dict)
    place: Place = EVERYWHERE
    every: timedelta = timedelta(hours=1)
    id: int = 0  # given by storage
    paused: bool = False
    cursor: str = ""  # where reading goes on
    etag: str = ""  # what the place calls the content that was read last
    modified: str = ""  # when the place says that content was changed
    next_read: datetime | None = None
    last_read: datetime | None = None  # with success
    last_new: datetime | None = None  # when it last brought papers nobody had
    heard: datetime | None = None  # when what it announced last landed first, whoever brought it
    papers: int = 0  # papers that it was the first to bring
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    errors: Mapping[str, int] = field(default_factory=dict)  # how often each cause, ever
    last_error: str = ""
    told: str = ""  # the trouble that admins were told of; "" for none

    @property
    def fresh(self) -> bool:
        """Whether nothing of it was ever read: then what it holds is a baseline."""
        return self.last_read is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one reading of a source went. *cause* is one word, and *error* a sentence; "" when it went well."""

    next_read: datetime
    cursor: str = ""
    etag: str = ""
    modified: str = ""
    papers: int = 0
    new: int = 0
    heard: datetime | None = None  # when the papers it announces landed first; None where it announces none
    cause: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a reading got to. *wait*: seconds that the place wants to be left alone."""

    cursor: str = ""
    etag: str = ""
    modified: str = ""
    wait: float = 0.0


class PaperSource(Protocol):
    """A place where new papers are announced."""

    @property
    def name(self) -> str:
        """What `source:` finds its papers by."""

    def digests(self, since: str) -> AsyncIterator[Digest]:
        """The digests after cursor *since* ("" for the first time), oldest first.

        Raises:
            Refused: what stands there is no digest.
        """


class Visit(PaperSource, Protocol):
    """One reading of a source.

    `digests` raises Unread when the place cannot be asked, and Emptied when filters leave nothing of much.
    """

    @property
    def mark(self) -> Mark:
        """Where it got to, once its digests have been taken."""


class Sources(Protocol):
    """The sources, shared by every process that reads."""

    async def add(self, source: Source, *, at: datetime) -> Source:
        """Keep *source*, to be read from *at* on. Raises AlreadyThere when its place has one of that name.

        One that was removed within the last days and comes back alike goes on where it stood.
        """

    async def remove(self, name: str, place: Place = EVERYWHERE, *, at: datetime) -> Source:
        """Give it up; its papers stay. Raises UnknownSource."""

    async def listed(self, place: Place | None = None) -> Sequence[Source]:
        """The sources in the order they came: all, or those of this place and of everybody."""

    async def get(self, name: str, place: Place = EVERYWHERE) -> Source:
        """The source of this name. Raises UnknownSource."""

    async def pause(self, name: str, place: Place = EVERYWHERE, *, paused: bool) -> Source:
        """Let it rest, or read it again. Raises UnknownSource."""

    async def read_now(self, name: str, place: Place = EVERYWHERE, *, at: datetime) -> Source:
        """Let it be due at *at*. Raises UnknownSource."""

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> Sequence[Source]:
        """Take up to *limit* sources that are due; nobody else gets them within *lease*."""

    async def go_on(self, id_: int, cursor: str) -> None:
        """Remember that everything up to *cursor* has landed, while the reading goes on."""

    async def record(self, id_: int, outcome: Outcome, *, at: datetime) -> Source | None:
        """Write down how the reading went and give the claim back; None when it was removed meanwhile."""

    async def tell(self, id_: int, trouble: str) -> bool:
        """Note that admins hear of *trouble* ("" that it is over). False when they had been told already."""

    async def take_turn(self, place: str, holder: str, now: datetime, lease: timedelta) -> datetime | None:
        """Be the only one in all processes who asks *place*, until *lease* ends: None; or when to try again."""

    async def end_turn(self, place: str, holder: str, free: datetime) -> None:
        """Let the next one ask *place* from *free* on."""

    async def receipt(self, request: str) -> int | None:
        """The landing that the request of this id became, if it came before."""

    async def keep_receipt(self, request: str, digest: int, *, at: datetime) -> int:
        """Remember what the request became, and give what it became first."""
