"""When digests should come, as people type it: `08:30`, `weekdays 8am Paris`, `monday and thursday 9:00`."""

import difflib
import re
from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.due import zones
from bot.errors import BadArguments
from bot.schedules import INSTANTLY, OFF, WEEK, Schedule
from bot.summary import shortened

_SAID: Final = {
    **dict.fromkeys(("instantly", "immediately", "now", "once", "landing"), INSTANTLY),
    **dict.fromkeys(("off", "never", "none", "stop"), OFF),
}
_DAYS: Final = {
    **{name: frozenset({at}) for at, day in enumerate(WEEK) for name in (day, f"{day}s", day[:3])},
    "tues": frozenset({1}),
    "thur": frozenset({3}),
    "thurs": frozenset({3}),
    **dict.fromkeys(("weekdays", "weekday", "workdays", "working"), frozenset(range(5))),
    **dict.fromkeys(("weekends", "weekend"), frozenset({5, 6})),
    **dict.fromkeys(("daily", "everyday", "day", "days"), frozenset(range(7))),
}
_FILLING: Final = frozenset(
    "at on and in every each the o'clock oclock local time as soon it lands zone".split()
)
_NAMED: Final = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_CLOCK: Final = re.compile(r"(?P<hour>\d{1,2})(?:[:.h]?(?P<minute>\d{2}))?h?(?: ?(?P<half>[ap])\.?m\.?)?")
_CURE: Final = (
    "Write `schedule 08:30`, `schedule weekdays 08:30`, `schedule monday 09:00`, `schedule instantly` or "
    "`schedule off`, with a zone such as `Europe/Paris` behind it if you like."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked to have changed; None and "" are what they did not speak of."""

    schedule: Schedule | None = None
    zone: str = ""
    verbose: bool | None = None


def wish(typed: str, before: Schedule) -> Wish:
    """What *typed* means to somebody whose schedule was *before*. Raises BadArguments: what cannot be read."""
    words = re.sub(r"(\d) ([ap]\.?m\b)", r"\1\2", " ".join(typed.split()).lower()).replace(",", " ").split()
    days, clock, said, left = frozenset[int](), None, None, []
    verbose: bool | None = None
    for word in words:
        if word in _DAYS:
            days |= _DAYS[word]
        elif word in ("quiet", "verbose"):
            verbose = word == "verbose"
        elif word in _SAID:
            said = _SAID[word]
        elif (moment := _time(word)) is not None:
            clock = moment
        elif word not in _FILLING:
            left.append(word)
    zone = _zone(left) if left else ""
    if said and (days or clock):
        raise BadArguments(f"“{shortened(typed, 80)}” says two things at once. {_CURE}")
    return Wish(said or _timed(days, clock, before), zone, verbose)


def _timed(days: frozenset[int], clock: time | None, before: Schedule) -> Schedule | None:
    """The schedule of these days and this time; whatever was not said is as usual."""
    if not days and clock is None:
        return None
    return Schedule(clock or before.at or Schedule().at, days or Schedule().days)


def _time(word: str) -> time | None:
    if word in _NAMED:
        return _NAMED[word]
    found = _CLOCK.fullmatch(word)
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise BadArguments(f"“{word}” is no time of day. {_CURE}")
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    if hour > 23 or minute > 59:
        raise BadArguments(f"“{word}” is no time of day: hours go from 00 to 23. {_CURE}")
    return time(hour, minute)


def _zone(words: list[str]) -> str:
    """The zone that *words* name, by its name or its city. Raises BadArguments."""
    name = "_".join(words)
    known = zones()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name[:60], known, 1, 0.7)
    hint = f"Did you mean `{known[near[0]]}`? " if near else ""
    raise BadArguments(f"I cannot read “{shortened(' '.join(words), 80)}”. {hint}{_CURE}")
