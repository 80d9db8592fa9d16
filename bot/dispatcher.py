"""An invocation to its reply: may it be, is it not too often, arguments checked, mistakes answered, failures excused.

The workspace is the user's or, where people belong to none, that of the place, as the platform's verified request
told it; no argument ever decides it.
"""

import logging
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.due import known_zone
from bot.errors import BadArguments, TooFast, Unreadable, UserError
from bot.interfaces import Storage
from bot.messages import MOST_TEXT, Action, Message, Paragraph, Text, code, marked, note, refusal, said
from bot.models import Address, Invocation, Now, Value
from bot.rates import Rates
from bot.recording import Recorder
from bot.registry import Arguments, Command, CommandRegistry, Option
from bot.repeats import Repeats
from bot.summary import shortened
from bot.turns import Turns
from bot.workspaces import Step, Workspace

log = logging.getLogger(__name__)

MOST_SAID = 2_000  # characters of one answer to a mistake: whatever was typed is repeated only so far
MOST_DIGITS = 9  # of a number, so that every database has room for it
ROOM = 60  # characters of a term shown around the place of a mistake, so that the caret stays under it

_UNSAID = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # what nobody can type, and no database takes
_YES, _NO = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}


Take = Callable[[Address, str], Awaitable[Message]]
"""Takes in what is behind a link that somebody gives, and answers them. Raises UserError."""


@dataclass(frozen=True, slots=True)
class Context:
    """Who gives a command, where and when, and all that is known.

    *chief*: the platform itself says that they administer the workspace; others may only by a name or a role
    that was given to them here. *act* is the number under which an admin's act is on record. *take* takes in the
    paper behind a link for somebody; None where nothing can be fetched. *mails*: digests
    come by e-mail too, to whoever wants that. *collected*: where this is one step of several, what takes it back.
    """

    user: Address
    place: Address
    storage: Storage
    now: datetime
    workspace: Workspace
    chief: bool = False
    act: int = 0
    take: "Take | None" = None
    mails: bool = False
    collected: list[Step] | None = None

    @property
    def home(self) -> Address:
        """The workspace itself: whose spellings and lists count here. People may belong to none, as on Discord."""
        return Address.whole(self.workspace.platform, self.workspace.name)

    async def undoable(self, *undo: Step) -> Action:
        """A button that takes this admin's act back by these commands."""
        if self.collected is None:
            await self.storage.audit.undoable(self.act, undo)
        else:
            self.collected[:0] = undo
        return Action("Undo", "admin undo", {"act": self.act})


class Dispatcher:
    """Runs declared commands. Calling it always gives an answer: only cancelling raises."""

    def __init__(
        self,
        commands: CommandRegistry,
        storage: Storage,
        now: Now,
        new_id: Callable[[], str],
        take: Take | None = None,
    ) -> None:
        self._take = take
        self.mails = False  # whether mail is sent from here
        self._commands, self._storage, self._now, self._new_id = commands, storage, now, new_id
        self._rates, self._repeats, self._turns = Rates(), Repeats(), Turns()
        self._recorder = Recorder(storage, now)

    async def __call__(self, invocation: Invocation) -> Message:
        """The reply to *invocation*; to a repeat of it the same, without a second effect."""
        if not invocation.id:
            return await self._answer(invocation)
        key = invocation.user.platform, invocation.user.workspace, invocation.user.id, invocation.id
        return await self._repeats.once(key, lambda: self._answer(invocation))

    async def _answer(self, invocation: Invocation) -> Message:
        user, place = invocation.user, invocation.place
        try:
            with self._storage.within(user.platform, user.workspace, place.workspace):
                return await self._run(invocation)
        except Unreadable as mistake:
            return refusal(*pointed(mistake))
        except UserError as mistake:
            return refusal(*marked(shortened(str(mistake), MOST_SAID)))
        except Exception:
            reference = self._new_id()
            log.exception("%s failed", invocation.command, extra={"reference": reference})
            return refusal(
                *marked(f"Sorry, that went wrong on my side and is noted as `{reference}`. Try again?")
            )

    async def _run(self, invocation: Invocation) -> Message:
        command, user = self._commands[invocation.command], invocation.user
        workspace = await self._storage.workspaces.get(
            user.platform, user.workspace or invocation.place.workspace
        )
        self._check_rate(user, workspace)
        whose = user.platform, workspace.name or user.id
        async with self._turns.turn(whose, user.id):
            return await self._done(command, invocation, workspace)

    async def _done(self, command: Command, invocation: Invocation, workspace: Workspace) -> Message:
        shut = await self._seen(invocation)
        act = await self._recorder(command, invocation, workspace) if command.admin else 0
        context = Context(
            invocation.user,
            invocation.place,
            self._storage,
            self._now(),
            workspace,
            invocation.admin,
            act,
            self._take,
            self.mails,
        )
        reply = await command.handler(context, **bound(command, invocation.arguments))
        return told(reply, shut)

    async def _seen(self, invocation: Invocation) -> str:
        """Whoever acts is there: why nothing could be posted to them until now, if so. So is a channel they act in."""
        people, now = self._storage.people, self._now()
        if invocation.place.kind == "channel":
            await people.seen(invocation.place, "", now=now)
        return await people.seen(invocation.user, known_zone(invocation.zone), now=now)

    def _check_rate(self, user: Address, workspace: Workspace) -> None:
        """Raises TooFast. Whoever types in a terminal takes nobody's turn; in a direct message they do, as anywhere."""
        most = workspace.limits.commands
        if user.platform != "console" and (wait := self._rates.wait(user, most, self._now())):
            seconds = math.ceil(wait.total_seconds())
            raise TooFast(
                f"That is more than {most} commands in a minute. The next one works in {seconds} seconds."
            )


def bound(command: Command, given: Mapping[str, Value]) -> Arguments:
    """What to call the command's handler with. Raises BadArguments: what is wrong, and how it is written."""
    known = {option.name for option in command.options}
    for name in given:
        if name not in known:
            raise BadArguments(f"`{command.name}` takes no “{shortened(name, 80)}”. {_written(command)}")
    found: Arguments = {}
    for option in command.options:
        if not _missing(given.get(option.name)):
            found[option.name.replace("-", "_")] = _value(command, option, given[option.name])
        elif option.required:
            raise BadArguments(f"`{command.name}` needs {_article(option.name)}. {_written(command)}")
    return found


def told(reply: Message, shut: str) -> Message:
    """The *reply*, which begins with why digests could not be posted until now, where that was so."""
    if not shut:
        return reply
    why = shortened(shut.replace("`", "'"), 200)
    notice = f"Your digests could not reach you: {why}. From now on I try again, with what you missed."
    if len(reply) + len(notice) > MOST_TEXT:
        return reply
    return replace(reply, blocks=(Paragraph(said(notice)), *(reply.blocks or note(reply.summary).blocks)))


def example(command: Command) -> str:
    """How the command might be typed: the line of its help that says `Example:`, or its bare usage."""
    found = re.search(r"^Example: `(.+)`$", command.details, re.MULTILINE)
    return found[1] if found else command.usage


def pointed(mistake: Unreadable) -> Text:
    """The term with a caret under the character where reading stopped, and the reason."""
    term = re.sub(r"[\s\x00-\x1f\x7f]", " ", mistake.term)
    start = max(0, min(mistake.at - ROOM // 2, len(term) - ROOM))
    before, after = "…" if start else "", "…" if start + ROOM < len(term) else ""
    caret = " " * (mistake.at - start + len(before)) + "^"
    return (code(f"{before}{term[start : start + ROOM]}{after}\n{caret} {shortened(mistake.reason, 200)}"),)


def _value(command: Command, option: Option, given: Value) -> Value:
    if option.kind is bool:
        return _truth(command, option, given)
    if option.kind is int:
        return _whole(command, option, given)
    text = _UNSAID.sub("", str(given)).strip()
    if option.choices and text not in option.choices:
        listed = ", ".join(f"`{choice}`" for choice in option.choices)
        raise _unread(command, option, given, f"one of {listed}")
    return text


def _whole(command: Command, option: Option, given: Value) -> int:
    text = str(given).strip()
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise _unread(command, option, given, "a whole number")
    if len(text) > MOST_DIGITS:
        raise _unread(command, option, given, f"a number of at most {MOST_DIGITS} digits")
    return int(text)


def _truth(command: Command, option: Option, given: Value) -> bool:
    word = str(given).strip().lower()
    if word not in _YES | _NO:
        raise _unread(command, option, given, "`yes` or `no`")
    return word in _YES


def _unread(command: Command, option: Option, given: Value, wanted: str) -> BadArguments:
    shown = shortened(str(given), 80)
    return BadArguments(f"`{option.name}` is {wanted}, not “{shown}”. {_written(command)}")


def _missing(given: Value | None) -> bool:
    return given is None or (isinstance(given, str) and not _UNSAID.sub("", given).strip())


def _written(command: Command) -> str:
    usage, shown = command.usage, example(command)
    return f"Write `{usage}`" + (f", for example `{shown}`." if shown != usage else ".")


def _article(name: str) -> str:
    if name in {"one", "other"}:  # of two spellings
        return f"the {name} spelling"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
