"""Our index beside other engines, in one run: the same terms, the same papers, a table.

    .venv/bin/python -m tests.benchmarks [--papers DIGEST] [--sizes 10000 100000 1000000] [--engines NAME…]

The plain part: words and phrases alone, asked of every engine. The whole language: every kind of interest, of ours
alone. Each engine runs in a process of its own, so that its memory is its own. Times are medians of several turns, of
the processor and not of the wall clock but for PostgreSQL. The papers are the same each turn: by the second, an engine
that remembers words knows them; "cold" is the first turn of all.
"""

import argparse
import asyncio
import gc
import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from bot.app import read_digest
from tests.benchmarks.engines import ENGINES, Ours, Papers
from tests.benchmarks.workload import Workload

TURNS = 5
SLOW = {"SQLite FTS5": 100_000, "PostgreSQL GIN": 100_000}  # beyond so many terms minutes teach nothing more


def main() -> None:
    """Measure, or compare what was measured."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument(
        "--papers", type=Path, default=None, help="a digest; otherwise the one that comes with us"
    )
    asked.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--engines", nargs="+", default=[*ENGINES])
    asked.add_argument("--slow", action="store_true", help="ask the slow ones for every size too")
    asked.add_argument("--one", help=argparse.SUPPRESS)
    asked.add_argument("--whole", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        print(json.dumps(measured(given.one, given.papers, given.sizes[0], whole=given.whole)))
        return
    head = f"{'engine':<28}{'interests':>10}{'build s':>9}{'match ms':>10}{'cold ms':>9}{'one ms':>8}"
    head += f"{'bytes each':>12}{'pairs':>10}"
    print(head)  # a program for people
    for size in given.sizes:
        _told(given.papers, "digestbot", size, None, whole=True)
        ours = _told(given.papers, "digestbot", size, None, whole=False)
        for name in given.engines:
            if name != "digestbot" and (given.slow or size <= SLOW.get(name, size)):
                _told(given.papers, name, size, ours, whole=False)


def measured(name: str, file: Path | None, size: int, *, whole: bool) -> dict[str, Any]:
    """What one engine takes."""
    papers = Papers(asyncio.run(read_digest(file)).papers)
    terms = [*Workload(papers.papers, plain=not whole).interests(size)]
    ENGINES[name](terms[:10]).close()
    gc.collect()
    clock = ENGINES[name].clock
    before, begun = _memory(), clock()
    engine = ENGINES[name](terms)
    built, held = clock() - begun, _memory() - before
    turns, pairs = [], 0
    for _ in range(TURNS):
        begun = clock()
        pairs = engine.match(papers)
        turns.append((clock() - begun) * 1000)
    alone = _alone(engine, papers) if isinstance(engine, Ours) else None
    engine.close()
    return {
        "build_s": built,
        "match_ms": statistics.median(turns),
        "cold_ms": turns[0],
        "one_ms": alone,
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


def _told(
    file: Path | None, name: str, size: int, ours: dict[str, Any] | None, *, whole: bool
) -> dict[str, Any]:
    """Measure in a process of its own, and print a line of the table."""
    command = [sys.executable, "-m", "tests.benchmarks", "--one", name, "--sizes", str(size)]
    command += ["--papers", str(file)] if file else []
    told = subprocess.run([*command, *["--whole"] * whole], capture_output=True, text=True, check=True).stdout  # noqa: S603  # ourselves
    found: dict[str, Any] = json.loads(told)
    ratio = f"  {found['match_ms'] / ours['match_ms']:.1f} times ours" if ours else ""
    one = f"{found['one_ms']:.1f}" if found["one_ms"] is not None else "-"
    label = f"{name}, whole language" if whole else name
    print(  # a program for people
        f"{label:<28}{size:>10,}{found['build_s']:>9.1f}{found['match_ms']:>10.1f}{found['cold_ms']:>9.1f}{one:>8}"
        f"{found['bytes']:>12.0f}{found['pairs']:>10,}{ratio}",
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
