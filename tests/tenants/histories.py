"""Random histories of two tenants that share one database: does either ever see, or change, what is the other's?

Each tenant marks with a canary of its own whatever it can write. It may try what it saw of the other: their acts'
numbers, their buttons, their names. The verdict looks at every answer, every post, every file, and at what the
other tenant has before and after.
"""

import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from bot.commands import commands
from bot.dispatcher import Dispatcher
from bot.interfaces import Storage
from bot.messages import Action, Actions, Card, Message
from bot.models import Address, Invocation, Value
from bot.registry import Option
from bot.workspaces import Limits, Workspace
from storage import purge
from tests.lab import Lab

READER: Final = purge.READER
CANARY: Final = re.compile(r"canary[a-z]+")
LISTED: Final = [one for one in commands if one.name not in {"trends", "add"}]  # a picture, and the web
TITLES: Final = ("Grokking explained", "Flow matching for proteins", "RLHF without tears", "Agents that read")
WEIGHTS: Final = [
    6 if re.match("admin (undo|source|alias)|lists|share|export", one.name) else 2 for one in LISTED
]
MOST_ACTS: Final = 3  # of one tenant in one history; what they left in earlier ones is still there
TENANTS: Final = 16  # at a time
MOVED_IN: Final = 0.02  # of histories begin with a new one in the place of an old one
KEPT: Final = 12  # buttons that somebody may press later
LIMITS: Final = Limits(commands=600)


@dataclass
class Tenant:
    """A workspace with an admin and a member. *global_people*: they belong to no workspace, as on Discord."""

    number: int
    global_people: bool
    mark: str
    buttons: list[Action] = field(default_factory=list)

    @property
    def place(self) -> Address:
        """A channel there."""
        return Address("fake", f"W{self.number}", f"general{self.number}", "channel")

    def person(self, name: str) -> Address:
        """Somebody there."""
        return Address("fake", "" if self.global_people else self.place.workspace, f"{name}{self.mark}")


@dataclass
class Verdict:
    """What was tried and what went wrong; nothing should have."""

    acts: int = 0
    crossings: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nobody saw or changed what was another's."""
        return not (self.crossings or self.changes or self.faults)


class Histories:
    """Plays histories on one storage, one after the other, each of two tenants among several."""

    def __init__(self, storage: Storage, seed: int) -> None:
        self.lab, self.random = Lab(storage), random.Random(seed)  # plays, keeps no secret
        self.lab.dispatch = Dispatcher(commands, storage, self.lab.clock, lambda: "some-id")
        self.verdict, self._tenants = Verdict(), 0
        self._here: list[Tenant] = []

    async def play(self) -> None:
        """One history: one tenant acts, then the other, while the first one's things must stay as they are."""
        while len(self._here) < TENANTS or self.random.random() < MOVED_IN:
            await self._move_in()
        mine, other = self.random.sample(self._here, 2)
        for _ in range(self.random.randint(0, MOST_ACTS)):
            await self._act(other, mine)
        before = await self._all_of(other)
        for _ in range(self.random.randint(1, MOST_ACTS)):
            await self._act(mine, other)
        if (after := await self._all_of(other)) != before:
            self.verdict.changes.append(f"{mine.mark} changed\n{before}\ninto\n{after}")
        self.lab.clock.pass_by(minutes=2)
        if self.random.random() < 0.05:
            await self._deliver()

    async def _act(self, mine: Tenant, other: Tenant) -> None:
        invocation = self._invocation(mine, other)
        self.verdict.acts += 1
        message = await self.lab.dispatch(invocation)
        self._judge(mine, f"{invocation}", message)
        mine.buttons = [*mine.buttons, *_buttons(message)][-KEPT:]

    async def _deliver(self) -> None:
        title = f"{self.random.choice(TITLES)} {self._tenants}"
        await self.lab.land(title)
        await self.lab.tick()
        for to, message, _ in self.lab.platform.posts:
            text = str(message) + "".join(str(file.content) for file in message.files)
            own = CANARY.search(f"{to.workspace} {to.id}")
            owner = own[0] if own else f"canary{_letters(int(re.sub('[^0-9]', '', to.workspace) or 0))}"
            self._note(owner, f"a post to {to}", text)
        self.lab.platform.posts.clear()

    def _judge(self, mine: Tenant, what: str, message: Message) -> None:
        text = str(message) + "".join(file.content.decode() for file in message.files)
        if "some-id" in text:
            self.verdict.faults.append(what)
        self._note(mine.mark, what, text)

    def _note(self, owner: str, what: str, text: str) -> None:
        foreign = {found for found in CANARY.findall(text) if found != owner}
        if foreign:
            self.verdict.crossings.append(f"{owner} saw {foreign}: {what}")

    async def _all_of(self, tenant: Tenant) -> str:
        """Every row of a tenant and of its people."""
        async with self.lab.storage._database.reading() as session:  # type: ignore[attr-defined]  # below every scope, to see what is so
            connection = await session.connection()
            readers = sa.select(READER).where(_whose(READER, READER.c.external, tenant))
            found = [str((await connection.execute(readers)).all())]
            numbers = sa.select(READER.c.id).where(_whose(READER, READER.c.external, tenant))
            for table, column, _ in purge.hanging(READER):
                rows = await connection.execute(sa.select(table).where(column.in_(numbers)))
                found.append(str(rows.all()))
            for table in purge.placed():
                person = table.c.get("person", table.c.workspace)
                rows = await connection.execute(sa.select(table).where(_whose(table, person, tenant)))
                found.append(str(rows.all()))
        return "\n".join(found)

    async def _move_in(self) -> None:
        self._tenants += 1
        new = Tenant(self._tenants, self.random.random() < 0.5, f"canary{_letters(self._tenants)}")
        await self.lab.storage.workspaces.keep(Workspace("fake", new.place.workspace, LIMITS))
        self._here = [*self._here, new][-TENANTS:]

    def _invocation(self, mine: Tenant, other: Tenant) -> Invocation:
        admin = self.random.random() < 0.6
        user = mine.person("admin" if admin else "member")
        place = mine.place if self.random.random() < 0.8 else user
        if self.random.random() < 0.2 and (pressed := self._pressed(mine, other)):
            may = admin and bool(place.workspace)  # outside of a server nobody is an admin of one
            return Invocation(pressed.command, user, place, pressed.arguments, admin=may)
        command = self.random.choices(LISTED, WEIGHTS)[0]
        given = {
            option.name: self._value(option, mine)
            for option in command.options
            if option.required or self.random.random() < 0.7
        }
        if command.name == "admin import":
            given["settings"] = f'{{"channels": [{{"channel": "#{mine.mark}", "follows": ["{mine.mark}"]}}]}}'
        return Invocation(command.name, user, place, given, admin=admin and bool(place.workspace))

    def _pressed(self, mine: Tenant, other: Tenant) -> Action | None:
        """A button of one's own, or what a forger could make of one of the other's that says no secret."""
        foreign = [one for one in other.buttons if other.mark not in str(one)]
        buttons = [*mine.buttons, *foreign]
        return self.random.choice(buttons) if buttons else None

    def _value(self, option: Option, mine: Tenant) -> Value:
        if option.choices:
            return self.random.choice(option.choices)
        if option.kind is bool:
            return self.random.random() < 0.7
        if option.kind is int:
            return self.random.randint(1, self.verdict.acts + 3)
        words = (
            mine.mark,
            f"{mine.mark} grokking",
            "grokking",
            "RLHF",
            "1",
            f"#{mine.mark}",
            "usual",
            "cs.LG",
        )
        return self.random.choice(words)


def _whose(table: sa.Table, person: sa.ColumnElement[str], tenant: Tenant) -> sa.ColumnElement[bool]:
    return (table.c.workspace == tenant.place.workspace) | person.contains(tenant.mark)


CARELESS: Final[Mapping[str, tuple[str, str]]] = {
    "lists of everybody": ("lists", "lists"),
    "an act by its number alone": ("audit", "act"),
    "acts of everybody": ("audit", "acts"),
    "spellings of everybody": ("aliases", "pairs"),
    "what everybody follows": ("lists", "popular"),
    "sources of everybody": ("sources", "listed"),
}
"""What a careless version could forget to scope: the part of storage, and its method."""


def forget_scope(storage: Storage, name: str) -> None:
    """Let a method of *storage* look at everybody's, as it would without a workspace."""
    part, method = CARELESS[name]
    kept = getattr(storage, part)
    setattr(kept, method, partial(_everybodys, getattr(kept, method), method))


async def _everybodys(scoped: Callable[..., Awaitable[Any]], method: str, *given: Any, **_: object) -> Any:
    spaces = [f"W{number}" for number in range(1, 3 * TENANTS)]
    match method:
        case "listed":
            return await scoped(None)
        case "pairs":
            found = [await scoped(Address("fake", name, "", "channel")) for name in spaces]
        case "act":
            found = [await scoped("fake", name, given[2]) for name in spaces]
            return next((one for one in found if one), None)
        case "popular":
            found = [await scoped(given[0], name, 1, 9) for name in spaces]
        case _:
            found = [await scoped("fake", name, *([1] if method == "acts" else [])) for name in spaces]
    return [one for some in found for one in some][-15:]


def _buttons(message: Message) -> list[Action]:
    rows = [block.actions for block in message.blocks if isinstance(block, Card | Actions)]
    return [action for row in rows for action in row if action.command in commands]


def _letters(number: int) -> str:
    """*number* in letters, so that no form of a word changes it."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number)) + "q"
