"""What can go wrong, each named as the fact it is.

DigestbotError
├── UserError               a person's mistake: its text is the reply they read
│   ├── Unreadable            an interest that cannot be parsed; points at the character
│   ├── AlreadyFollowing      the same interest, by its normal form
│   ├── NotFollowing          nothing of that name among the person's interests
│   ├── TooManyInterests      the limit of one person is reached
│   ├── UnknownPaper          no paper of that number, id or title
│   ├── AlreadyThere          a source of that name is read already
│   ├── UnknownSource         no source of that name
│   ├── UnknownCommand        no such command
│   ├── NotAllowed            a command of those who look after the workspace
│   ├── TooFast               more commands in a minute than are allowed
│   └── BadArguments          a command with something missing, or something it cannot read
├── Refused                 a digest that is not one: what is wrong, and on which line
│   ├── NothingAnnounced      a list that is whole and empty, as on a weekend
│   └── Emptied               a list of which filters leave nothing
├── Unread                  a source that could not be read: why, and when to come back
├── BadSettings             settings that cannot be used: every mistake at once
└── SendError               a post that did not go through
    ├── RateLimited           nothing was posted; come back after so many seconds
    ├── NotPosted             nothing was posted; it may work later
    ├── Unavailable           it may have been posted: look before trying again
    │   └── Unseen              and whether it was cannot be seen there
    ├── Unreachable           nothing was posted and never will be: this address is closed
    ├── Disconnected          nothing was posted: the whole workspace, or the bot, is shut out
    └── Unsayable             nothing was posted: the platform does not take this message, which is our fault
"""

from typing import Literal


class DigestbotError(Exception):
    """The root of every error this program raises on purpose."""


class UserError(DigestbotError):
    """A person's mistake. `str(error)` is the answer they read: what is wrong, and what to type instead."""


class Unreadable(UserError):
    """An interest that cannot be parsed: *reason* holds at character *at* (0-based) of *term*."""

    def __init__(self, term: str, at: int, reason: str) -> None:
        self.term, self.at, self.reason = term, at, reason
        super().__init__(f"{term}\n{' ' * at}^ {reason}")


class AlreadyFollowing(UserError):
    """The person follows this interest already."""


class NotFollowing(UserError):
    """The person does not follow this interest."""


class TooManyInterests(UserError):
    """The person follows as many interests as are allowed."""


class UnknownPaper(UserError):
    """No paper answers to this number, id or title."""


class AlreadyThere(UserError):
    """A source of this name is there already."""


class UnknownSource(UserError):
    """No source has this name."""


class UnknownCommand(UserError):
    """No command has this name."""


class NotAllowed(UserError):
    """The command is for those who look after the workspace, or for this place it is not."""


class TooFast(UserError):
    """The person gives more commands in a minute than are allowed."""


class BadArguments(UserError):
    """A command was given too little, too much, or something it cannot read."""


class Refused(DigestbotError):
    """A digest that cannot land: *reason*, and the 1-based *line* where it shows, when there is one."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        self.reason, self.line = reason, line
        super().__init__(f"line {line}: {reason}" if line else reason)


class NothingAnnounced(Refused):
    """A list that holds no paper and is not broken: there is nothing to land, and nothing wrong."""


class Emptied(Refused):
    """A list of papers of which a source's filters leave none, though there were many."""


class Unread(DigestbotError):
    """A source that could not be read: *cause* in a word or two, *reason* for people, *wait* in seconds."""

    def __init__(self, cause: str, reason: str, wait: float = 0.0) -> None:
        self.cause, self.reason, self.wait = cause, reason, wait
        super().__init__(reason)


class BadSettings(DigestbotError):
    """Settings that cannot be used; the text names every mistake and its cure."""


class SendError(DigestbotError):
    """A message that did not go out."""


Rests = Literal["address", "workspace", "bot"]
"""What a platform lets rest: one conversation, all of a workspace, or the bot everywhere."""


class RateLimited(SendError):
    """The platform said to come back after *retry_after* seconds; nothing was posted. *rests*: so long this rests."""

    def __init__(self, retry_after: float, rests: Rests = "workspace") -> None:
        self.retry_after, self.rests = retry_after, rests
        super().__init__(f"the platform asks to wait {retry_after:g} seconds")


class NotPosted(SendError):
    """It certainly was not posted, for a reason that passes."""


class Unavailable(SendError):
    """The platform did not answer clearly: it may work later, and it may have been posted."""


class Unseen(Unavailable):
    """An earlier try may have been posted, and the conversation cannot be read to find out."""


class Unreachable(SendError):
    """This address takes no messages, and never will until its owner acts."""


class Disconnected(SendError):
    """The platform shuts out all of the workspace's or the bot's messages: a token was revoked, a scope is missing."""

    def __init__(self, reason: str, rests: Rests = "workspace") -> None:
        self.rests = rests
        super().__init__(reason)


class Unsayable(SendError):
    """The platform refuses this very message as malformed."""
