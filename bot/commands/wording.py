"""Turns of phrase that several commands share."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.messages import Action, Actions, Message, Paragraph, Text, marked, plain
from bot.models import Reader
from bot.schedules import WEEK


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


def described(reader: Reader) -> str:
    """Such as "come on weekdays at 08:30, Europe/Paris"."""
    rule = reader.schedule
    if rule.at is None:
        return (
            "come as soon as something lands" if rule.days else "are off; `schedule 09:00` brings them back"
        )
    if len(rule.days) == len(WEEK):
        days = "every day"
    elif rule.days == frozenset(range(5)):
        days = "on weekdays"
    else:
        days = f"on {' and '.join(f'{WEEK[day].title()}s' for day in sorted(rule.days))}"
    verbose = ", also when there is nothing new" if reader.verbose else ""
    return f"come {days} at {rule.at:%H:%M}, {reader.zone}{verbose}"
