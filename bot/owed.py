"""What is owed to readers, and what the core asks of whoever keeps it."""

from base64 import b32encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal, Protocol

from bot.errors import Rests
from bot.messages import Message
from bot.models import Address, MessageRef
from bot.steps import Steps


@dataclass(frozen=True, slots=True)
class Pace:
    """How many posts a second a platform takes; None where it sets no bound."""

    bot: float | None = None  # all together
    workspace: float | None = None  # in one workspace
    address: float | None = None  # in one conversation


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something owed to one address: a digest of the landings after *since* up to *digest*, or a message.

    *key* names it, so that it is made once and shown once: one for each address, *slot* and *part*. *message* is
    None until it is composed; from then on it is frozen, so that a second try says the same. *tried*: since then
    it may have been posted. *start*: the pace lets it go out then, not sooner. *repeats*: how often it was sent
    again without knowing.
    """

    key: str
    to: Address
    digest: int
    due: datetime
    message: Message | None = None
    attempts: int = 0
    since: int = 0
    slot: str = ""
    part: int = 0
    tried: datetime | None = None
    repeats: int = 0
    start: datetime | None = None


def delivery_key(to: Address, slot: str, part: int = 0) -> str:
    """The name of what *to* is owed for *slot*: 24 letters and digits, the same for the same three."""
    name = f"{to.platform}\0{to.workspace}\0{to.kind}\0{to.id}\0{slot}\0{part}"
    return b32encode(blake2b(name.encode("utf-8", "replace"), digest_size=15).digest()).decode().lower()


def saying(message: Message, to: Address, slot: str, at: datetime) -> Delivery:
    """*message*, owed to *to* at *at*, besides their digests. It is said once for each *slot*."""
    return Delivery(delivery_key(to, slot), to, 0, at, message, slot=slot)


Seen = Callable[[str, Delivery, datetime, Steps], None]
"""Told what became of a delivery, when, and how this try went."""

State = Literal[
    "planned", "claimed", "on the wire", "waiting", "sent", "empty", "given up", "held", "told later"
]
"""Of a delivery. The first four are open; "held" may have been posted, and nobody can see whether it was; "told
later" was given up while its address was closed, and a later digest tells what was in it.
"""


@dataclass(frozen=True, slots=True)
class Fate:
    """What has become of a delivery, for people to read. *due* is when somebody will see to it next, if ever."""

    key: str
    to: Address
    slot: str
    state: str
    planned: datetime
    due: datetime | None
    sent: datetime | None
    reason: str


class Outbox(Protocol):
    """What is owed. A delivery is written down before it is sent, and claimed before it is tried.

    Whoever claims names itself *owner*, and loses a delivery when its lease ends: then what it says about it is
    not heard any more, except that it was sent.
    """

    async def plan(self, now: datetime, limit: int) -> int:
        """Write down what has fallen due by *now* for up to *limit* readers, and say for how many.

        A landing is told to each reader once, in one delivery with all that has landed since their last one.
        """

    async def owe(self, deliveries: Sequence[Delivery]) -> None:
        """Write these down too; one of a known key, or of a known address, slot and part, changes nothing."""

    async def claim(
        self, now: datetime, lease: timedelta, limit: int, paces: Mapping[str, Pace], owner: str
    ) -> Sequence[Delivery]:
        """Take up to *limit* deliveries due at *now* on these platforms; nobody else gets them within *lease*.

        Each workspace has its turn, and none gets more than the pace of its platform allows.
        """

    async def freeze(
        self, key: str, owner: str, message: Message, papers: Sequence[int] = ()
    ) -> Collection[int]:
        """Keep what will be said, so that every try says the same, and the *papers* it tells.

        No paper is told twice: those that another delivery tells the same reader are given back, and then nothing
        is kept. *papers* become the list that the reader was shown last.
        """

    async def told(self, address: Address, papers: Sequence[int]) -> Collection[int]:
        """Which of *papers* were sent to *address* in a digest."""

    async def begin(self, key: str, owner: str, *, now: datetime, until: datetime) -> bool:
        """From now on it may be posted; where nothing more is heard, somebody looks into it at *until*.

        False: it must not be sent, for it is not *owner*'s any more, or its address, its workspace or the bot
        rests: then it waits for that.
        """

    async def mark_sent(self, key: str, ref: MessageRef, *, at: datetime) -> None:
        """It was posted; the first post counts. Tried more than once, it may stand there twice: see `doubtful`."""

    async def doubtful(
        self, now: datetime, lease: timedelta, limit: int, platforms: Sequence[str]
    ) -> Sequence[Delivery]:
        """Up to *limit* deliveries that were sent and may stand there twice, some time after it could happen.

        Nobody else gets them within *lease*; then they come again, until they were `looked` at.
        """

    async def looked(self, key: str) -> None:
        """It stands there once now, or nobody can see how often."""

    async def postpone(
        self, key: str, owner: str, until: datetime, reason: str, *, unposted: bool = False
    ) -> None:
        """It will be tried again then. *unposted*: no try can have been posted, so there is nothing to look for."""

    async def say_instead(
        self, key: str, owner: str, message: Message, *, at: datetime, repeat: bool
    ) -> None:
        """Send *message* in its place from then on, without looking for an earlier one; *repeat* counts it."""

    async def give_up(self, key: str, owner: str, reason: str, *, state: State = "given up") -> None:
        """It will not be tried again; *reason* is for people to read."""

    async def rest(self, address: Address, rests: Rests, until: datetime) -> None:
        """Nothing goes out to this address, in its workspace or by this bot before then, whoever sends."""

    async def lately(self, address: Address, limit: int) -> Sequence[Fate]:
        """What has become of the last *limit* deliveries to *address*, newest first."""

    async def failed(self, platform: str, workspace: str, limit: int) -> Sequence[Fate]:
        """The last *limit* deliveries in this workspace that were given up or held, newest first."""

    async def retry(self, key: str, *, now: datetime) -> bool:
        """Try a delivery again that was given up or held. False: it is neither, or there is none."""

    async def withdraw(self, platform: str, workspace: str, slot: str) -> int:
        """Let go of the deliveries of this *slot* in this workspace that nobody has begun to post; how many."""

    async def lead(self, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
        """Whether *owner* is the one that sees to *name*, up to *until*: nobody else is before then."""
