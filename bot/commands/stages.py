"""The way from a landing to one reader's digest, stage by stage (pure): for whoever asks why nothing came."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.commands.wording import counted, described, moment
from bot.due import next_three
from bot.logs import redacted
from bot.messages import Text, marked
from bot.models import Interest, Landing, Reader
from bot.owed import Fate
from bot.sources import Source
from bot.summary import shortened

MOST_NAMED: Final = 12  # interests


@dataclass(frozen=True, slots=True)
class Way:
    """All that lies between the papers and one reader.

    *met* are the papers the last landing met, *told* those of them that were sent before; *last* is what became of
    the last delivery.
    """

    reader: Reader
    sources: Sequence[Source]
    landing: Landing | None
    follows: Sequence[Interest]
    met: Mapping[int, Sequence[str]]
    told: Collection[int]
    last: Fate | None


def stages(way: Way, now: datetime) -> Iterator[Text]:
    """A line a stage, marked as passed or as where it stopped."""
    if read := [source for source in way.sources if not source.paused]:
        yield _read(read, way.reader)
    yield _landed(way.landing, way.reader)
    yield _followed(way.follows)
    if way.landing and way.follows:
        yield _met(way.landing, way.follows, way.met)
    if way.told:
        yield _told(way)
    yield _awake(way.reader, now)
    yield _scheduled(way.reader, now)
    if way.last:
        yield _sent(way.last, way.reader)


def _read(sources: Sequence[Source], reader: Reader) -> Text:
    failing = [source for source in sources if source.failures]
    if failing:
        why, others = shortened(redacted(failing[0].last_error), 160), len(sources) - 1
        rest = f" {counted(others, 'other source')} beside it." if others else ""
        return marked(f"✗ {failing[0].name} cannot be read at the moment: {why}{rest}".replace("`", "'"))
    read = max((source.last_read for source in sources if source.last_read), default=None)
    if read is None:
        return marked(f"… {counted(len(sources), 'source')} will be read for the first time soon.")
    verb = "was" if len(sources) == 1 else "were"
    return marked(f"✓ {counted(len(sources), 'source')} {verb} read, last on {moment(read, reader.zone)}.")


def _told(way: Way) -> Text:
    if len(way.told) == len(way.met):
        return marked("✗ All of them came with an earlier digest, and no paper comes twice.")
    return marked(f"✓ {len(way.told)} of them came with an earlier digest.")


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
    if not reader.paused(now):
        return marked("✓ Your digests are not paused.")
    until = f" until {moment(reader.back, reader.zone)}" if reader.back else ""
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
