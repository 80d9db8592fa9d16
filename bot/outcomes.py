"""What a try to send came to, and what follows from it (pure)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.errors import Disconnected, NotPosted, RateLimited, Rests, Unreachable, Unsayable, Unseen
from bot.interfaces import Delivery
from bot.messages import MOST_TEXT, Message, Paragraph, note, said

FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)
LONGEST_LIMIT: Final = timedelta(days=1)  # nobody is asked in earnest to wait longer
LONGEST_TRY: Final = timedelta(days=7)  # after which a digest is no news any more

REPEATED: Final = "You may have seen this before: I could not find out whether it had arrived."


@dataclass(frozen=True, slots=True)
class Rules:
    """How long what may take. The first two bound what can be told for certain: see `deploy/RUNBOOK.md`."""

    quarantine: timedelta = timedelta(seconds=120)  # from an unclear answer to the look into the history
    longest_send: timedelta = timedelta(seconds=30)
    lease: timedelta = timedelta(seconds=50)  # after a death somebody else is at it within a minute
    finish: timedelta = timedelta(seconds=8)  # for what is on its way, once somebody says stop


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows: try again at *until*, or not at all.

    *unposted*: no try can have been posted. *rests*: what takes nothing until then. *closed*: nor does the address,
    until its owner acts.
    """

    what: Literal["wait", "repeat", "plain", "give up", "held"]
    reason: str
    until: datetime
    unposted: bool = False
    rests: Rests | None = None
    closed: bool = False


def verdict(
    error: BaseException, delivery: Delivery, now: datetime, rules: Rules, *, wire: bool, chance: float
) -> Verdict:
    """What follows from *error*. *wire*: the post may have been on its way; *chance* is drawn from 0 to 1."""
    reason, never = str(error) or type(error).__name__, delivery.tried is None
    later = now + patience(delivery.attempts, chance)
    match error:
        case Unreachable():
            return Verdict("give up", reason, now, closed=True)
        case Unseen():
            return Verdict("held" if delivery.repeats else "repeat", reason, now)
        case Unsayable():
            return Verdict("plain", reason, now, unposted=never)
    if later - delivery.due > LONGEST_TRY:
        return Verdict("held" if wire or not never else "give up", reason, now)
    match error:
        case RateLimited(retry_after=seconds, rests=rests):
            until = now + min(timedelta(seconds=max(0.0, seconds)), LONGEST_LIMIT)
            return Verdict("wait", reason, until, unposted=never, rests=rests)
        case Disconnected(rests=rests):
            return Verdict("wait", reason, now + LONGEST_WAIT, unposted=never, rests=rests)
        case NotPosted():
            return Verdict("wait", reason, later, unposted=never)
    return Verdict("wait", reason, max(later, now + rules.quarantine) if wire else later)


def patience(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many tries: twice as long each time, up to an hour, and a little by chance.

    Without chance all that failed together would come back together.
    """
    longest = min(FIRST_WAIT * (1 << min(max(attempts - 1, 0), 16)), LONGEST_WAIT)
    return longest * (0.75 + 0.25 * chance)


def again(message: Message | None) -> Message:
    """*message*, saying that it may be a repeat, as far as there is room to say so."""
    if message is None:
        return note(REPEATED)
    notice = Paragraph(said(REPEATED))
    if len(message) + len(REPEATED) > MOST_TEXT:
        return message
    return replace(message, blocks=(notice, *message.blocks))
