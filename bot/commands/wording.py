"""Turns of phrase that several commands share."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.messages import Action, Actions, Message, Paragraph, Text, marked, plain


def answer(*texts: str | Text, actions: Sequence[Action] = ()) -> Message:
    """A message of a paragraph a text, with a row of buttons; `code` in a plain string is marked."""
    paragraphs = [Paragraph(marked(text) if isinstance(text, str) else text) for text in texts]
    row = [Actions(tuple(actions))] if actions else []
    return Message(plain(paragraphs[0].text), (*paragraphs, *row))


def counted(number: int, noun: str) -> str:
    """Such as "1 paper" or "1,204 papers"."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def moment(at: datetime, zone: str) -> str:
    """Such as "Monday 30 November", with the time of day where it is not the day's first moment."""
    there = at.astimezone(ZoneInfo(zone))
    clock = f", {there:%H:%M}" if (there.hour, there.minute) != (0, 0) else ""
    return f"{there:%A} {there.day} {there:%B}{clock}"
