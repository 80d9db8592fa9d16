"""What the core asks of the outside: chat platforms, sources of papers, storage. Small Protocols, owned here.

Rules that hold for every method of storage: it is one transaction; values go in and values come out; any
method may be called from several tasks and processes at once, and the database's constraints decide races.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Protocol

from bot.inboxes import Inboxes
from bot.installations import Installations
from bot.messages import Message
from bot.models import Address, Digest, Interest, Invocation, Landing, MessageRef, Paper, Reader
from bot.notes import Notes
from bot.owed import Delivery, Outbox, Pace
from bot.rarities import Rarities
from bot.registry import CommandRegistry
from bot.schedules import Schedule
from bot.shelf import Shelf
from bot.sources import Sources
from bot.spellings import Aliases
from bot.standing import Standing
from bot.wishes import Wishes
from bot.workspaces import Audit, TeamLists, Workspaces

__all__ = ["ChatAdapter", "Delivery", "Dispatch", "Matches", "Outbox", "Pace", "Papers", "People", "Storage"]

Dispatch = Callable[[Invocation], Awaitable[Message]]


class ChatAdapter(Protocol):
    """One chat platform. Sending needs no running: a process may do only the one or the other."""

    @property
    def name(self) -> str:
        """The `Address.platform` this adapter serves, such as "slack"."""

    @property
    def pace(self) -> Pace:
        """How fast it may be sent to; whoever sends keeps to it, over all processes."""

    async def run(self, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """Connect, publish *commands*, and answer every invocation through *dispatch*.

        Acknowledges within the platform's deadline first. Reconnects by itself. Ends only when cancelled or
        when the other side hangs up for good, closing what it opened.
        """

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Post *message* as one platform message, in one attempt; the same *key* never appears twice to a reader.

        *tried*: since then an earlier attempt with this key may have been posted. It is looked for in the
        conversation first and, when it is there, given back instead of posting.

        Raises:
            RateLimited: nothing was posted; come back after `retry_after` seconds, and leave what `rests` alone.
            NotPosted: nothing was posted; it may work later.
            Unavailable: it may work later, and it may have been posted.
            Unseen: likewise, and the conversation cannot be read to find out about the earlier attempt.
            Unreachable: nothing was posted and never will be at this address.
            Disconnected: nothing was posted, nor will be in this workspace, or by this bot, until somebody acts.
            Unsayable: nothing was posted: the platform does not take this message.
        """

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """Take away all but the first of the messages with *key* posted to *to* since then, and say how many.

        Raises a SendError where that cannot be done now; Unseen: nor ever, for nobody can see them.
        """


Matches = Mapping[int, Sequence[int]]
"""Which papers each term meets: the term's id to positions of papers in the digest."""


class People(Protocol):
    """Readers, and what they follow."""

    async def reader(self, address: Address) -> Reader:
        """The reader at *address*, known from now on if they were not."""

    async def known(self, addresses: Sequence[Address]) -> Sequence[Reader]:
        """The readers at these addresses, as far as there are some."""

    async def readers(self) -> Sequence[Reader]:
        """Everyone who gets digests, in the order they came."""

    async def seen(self, address: Address, zone: str, *, now: datetime) -> str:
        """The reader at *address* is there, and lives in *zone*, as their platform says; "" where it does not know.

        The zone is taken where they have chosen none. An address that was closed is open again: why it was is the
        answer, and what was given up meanwhile comes with the next digest.
        """

    async def live_in(self, address: Address, zone: str, *, now: datetime) -> None:
        """Go by the clocks of *zone*, as the reader has chosen."""

    async def schedule(
        self, address: Address, schedule: Schedule | None, *, verbose: bool | None = None, now: datetime
    ) -> None:
        """Bring the reader's digests then; None: as their workspace does. *verbose*: also tell of nothing new."""

    async def pause(self, address: Address, until: datetime | None, *, now: datetime) -> None:
        """Rest the reader's digests until then, or None: no longer. What lands meanwhile is not sent later."""

    async def close(self, address: Address, reason: str) -> None:
        """Nothing can be posted to the reader until they are `seen` again; *reason* is for people to read.

        Whatever else is owed to them is given up too: it would not arrive either. Nobody becomes a reader by this.
        """

    async def follow(self, interest: Interest, *, most: int) -> Interest:
        """Keep *interest* and say what its id is.

        Raises:
            AlreadyFollowing: the owner has an interest of the same normal form.
            TooManyInterests: the owner has *most* of them.
        """

    async def unfollow(self, owner: Address, normal: str) -> Interest:
        """Give the interest of this normal form up. Raises NotFollowing."""

    async def mute(self, owner: Address, normal: str, *, muted: bool) -> None:
        """Let the interest rest, or bring it back. Raises NotFollowing."""

    async def reword(self, owner: Address, before: str, after: str) -> None:
        """Let the interest of normal form *before* be kept by *after* from now on, all else alike.

        Where *after* is followed too, the two become one. Raises NotFollowing.
        """

    async def interests(self, owner: Address) -> Sequence[Interest]:
        """What *owner* follows, oldest first."""

    async def wishes(self, readers: Sequence[Address], landings: Sequence[int]) -> Sequence[Wishes]:
        """What each of *readers* wants of these *landings*, in their order; who is not known wants nothing yet."""

    async def terms(self, after: int = 0, most: int | None = None) -> Sequence[tuple[int, str]]:
        """The *most* lowest distinct terms anybody follows, ids above *after* with normal forms; ids only grow."""

    async def followed(self) -> int:
        """How many distinct terms anybody follows."""


class Papers(Rarities, Protocol):
    """What has landed, and what it met."""

    async def land(self, digest: Digest, matches: Matches, *, at: datetime) -> Landing:
        """Write papers, merged by identity, the matches of the new ones and the digest at once, or nothing.

        A digest of a known fingerprint changes nothing: its first landing is given back, with *again* set.
        """

    async def landings(self, limit: int) -> Sequence[Landing]:
        """The last *limit* landings, newest first."""

    async def told(self, since: int, digest: int, limit: int) -> Sequence[Landing]:
        """The landings after *since* up to *digest* that readers hear of, oldest first: the last *limit* of them."""

    async def landing(self, digest: int) -> Landing | None:
        """The landing of this id."""

    async def in_digest(self, digest: int) -> Sequence[Paper]:
        """The papers that were new in this landing, in the order of the digest."""

    async def updated(self, digest: int) -> Mapping[int, int]:
        """The new versions that this landing brought of papers that had landed before, by paper id."""

    async def recent(self, limit: int) -> Sequence[Paper]:
        """The last *limit* papers to have landed, newest landing first, each landing in its own order."""

    async def get(self, ids: Sequence[int]) -> Sequence[Paper]:
        """The papers of these ids, in this order; unknown ids are left out."""

    async def standing(self, papers: Sequence[Paper]) -> Sequence[int]:
        """The ids that *papers* have since they landed, each once, in their order; unknown ones are left out."""

    async def find(self, words: str) -> Sequence[Paper]:
        """Papers known by exactly this arXiv id or DOI, or whose title contains *words*; newest first, at most 10."""

    async def met(self, owner: Address, digest: int) -> Mapping[int, Sequence[str]]:
        """What *owner*'s interests met in a landing: paper id to normal forms, muted interests left out."""

    async def count(self, owner: Address, since: datetime) -> Mapping[str, int]:
        """How many papers each of *owner*'s interests met in landings since then, by normal form."""

    async def backfill(self, normal: str, matches: Mapping[int, Sequence[int]]) -> None:
        """Write what a term met in earlier landings: landing id to paper ids. Writing it twice changes nothing."""


class Storage(AbstractAsyncContextManager["Storage"], Protocol):
    """All state, by topic. Entering opens it, leaving closes it."""

    @property
    def standing(self) -> Standing:
        """How things stand."""

    @property
    def people(self) -> People:
        """Readers and interests."""

    @property
    def papers(self) -> Papers:
        """Papers, landings, matches."""

    @property
    def shelf(self) -> Shelf:
        """Saved papers and feedback."""

    @property
    def aliases(self) -> Aliases:
        """Aliases of workspaces, and definitions learnt from papers."""

    @property
    def outbox(self) -> Outbox:
        """Deliveries."""

    @property
    def sources(self) -> Sources:
        """Where papers come from."""

    @property
    def workspaces(self) -> Workspaces:
        """What admins decided, and forgetting."""

    @property
    def audit(self) -> Audit:
        """What admins did."""

    @property
    def lists(self) -> TeamLists:
        """What people share."""

    @property
    def inboxes(self) -> Inboxes:
        """Whose digest comes by e-mail as well."""

    @property
    def notes(self) -> Notes:
        """What adapters remember."""

    def within(self, platform: str, *workspaces: str) -> AbstractContextManager[None]:
        """A second wall, where the database can build one: the task sees no rows of other workspaces meanwhile."""

    def installations(self, keys: Sequence[bytes]) -> Installations:
        """Who installed the app, their tokens sealed with *keys* of 32 bytes, the newest of which comes first."""
