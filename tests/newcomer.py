"""The first minute of somebody new, and the digest of the next morning, as each platform shows them, step by step.

What is pressed is what `tests/e2e/test_newcomers.py` presses on the platforms' stand-ins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from adapters.preview import Asked, Frame, page
from bot.app import IN_MEMORY, App, read_digest
from bot.landed import Landed, digest_of
from bot.messages import Action, Actions, Message
from bot.models import Address, Digest, Invocation, Value
from bot.preview import drawn
from tests.fakes import Clock

PLATFORMS: Final = {"slack": "digestbot", "discord": "@ digestbot"}
"""Where each shows a direct message."""

TOPIC: Final = "reinforcement learning"
THEMES: Final = "light", "dark"
WHERE: Final = "# papers"
BEGUN: Final = datetime(2026, 11, 19, 9, tzinfo=UTC)
NEXT: Final = datetime(2026, 11, 20, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """What the newcomer sees, and where."""

    message: Message
    place: str


class Newcomer:
    """Somebody who has never seen the bot, on one platform."""

    def __init__(self, app: App, platform: str) -> None:
        home = "lab" if platform == "slack" else ""
        self.address, self._app = Address(platform, home, "eve"), app
        self._channel = Address(platform, "lab", "papers", "channel")
        self._zone = "Europe/Paris" if platform == "slack" else ""  # Discord tells none

    async def give(self, command: str, arguments: Mapping[str, Value] | None = None) -> Message:
        """A command, and its answer."""
        return await self._app.dispatch(
            Invocation(command, self.address, self._channel, arguments or {}, zone=self._zone)
        )

    async def press(self, message: Message, label: str) -> Message:
        """A button that the message shows, and its answer."""
        rows = [row.actions for row in message.blocks if isinstance(row, Actions)]
        found: Action = next(action for row in rows for action in row if action.label == label)
        return await self.give(found.command, found.arguments)


async def steps(platform: str) -> Sequence[Step]:
    """What is seen after a command, two presses and a night."""
    clock = Clock(BEGUN)
    async with App.open(IN_MEMORY, clock) as app:
        sample, newcomer = await read_digest(None), Newcomer(app, platform)
        await app.intake.land(_half(sample, 0, BEGUN.date()))
        helped = await newcomer.give("help")
        offered = await newcomer.press(helped, "Start")
        set_up = await newcomer.press(offered, TOPIC)
        clock.moment = NEXT
        landing = await app.intake.land(_half(sample, 1, NEXT.date()))
        landed = await Landed.of(app.storage, landing.digest)
        assert landed
        digest = await digest_of(app.storage, landed, newcomer.address)
    answers = [Step(message, WHERE) for message in (helped, offered, set_up)]
    return [*answers, Step(digest, PLATFORMS[platform])]


async def pages() -> Mapping[str, str]:
    """The page of every step, by its picture's file."""
    found = {}
    for platform in PLATFORMS:
        for number, step in enumerate(await steps(platform), 1):
            shown = drawn(step.message, Address(platform, "", "eve"))
            for theme in THEMES:
                frame = Frame((), "A newcomer", "", {platform: step.place})
                asked = Asked("A newcomer", theme, platform)
                found[f"first-{platform}-{number}-{theme}.png"] = page(asked, frame, shown)
    return found


def _half(sample: Digest, first: int, day: date) -> Digest:
    """Every second paper of the sample, as the digest of a *day*."""
    return replace(sample, papers=sample.papers[first::2], day=day, fingerprint=f"sample {first}")
