"""What a check-up found: one line each, with the cure where something is wrong."""

from dataclasses import dataclass
from typing import Literal

State = Literal["good", "doubtful", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """That *subject* is in this state: what was seen, and what to do about it.

    Doubtful is what works now but may not be meant so; bad is what keeps the bot from doing its work.
    """

    subject: str
    state: State
    says: str
    cure: str = ""


def good(subject: str, says: str) -> Finding:
    """It is as it should be."""
    return Finding(subject, "good", says)


def doubtful(subject: str, says: str, cure: str) -> Finding:
    """It works, but somebody should look at it."""
    return Finding(subject, "doubtful", says, cure)


def bad(subject: str, says: str, cure: str) -> Finding:
    """It keeps the bot from its work."""
    return Finding(subject, "bad", says, cure)
