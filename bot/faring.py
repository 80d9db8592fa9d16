"""How sources fare, for whoever checks the installation (pure): each one that is known, and what to do about it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.findings import Finding, bad, doubtful, good
from bot.models import Landing
from bot.sources import EVERYWHERE, Source

QUIET: Final = timedelta(days=4)  # a weekend with a holiday; after that a source is looked at
FAILING: Final = timedelta(days=1)  # after which it is more than a hitch
UNSEEN: Final = timedelta(hours=1)  # after which somebody should have read what was due

_HEALTH: Final = "see `/papers admin source health`"
_NOBODY: Final = "let a process run that has the role clock"


def read(source: Source, now: datetime, silence: str) -> Finding:
    """How a source fares that we read. *silence*: why it is strange that it brought nothing new; "" when it is not."""
    subject = f"source {source.name}" + (
        "" if source.place == EVERYWHERE else " of " + " ".join(source.place)
    )
    if source.paused:
        return good(subject, "it is paused")
    if source.failures:
        since = source.failing_since or now
        says = f"it could not be read {source.failures} times in a row, since {since:%d %b %H:%M} UTC: "
        judged = bad if now - since >= FAILING else doubtful
        return judged(subject, says + source.last_error, _HEALTH)
    if source.next_read and now - source.next_read > UNSEEN:
        return doubtful(
            subject, f"nobody has read it, though it was due {_ago(source.next_read, now)}", _NOBODY
        )
    if source.last_read is None:
        return doubtful(subject, "it was never read yet", _NOBODY)
    if silence:
        return doubtful(subject, silence, _HEALTH)
    new = f"; it brought a new paper {_ago(source.last_new, now)}" if source.last_new else ""
    return good(subject, f"it was read {_ago(source.last_read, now)}{new}")


def brought(
    landings: Sequence[Landing], expected: Collection[str], known: Collection[str], now: datetime
) -> Iterator[Finding]:
    """How those fare that are brought to us: what landed of late, newest first, besides what is *known* to be read.

    *expected* are those that hold a key to send.
    """
    latest = {landing.source: landing.at for landing in reversed(landings) if landing.source not in known}
    for name in sorted(latest.keys() | {*expected}):
        if name not in latest:
            cure = f"let whoever holds its key send to /digests/{name}, or take the key away"
            yield doubtful(f"source {name}", "nothing of it has landed of late", cure)
        elif now - latest[name] > QUIET:
            says = f"it landed last {_ago(latest[name], now)}"
            yield doubtful(f"source {name}", says, "ask whoever brings its digests")
        else:
            yield good(f"source {name}", f"it landed last {_ago(latest[name], now)}")


def _ago(at: datetime, now: datetime) -> str:
    hours = max(0.0, (now - at) / timedelta(hours=1))
    return f"{hours:.0f} hours ago" if hours < 48 else f"{hours / 24:.0f} days ago"
