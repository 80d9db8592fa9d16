"""When digests come: a value that people can type and read."""

from dataclasses import dataclass
from datetime import time
from typing import Final

WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAILY, _WORKING = frozenset(range(7)), frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Schedule:
    """When digests come: on these *days* of the week (0 is Monday), *at* this local time or, with None, on landing.

    `str` writes it as people type it, and `read` reads that again.
    """

    at: time | None = time(9)
    days: frozenset[int] = _DAILY

    @classmethod
    def read(cls, text: str) -> "Schedule":
        """The schedule that `str` wrote. Raises ValueError."""
        if text in (str(INSTANTLY), str(OFF)):
            return INSTANTLY if text == str(INSTANTLY) else OFF
        *named, clock = text.split()
        groups = {"weekdays": _WORKING, **{day: frozenset({at}) for at, day in enumerate(WEEK)}}
        if set(named) - groups.keys():
            raise ValueError(f"{text!r} is no schedule")
        days = frozenset[int]().union(*(groups[name] for name in named)) if named else _DAILY
        return cls(time.fromisoformat(clock), days)

    @property
    def daily(self) -> bool:
        """Whether every day has its digest."""
        return self.at is not None and self.days == _DAILY

    def __str__(self) -> str:
        if not self.days or self.at is None:
            return "instantly" if self.days else "off"
        if self.days in (_DAILY, _WORKING):
            return f"{'weekdays ' if self.days == _WORKING else ''}{self.at:%H:%M}"
        return f"{' '.join(WEEK[day] for day in sorted(self.days))} {self.at:%H:%M}"


DAILY: Final = Schedule()
INSTANTLY: Final = Schedule(None)
OFF: Final = Schedule(None, frozenset())
