"""What a piece of work consisted of: its steps, each with when it began and when it was done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.models import Now


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work, from when to when."""

    name: str
    begun: datetime
    ended: datetime


class Steps:
    """Notes the steps of one piece of work, which began when this was made, or at *begun*."""

    def __init__(self, now: Now, begun: datetime | None = None) -> None:
        self._now = now
        self.begun = begun or now()
        self.taken: list[Step] = []

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """What is done meanwhile is a step, also where it fails."""
        begun = self._now()
        try:
            yield
        finally:
            self.taken.append(Step(name, begun, self._now()))
