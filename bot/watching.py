"""Whoever wants to hear what becomes of landings and deliveries, such as metrics and traces."""

from datetime import datetime
from typing import Protocol

from bot.models import Landing
from bot.owed import Delivery
from bot.steps import Steps


class Watcher(Protocol):
    """Hears of what is done, once it is done. It must not take long, nor raise anything."""

    def landed(self, landing: Landing, steps: Steps) -> None:
        """A digest landed here, now or again."""

    def delivered(self, outcome: str, delivery: Delivery, at: datetime, steps: Steps) -> None:
        """Something owed was posted, or waits, or was given up: see `bot.delivery.Courier.counts`."""


class Watchers(list[Watcher]):
    """All of them, who hear of it one after the other."""

    def landed(self, landing: Landing, steps: Steps) -> None:
        """A digest landed."""
        for one in self:
            one.landed(landing, steps)

    def delivered(self, outcome: str, delivery: Delivery, at: datetime, steps: Steps) -> None:
        """Something became of what was owed."""
        for one in self:
            one.delivered(outcome, delivery, at, steps)
