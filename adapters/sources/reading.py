"""What a format makes of a digest's text, and how a format is added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.models import Paper


@dataclass(frozen=True, slots=True)
class Reading:
    """The papers of a digest in their order, with the list's *day* and *source* where its text tells them.

    *updates* are new versions of papers that were announced before: they are told apart, never as new.
    """

    papers: Sequence[Paper]
    day: date | None = None
    source: str = ""
    updates: Sequence[Paper] = ()
    letter: str = ""  # the Message-ID, where the text is a mail


@dataclass(frozen=True, slots=True)
class Format:
    """A way digests are written: which text is one, and what it says.

    *read* takes the text and today's date, and raises Refused with a line for text that is damaged.
    """

    recognises: Callable[[str], bool]
    read: Callable[[str, date], Reading]
