"""How often one may ask: so many times a minute each, so that whoever hurries takes nobody's turn."""

from collections import deque
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final

MINUTE: Final = timedelta(minutes=1)
REMEMBERED: Final = 10_000  # askers; those who have been quiet for a minute are forgotten first


class Rates:
    """Counts what each asker did in the last minute."""

    def __init__(self) -> None:
        self._times: dict[Hashable, deque[datetime]] = {}

    def wait(self, asker: Hashable, most: int, now: datetime) -> timedelta:
        """How long *asker* has to wait, after *most* in a minute; nothing: it counts as asked now."""
        times = self._times.pop(asker, deque())
        self._times[asker] = times  # the last to have asked stand last
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= most:
            return times[-most] + MINUTE - now
        times.append(now)
        self._forget(now)
        return timedelta()

    def _forget(self, now: datetime) -> None:
        while len(self._times) > REMEMBERED:
            oldest = next(iter(self._times))
            if self._times[oldest] and self._times[oldest][-1] > now - MINUTE:
                return
            del self._times[oldest]
