"""A day of ten million readers in virtual time: how late digests are, by how many cores, and what platforms allow.

.venv/bin/python -m tests.benchmarks.ten_million [--readers 10000000] [--cores 1 4 16 64]

Readers live in workspaces of very different size, and those in a few zones. Their hours fall due as `bot.due` says.
Workspaces are spread over partitions by their number, as they would be over the nodes of a database; each partition
plans and sends as fast as one core was measured to (`tests.benchmarks.delivery`), and each workspace takes as many
posts a second as its platform allows. All that wait in a partition share it evenly.
"""

import argparse
from dataclasses import dataclass
from datetime import date, time, timedelta
from time import perf_counter
from typing import Any, Final

import numpy as np

from bot.due import due

DAY: Final = date(2026, 11, 24)
STEP: Final = 5  # seconds
PLANNED, SENT = 2_500, 600  # a second on one core, the database's work counted in: measured
SLACK, DISCORD = 5.0, 50.0  # posts a second: of a workspace, and of a bot
PEOPLE: Final = 100  # in a workspace, on average
LARGEST: Final = 50_000

ZONES: Final = {  # where workspaces are: made up, with the crowds where they are in the world
    "America/Los_Angeles": 16,
    "America/New_York": 20,
    "America/Sao_Paulo": 5,
    "Europe/London": 9,
    "Europe/Berlin": 17,
    "Africa/Lagos": 2,
    "Asia/Kolkata": 11,
    "Asia/Shanghai": 9,
    "Asia/Tokyo": 8,
    "Australia/Sydney": 3,
}
HOURS: Final = {time(9): 60, time(8): 10, time(8, 30): 8, time(10): 7, time(7): 5, time(13): 5, time(18): 5}

Counts = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class World:
    """How many readers of each workspace fall due at which step."""

    size: Counts  # of each workspace
    zone: Counts  # of each workspace, by number
    due: dict[int, list[tuple[int, float]]]  # step: zones, and which share of their readers


def world(readers: int) -> World:
    """Ten million readers, or so many."""
    random = np.random.default_rng(0)
    drawn = np.minimum((random.pareto(1.16, readers // PEOPLE) + 1) * 20, LARGEST)
    size = np.maximum(1, np.round(drawn * readers / drawn.sum()))
    shares = np.array([*ZONES.values()], float)
    zone = random.choice(len(ZONES), size.size, p=shares / shares.sum()).astype(float)
    first = min(moment for name in ZONES if (moment := due(DAY, time(), name)))
    falls: dict[int, list[tuple[int, float]]] = {}
    for number, name in enumerate(ZONES):
        for hour, share in HOURS.items():
            moment = due(DAY, hour, name)
            assert moment
            step = int((moment - first) / timedelta(seconds=STEP))
            falls.setdefault(step, []).append((number, share / sum(HOURS.values())))
    return World(size, zone, falls)


@dataclass
class Lateness:
    """Seconds that digests were late, as a histogram over steps; *ideal*: as the platform alone would have it."""

    waited: Counts
    ideal: Counts

    def quantile(self, share: float, *, ideal: bool = False) -> float:
        """So late, at most, this share of digests was."""
        counts = self.ideal if ideal else self.waited
        found = int(np.searchsorted(np.cumsum(counts), share * counts.sum()))
        return float(found * STEP)


def lived(readers: World, cores: int) -> Lateness:
    """A day with so many cores. Whoever fell due first goes first, and so the queue of a workspace is one of groups."""
    steps = int(36 * 3600 / STEP)
    part = np.arange(readers.size.size) % cores
    free, alone = np.zeros(readers.size.size), np.zeros(readers.size.size)  # when each has sent what it has
    late, ideal = np.zeros(steps), np.zeros(steps)
    engine = np.zeros(cores)  # when each partition has done what it has
    for step, falls in sorted(readers.due.items()):
        now = float(step * STEP)
        for zone, share in falls:
            here = np.flatnonzero(readers.zone == zone)
            count = readers.size[here] * share
            own = count / SLACK  # how long the platform takes for them
            begins = np.maximum(now, free[here])
            # All in a partition share it: a workspace is through when the platform has taken its posts and the
            # partition has done as much for everybody who is not through yet.
            for number in range(cores):
                mine = part[here] == number
                work = count[mine]
                start = max(now, engine[number])
                through = start + shared(work) * (1 / SENT + 1 / PLANNED)
                free[here[mine]] = np.maximum(begins[mine] + own[mine], through)
                engine[number] = start + work.sum() * (1 / SENT + 1 / PLANNED)
            alone[here] = np.maximum(now, alone[here]) + own
            _note(late, now, begins, free[here], count)
            _note(ideal, now, alone[here] - own, alone[here], count)
    return Lateness(late, ideal)


def shared(work: Counts) -> Counts:
    """How much has been done for all when each is through, where those that wait have equal shares."""
    order = np.argsort(work, kind="stable")
    ranked = work[order]
    through = np.cumsum(ranked) + ranked * np.arange(ranked.size - 1, -1, -1)
    found = np.empty_like(through)
    found[order] = through
    return found


def _note(histogram: Counts, now: float, begins: Counts, ends: Counts, count: Counts) -> None:
    """Digests of a group come evenly between its begin and its end: in four portions is near enough."""
    for portion in (0.125, 0.375, 0.625, 0.875):
        at = (begins + (ends - begins) * portion - now) / STEP
        places = np.minimum(at.astype(int), histogram.size - 1)
        histogram += np.bincount(places, count / 4, histogram.size)


def main() -> None:
    """Live the day with more and more cores, and print a table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--readers", type=int, default=10_000_000)
    asked.add_argument("--cores", type=int, nargs="+", default=[1, 4, 8, 16, 32, 64])
    given = asked.parse_args()
    readers, begun = world(given.readers), perf_counter()
    total = readers.size.sum()
    print(
        f"{total:,.0f} readers in {readers.size.size:,} workspaces, the largest of {readers.size.max():,.0f}"
    )
    peak = max(
        sum(readers.size[readers.zone == zone].sum() * share for zone, share in falls)
        for falls in readers.due.values()
    )
    print(
        f"at most {peak:,.0f} fall due in one moment; one Discord bot takes {DISCORD * 86400:,.0f} posts a day"
    )
    print(f"{'cores':>6}{'half':>8}{'95 %':>8}{'99 %':>8}{'99.9 %':>9}   seconds late, at most")
    for cores in given.cores:
        day = lived(readers, cores)
        print(f"{cores:>6}" + "".join(f"{day.quantile(share):>8,.0f}" for share in (0.5, 0.95, 0.99, 0.999)))
    print(
        f"{'none':>6}"
        + "".join(f"{day.quantile(share, ideal=True):>8,.0f}" for share in (0.5, 0.95, 0.99, 0.999))
        + "   (Slack's own pace)"
    )
    print(f"simulated in {perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
