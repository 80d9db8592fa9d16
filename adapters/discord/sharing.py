"""How the calls a second are shared out: what stands in the note that all processes agree by (pure)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError

from adapters.discord.processes import is_dead

A_SECOND: Final = 50  # calls by the bot itself; answers to people's acts are not counted
LEAST: Final = 2  # calls a second that every process is left which makes any
HELD: Final = timedelta(seconds=4)  # after which a share is free whose process is not heard of
MOST_REFUSED: Final = 4_500  # calls in ten minutes: at 10,000 Discord shuts the address out
MINUTES: Final = 11  # that a refused call is remembered: ten, and the one that has begun
_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Share:
    """What a process may do, and what it would like to, in calls a second."""

    has: int
    wants: int
    until: datetime


@dataclass(slots=True)
class Shares:
    """What all processes have agreed on. *may* and *shut* is what the last to ask was told.

    *shut*: for so many seconds nobody may call, because too many calls were refused.
    """

    shares: dict[str, Share] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)  # calls, by minute
    may: int = 0
    shut: float = 0.0

    @classmethod
    def read(cls, note: str) -> "Shares":
        """What the note says; nothing where it cannot be read."""
        try:
            return _JSON.validate_json(note) if note else cls()
        except ValidationError:
            return cls()

    def agreed(self, me: str, wants: int, had: int, refused: int, now: datetime) -> str:
        """The note after *me* has asked: *had* is what it could do until now, *refused* what it was refused since.

        Who is given less than it had keeps that from others until it asks again.
        """
        here = self.shares.items()
        others = {name: one for name, one in here if name != me and one.until > now and not is_dead(name)}
        free = max(A_SECOND - sum(one.has for one in others.values()), 0)
        wants, wanted = max(wants, 1), sum(one.wants for one in others.values())
        fair = max(A_SECOND * wants // (wants + wanted), LEAST) if wanted else A_SECOND
        self.may = min(fair, free)
        self.shares = {**others, me: Share(max(self.may, min(had, free)), wants, now + HELD)}
        self._remember(refused, now)
        return _JSON.dump_json(self, exclude={"may", "shut"}).decode()

    def _remember(self, refused: int, now: datetime) -> None:
        minute = int(now.astimezone(UTC).timestamp()) // _MINUTE
        self.refused[minute] = self.refused.get(minute, 0) + refused
        self.refused = {one: count for one, count in self.refused.items() if count and one > minute - MINUTES}
        self.shut = 0.0
        if sum(self.refused.values()) >= MOST_REFUSED:
            self.shut = (min(self.refused) + MINUTES) * _MINUTE - now.timestamp()


_JSON: Final = TypeAdapter(Shares)
