"""How often we may log in at the gateway, over all restarts (pure).

Discord takes a token back that identifies 1,000 times in a day. A bucket of 100, refilled with 400 a day, allows at
most 500 in any 24 hours, and lets a program that crashes at once try again every four minutes for ever.
"""

from datetime import datetime, timedelta
from typing import Final

BURST: Final = 100
REFILL: Final = timedelta(days=1) / 400
"""One more login after each of these."""


def spend(note: str, now: datetime) -> tuple[str, timedelta]:
    """The *note* with one login spent at *now*, and nothing to wait; or as it was, and how long to wait.

    The note is the moment from which on the bucket is full; "" for one that was never used.
    """
    full = max(now, datetime.fromisoformat(note)) if note else now
    after = full + REFILL
    wait = after - now - BURST * REFILL
    if wait > timedelta():
        return note, wait
    return after.isoformat(), timedelta()
