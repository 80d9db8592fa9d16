"""Our index beside other engines, in one run: the same interests, the same papers, a table.

    .venv/bin/python -m tests.benchmarks [--papers DIGEST] [--before DIGEST] [--sizes 10000 1000000] [--engines NAME…]

The whole language: every kind of interest. The plain part: words and phrases alone, asked of every engine. Each engine
runs in a process of its own, so that its memory is its own. Times are medians of several turns, of the processor and
not of the wall clock but for PostgreSQL. The papers are the same each turn: by the second, an engine that remembers
words knows them; "first" is the first turn of all, or with *before* the first after those papers.
"""

import argparse
import asyncio
import gc
import json
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.app import read_digest
from tests.benchmarks.automata import AUTOMATA
from tests.benchmarks.engines import Engine, Fts5, Ours, Papers, PostgreSQL, Prepared
from tests.benchmarks.workload import Workload

TURNS = 5
ENGINES: dict[str, type[Engine]] = {
    "digestbot": Ours,
    "digestbot, words found": Prepared,
    **AUTOMATA,
    "SQLite FTS5": Fts5,
    "PostgreSQL GIN": PostgreSQL,
}
WHOLE = [name for name in ENGINES if "booleans" in name]  # they are asked for every kind of interest
SLOW = {"SQLite FTS5", "PostgreSQL GIN"}  # which get one turn: half a minute teaches as much as three


def main() -> None:
    """Measure, or compare what was measured."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument(
        "--papers", type=Path, default=None, help="a digest; otherwise the one that comes with us"
    )
    asked.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--engines", nargs="+", default=[*ENGINES])
    asked.add_argument("--before", type=Path, default=None, help="a digest that lands first, for its words")
    asked.add_argument("--one", help=argparse.SUPPRESS)
    asked.add_argument("--whole", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        both = given.papers, given.before
        print(json.dumps(measured(given.one, both, given.sizes[0], whole=given.whole)))
        return
    files = [f"--{name}={file}" for name in ("papers", "before") if (file := getattr(given, name))]
    head = f"{'engine':<36}{'interests':>10}{'build s':>9}{'match ms':>10}{'first ms':>9}{'one ms':>8}"
    print(head + f"{'add us':>8}{'remove us':>10}{'bytes each':>12}{'pairs':>10}")  # a program for people
    for size in given.sizes:
        for whole in (True, False):
            ours = _told(files, "digestbot", size, None, whole=whole)
            for name in given.engines:
                if name != "digestbot" and (name in WHOLE) == whole:
                    _told(files, name, size, ours, whole=whole)


def measured(name: str, files: tuple[Path | None, Path | None], size: int, *, whole: bool) -> dict[str, Any]:
    """What one engine takes."""
    papers = Papers(asyncio.run(read_digest(files[0])).papers)
    terms = [*Workload(papers.papers, plain=not whole).interests(size)]
    ENGINES[name](terms[:10]).close()
    gc.collect()
    clock = ENGINES[name].clock
    before, begun = _memory(), clock()
    engine = ENGINES[name](terms)
    built, held = clock() - begun, _memory() - before
    turns, pairs = [], 0
    if files[1] and isinstance(engine, Ours):
        engine.index.match(asyncio.run(read_digest(files[1])).papers)
    for _ in range(1 if name in SLOW else TURNS):
        begun = clock()
        pairs = engine.match(papers)
        turns.append((clock() - begun) * 1000)
    alone, adding, removing = (
        (_alone(engine, papers), *_changed(engine, terms[:2000])) if isinstance(engine, Ours) else 3 * (None,)
    )
    engine.close()
    return {
        "build_s": built,
        "match_ms": statistics.median(turns),
        "cold_ms": turns[0],
        "one_ms": alone,
        "add_us": adding,
        "remove_us": removing,
        "bytes": held / size,
        "pairs": pairs,
    }


def _alone(engine: Ours, papers: Papers) -> float:
    """Milliseconds for one paper, the median of some."""
    turns = []
    for paper in papers.papers[:25]:
        begun = engine.clock()
        engine.index.match([paper])
        turns.append((engine.clock() - begun) * 1000)
    return statistics.median(turns)


def _changed(engine: Ours, terms: Sequence[str]) -> tuple[float, float]:
    """Microseconds to add one interest and to remove it, medians."""
    adding, removing = list[float](), list[float]()
    for turns, change in (
        (adding, engine.index.add),
        (removing, lambda number, _: engine.index.remove(number)),
    ):
        for number, term in enumerate(terms, len(engine.terms)):
            begun = perf_counter()
            change(number, term)
            turns.append((perf_counter() - begun) * 1e6)
    return statistics.median(adding), statistics.median(removing)


def _told(
    files: Sequence[str], name: str, size: int, ours: dict[str, Any] | None, *, whole: bool
) -> dict[str, Any]:
    """Measure in a process of its own, and print a line of the table."""
    command = [sys.executable, "-m", "tests.benchmarks", "--one", name, "--sizes", str(size), *files]
    told = subprocess.run([*command, *["--whole"] * whole], capture_output=True, text=True, check=True).stdout  # noqa: S603  # ourselves
    found: dict[str, Any] = json.loads(told)
    ratio = f"  {found['match_ms'] / ours['match_ms']:.1f} times ours" if ours else ""
    some = [
        f"{found[key]:.1f}" if found[key] is not None else "-" for key in ("one_ms", "add_us", "remove_us")
    ]
    label = f"{name}, whole language" if whole and not ours else name
    print(  # a program for people
        f"{label:<36}{size:>10,}{found['build_s']:>9.1f}{found['match_ms']:>10.1f}{found['cold_ms']:>9.1f}"
        f"{some[0]:>8}{some[1]:>8}{some[2]:>10}{found['bytes']:>12.0f}{found['pairs']:>10,}{ratio}",
        flush=True,
    )
    return found


def _memory() -> float:
    """Bytes that this program holds now, or where the system does not tell the most it has held."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
