"""When the next conversation may be opened: Discord takes many at once for spam, and shuts out whoever opens them."""

from datetime import UTC, datetime, timedelta
from typing import Final

STEP: Final = timedelta(seconds=2)  # from one to the next
BURST: Final = 8  # may be opened at once after a rest
MOST_WAITING: Final = 10_000
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Openings:
    """Spreads the openings of conversations: who has to wait is told for how long, and has a place until then."""

    def __init__(self) -> None:
        self._next = _LONG_AGO
        self._places: dict[str, datetime] = {}

    def wait(self, person: str, now: datetime) -> float:
        """Seconds until the conversation with *person* may be opened; 0: it may now."""
        at = self._places.get(person)
        if at is None:
            at = max(self._next, now - BURST * STEP)
            self._next = at + STEP
        if at <= now:
            self._places.pop(person, None)
            return 0.0
        self._keep(person, at)
        return (at - now).total_seconds()

    def _keep(self, person: str, at: datetime) -> None:
        self._places[person] = at
        while len(self._places) > MOST_WAITING:  # who came first has been here again, or never will
            del self._places[next(iter(self._places))]
