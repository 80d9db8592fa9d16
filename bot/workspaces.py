"""A workspace: what its admins decided, what they did, what its people share; and how all of it is forgotten.

A workspace is known by its platform and the platform's name for it, as the verified request told. No argument
and no button ever says which one is meant. The rules of `bot.interfaces` hold for every method here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from bot.models import Address, Reader, Value

Style = Literal["full", "short", "titles", "thread"]
"""A digest with all of each paper, without abstracts, of titles alone, or as a short post with all in its thread."""

Step = tuple[str, Mapping[str, Value]]
"""A command and what it is given."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one may ask for, so that everybody is served."""

    interests: int = 100  # of one person or channel
    length: int = 256  # characters of one interest
    commands: int = 30  # of one person in a minute
    sources: int = 20  # of one workspace
    papers: int = 10  # in one digest


MOST: Final = Limits(interests=1_000, length=256, commands=600, sources=200, papers=50)
"""What an admin can raise the limits to."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A Slack workspace or a Discord server as its admins set it up; until they do, as it stands here."""

    platform: str
    name: str
    limits: Limits = Limits()
    schedule: str = ""  # when those get their digests who have not said when; "": as is usual on the platform
    roles: tuple[str, ...] = ()  # ids of people and roles who may administer besides the platform's admins
    paused: bool = False  # nothing is sent
    styles: Mapping[str, Style] = field(default_factory=dict)  # of channels, by their id


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, or tried to do, as an admin. *undo*: what would take it back."""

    platform: str
    workspace: str
    person: str  # the platform's id; "" once they are forgotten
    command: str
    arguments: Mapping[str, Value]
    allowed: bool
    at: datetime
    id: int = 0
    undo: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamList:
    """Interests under a name, for anybody in the workspace to join. *person* shared it."""

    platform: str
    workspace: str
    name: str
    terms: tuple[str, ...]
    person: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is no longer needed is kept."""

    deliveries: timedelta = timedelta(days=90)  # since they were sent or given up
    acts: timedelta = timedelta(days=400)
    matches: timedelta = timedelta(days=180)  # of old landings; the papers themselves are public and stay
    receipts: timedelta = timedelta(
        days=90
    )  # of requests and mails that landed: the same again is nothing new


class Workspaces(Protocol):
    """What admins decided, and forgetting."""

    async def get(self, platform: str, name: str) -> Workspace:
        """The workspace, as it is until somebody decides otherwise when nobody has."""

    async def keep(self, workspace: Workspace) -> None:
        """Remember what was decided. Whoever has not said when their digests come gets them as it says now."""

    async def readers(self, platform: str, name: str) -> Sequence[Reader]:
        """The people and channels of this workspace, in the order they came."""

    async def forget(self, platform: str, name: str) -> None:
        """Forget the workspace and everybody in it, at once; no file of the database holds a word of it then."""

    async def forget_reader(self, address: Address) -> None:
        """Forget one person or channel likewise. Acts keep standing, without the person's name."""

    async def clean(self, retention: Retention, now: datetime) -> int:
        """Let go of what has been kept long enough, and say how many rows that were."""


class Audit(Protocol):
    """What was done by admins, allowed and denied. Entries are only added; forgetting takes names out."""

    async def note(self, act: Act) -> int:
        """Write *act* down, and say its number."""

    async def undoable(self, number: int, undo: Sequence[Step]) -> None:
        """Say what takes the act back. It can be said once."""

    async def acts(self, platform: str, workspace: str, limit: int) -> Sequence[Act]:
        """The last *limit* acts of the workspace, newest first."""

    async def act(self, platform: str, workspace: str, number: int) -> Act | None:
        """This act of the workspace, if there is one."""


class TeamLists(Protocol):
    """What people of a workspace share with each other."""

    async def share(self, shared: TeamList, *, at: datetime) -> None:
        """Offer the list, in the place of one of the same name."""

    async def unshare(self, platform: str, workspace: str, name: str) -> TeamList | None:
        """Take the list back; None when there was none."""

    async def lists(self, platform: str, workspace: str) -> Sequence[TeamList]:
        """The lists of the workspace, by name."""

    async def popular(
        self, asker: Address, workspace: str, least: int, limit: int
    ) -> Sequence[tuple[str, int]]:
        """Terms that at least *least* readers of this workspace follow and the asker does not, most first.

        Outside of any workspace nobody is told what others follow.
        """

    async def shared(self, person: Address) -> Sequence[TeamList]:
        """All that this person shares; of somebody who belongs to no workspace, wherever they do."""
