"""The way from a landing to one reader's digest, stage by stage (pure): for whoever asks why nothing came."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.commands.wording import counted, described, moment
from bot.due import next_three
from bot.messages import Text, marked
from bot.models import Interest, Landing, Reader
from bot.owed import Fate
from bot.summary import shortened

MOST_NAMED: Final = 12  # interests

FOREVER_YEAR: Final = 9_000


def stages(
    landing: Landing | None,
    reader: Reader,
    follows: Sequence[Interest],
    met: Mapping[int, Sequence[str]],
    now: datetime,
    last: Fate | None = None,
) -> Iterator[Text]:
    """A line a stage, marked as passed or as where it stopped.

    *met* are the papers the last landing met, *last* is what became of the last delivery.
    """
    yield _landed(landing, reader)
    yield _followed(follows)
    if landing and follows:
        yield _met(landing, follows, met)
    yield _awake(reader, now)
    yield _scheduled(reader, now)
    if last:
        yield _sent(last, reader)


def _landed(landing: Landing | None, reader: Reader) -> Text:
    if landing is None:
        return marked(
            "✗ No papers have landed yet. Whoever runs me lands a digest with `digestbot land FILE`."
        )
    new = counted(landing.new, "new paper")
    source = f" from {landing.source}" if landing.source else ""
    return marked(f"✓ The last digest landed on {moment(landing.at, reader.zone)}, with {new}{source}.")


def _followed(follows: Sequence[Interest]) -> Text:
    muted = sum(interest.muted for interest in follows)
    if not follows:
        return marked("✗ You follow nothing yet. `follow flow matching` begins, or whatever you work on.")
    if muted == len(follows):
        return marked(
            "✗ All your interests are muted. `interests` lists them, `unmute 1` brings the first back."
        )
    rest = f", {muted} of them muted" if muted else ""
    return marked(f"✓ You follow {counted(len(follows), 'interest')}{rest}.")


def _met(landing: Landing, follows: Sequence[Interest], met: Mapping[int, Sequence[str]]) -> Text:
    counts = Counter(normal for normals in met.values() for normal in normals)
    if not counts:
        loose = "Fewer words find more; `try <term>` shows what one would have found."
        return marked(f"✗ None of the {counted(landing.new, 'new paper')} meets what you follow. {loose}")
    named = [
        f"{shortened(one.typed, 60)} {counts[one.normal]}" for one in follows[:MOST_NAMED] if not one.muted
    ]
    return marked(f"✓ {counted(len(met), 'paper')} met them: {', '.join(named)}.".replace("`", "'"))


def _awake(reader: Reader, now: datetime) -> Text:
    if not reader.paused(now) or reader.paused_until is None:
        return marked("✓ Your digests are not paused.")
    forever = reader.paused_until.year > FOREVER_YEAR
    until = "" if forever else f" until {moment(reader.paused_until, reader.zone)}"
    return marked(f"✗ Your digests are paused{until}. `resume` brings them back.")


def _scheduled(reader: Reader, now: datetime) -> Text:
    if reader.closed:
        return marked(
            f"✗ Nothing could be posted to you: {reader.closed}. This command has opened the way again."
        )
    sign = "✓" if reader.schedule.days else "✗"
    coming = next_three(reader, now)
    following = f" The next one falls due on {moment(coming[0], reader.zone)}." if coming else ""
    return marked(f"{sign} Your digests {described(reader)}.{following}")


def _sent(last: Fate, reader: Reader) -> Text:
    if last.sent:
        return marked(f"✓ The last one was sent on {moment(last.sent, reader.zone)}.")
    sign = "…" if last.due else "✗"
    reason = f": {shortened(last.reason, 200)}" if last.reason else ""
    return marked(
        f"{sign} The last one is {last.state}{reason}, and was due on {moment(last.planned, reader.zone)}."
    )
