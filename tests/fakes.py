"""Stand-ins for the outside, and a small vocabulary of values: `a_paper("Grokking")`, `at("08:30")`, `ada`."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, timedelta

from bot.interfaces import Dispatch, Pace
from bot.messages import Actions, Card, Heading, Message, Paragraph, plain
from bot.models import Address, Digest, Invocation, MessageRef, Paper, Value
from bot.registry import CommandRegistry

CANARY = "k4n4ri"
"""A word that is part of whatever is secret at a stand-in: nothing else may ever hold it."""

KEY = f"{CANARY}: a key of thirty-two bytes".ljust(32, "!").encode()[:32]
DAY = date(2026, 11, 24)

ada = Address("fake", "lab", "ada")
ben = Address("fake", "lab", "ben")
channel = Address("fake", "lab", "papers", "channel")


def at(clock: str = "12:00", day: date = DAY) -> datetime:
    """That time of the test's day, in UTC."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def a_paper(
    title: str = "A paper",
    abstract: str = "We present a thing. It works well on all the data we tried.",
    **known: object,
) -> Paper:
    """A paper about what its title says."""
    return Paper(title, abstract, **known)  # type: ignore[arg-type]  # tests name any field


def a_digest(*papers: Paper | str, day: date = DAY, source: str = "test") -> Digest:
    """A digest of *papers*, or of papers with these titles."""
    listed = tuple(
        a_paper(paper, f"{paper} is what we present.") if isinstance(paper, str) else paper
        for paper in papers
    )
    return Digest(source, day, listed, fingerprint=f"{source} {day} {[paper.title for paper in listed]}")


def given(command: str, user: Address = ada, /, **arguments: Value) -> Invocation:
    """*command* as *user* gives it, with these options."""
    return Invocation(
        command, user, user, {name.replace("_", "-"): value for name, value in arguments.items()}
    )


def text_of(message: Message) -> str:
    """All that can be read in a message, a line a part."""
    lines: list[str] = []
    for block in message.blocks:
        match block:
            case Heading(text):
                lines.append(text)
            case Paragraph(text):
                lines.append(plain(text))
            case Card():
                lines += [plain(block.title), block.byline, plain(block.body), *map(plain, block.notes)]
            case _:
                pass
    return "\n".join(lines)


def buttons(message: Message) -> dict[str, Invocation]:
    """What each label would do for Ada; of several alike, the first."""
    rows = [block.actions for block in message.blocks if isinstance(block, Card | Actions)]
    return {
        action.label: Invocation(action.command, ada, ada, action.arguments)
        for row in reversed(rows)
        for action in reversed(row)
    }


class Clock:
    """A clock that moves only when told."""

    def __init__(self, moment: datetime | None = None) -> None:
        self.moment = moment or at()

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **span: float) -> None:
        """Let some time go by."""
        self.moment += timedelta(**span)


class FakeChatAdapter:
    """A chat platform that remembers every post, and fails as it is told."""

    def __init__(self, name: str = "fake") -> None:
        self.name = name
        self.pace = Pace()
        self.posts: list[tuple[Address, Message, str]] = []
        self.failures: list[Exception] = []

    def fail(self, *errors: Exception) -> None:
        """Let the next sends end so, in this order."""
        self.failures += errors

    def said_to(self, address: Address) -> list[str]:
        """What was posted there, as plain text."""
        return [text_of(message) for to, message, _ in self.posts if to == address]

    async def run(self, commands: CommandRegistry, dispatch: Dispatch) -> None:
        """Nobody types here: hangs up at once."""

    async def send(
        self, to: Address, message: Message, *, key: str, tried: datetime | None = None
    ) -> MessageRef:
        """Remember the post, or fail as told."""
        if self.failures:
            raise self.failures.pop(0)
        self.posts.append((to, message, key))
        return MessageRef(self.name, to.id, f"post-{len(self.posts)}")

    async def take_back(self, to: Address, *, key: str, since: datetime) -> int:
        """Keep the first of the posts with that key."""
        copies = [post for post in self.posts if (post[0], post[2]) == (to, key)][1:]
        for copy in copies:
            self.posts.remove(copy)
        return len(copies)


class FakeSource:
    """A source that announces the digests it was made with."""

    def __init__(self, name: str, digests: Iterable[Digest]) -> None:
        self.name, self._digests = name, list(digests)

    async def digests(self, since: str) -> AsyncIterator[Digest]:
        """Those after *since*, a cursor that counts them."""
        for digest in self._digests[int(since or 0) :]:
            yield digest
