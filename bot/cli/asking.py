"""`match` and `rank`: interests from a file, asked of the papers in another."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.screen import REFUSED, progress, row, run
from bot.models import Paper

if TYPE_CHECKING:
    from bot.batch import Batch

Interests = Annotated[
    Path,
    typer.Option(
        "--interests", exists=True, dir_okay=False, help='JSON Lines: {"id": "…", "term": "…"} a line.'
    ),
]
Papers = Annotated[
    Path, typer.Option("--papers", exists=True, dir_okay=False, help="A digest, in any known format.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON Lines instead of text.")]


@dataclass
class Clock:
    """What took how long, in seconds."""

    begun: float

    def lap(self) -> float:
        """The seconds since the last lap, or since the beginning."""
        now = perf_counter()
        took, self.begun = now - self.begun, now
        return round(took, 6)


def match(
    interests: Interests,
    papers: Papers,
    *,
    json_: Json = False,
    why: Annotated[bool, typer.Option("--why/--no-why", help="Say where each interest meets.")] = True,
    timings: Annotated[
        Path | None, typer.Option("--timings", dir_okay=False, help="Write what took how long to this file.")
    ] = None,
) -> None:
    """Find which interests each paper of a digest meets, and where.

    `digestbot match --interests interests.jsonl --papers digest.txt --json`

    A line a pair: {"interest": id, "paper": N, "why": [{"field", "start", "end", "text"}]}, N counted from 0,
    start and end in characters of the field. A term that cannot be read goes to standard error as
    {"interest", "error", "at"}; the others are answered, and the exit status is 1.
    """
    from bot.app import read_digest

    clock = Clock(perf_counter())
    listed = run(read_digest(papers), about=papers).papers
    took = {"read_s": clock.lap()}
    batch, refused = _interests(interests)
    took["index_s"] = clock.lap()
    met = batch.match(listed)
    took["match_s"] = clock.lap()
    found = 0
    with progress("answering", len(listed)) as seen:
        for place, (count, lines) in enumerate(batch.lines(listed, met, why=why and json_)):
            found += count
            sys.stdout.write(lines if json_ else _titled(lines, listed[place]))
            seen(1)
    took["answer_s"] = clock.lap()
    if timings:
        counts = {"papers": len(listed), "interests": len(batch), "matches": found}
        timings.write_text(f"{json.dumps({**counts, **took, 'peak_rss_mb': _peak()})}\n", encoding="utf-8")
    raise typer.Exit(REFUSED if refused else 0)


def rank(
    interests: Interests,
    papers: Papers,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many papers an interest.")] = 10,
    *,
    json_: Json = False,
) -> None:
    """Order the papers of a digest for each interest, best first.

    `digestbot rank --interests interests.jsonl --papers digest.txt --limit 10 --json`

    A line a paper: {"interest": id, "paper": N, "rank": 1…, "score": S, "kind": "match"}, N counted from 0. After
    those that meet an interest come those plainly about it ("related") and what else comes nearest ("near"), which no
    digest shows.
    """
    from bot.app import read_digest

    listed = run(read_digest(papers), about=papers).papers
    batch, refused = _interests(interests)
    with progress("ranking", len(batch)) as seen:
        for found in batch.ranks(listed, limit, seen):
            _say(found, listed, as_json=json_)
    raise typer.Exit(REFUSED if refused else 0)


def _interests(file: Path) -> "tuple[Batch, int]":
    """What is asked for, and how many lines could not be read: those are told at once."""
    from bot.batch import Batch

    batch, refused = Batch(), 0
    with progress("reading interests"), file.open(encoding="utf-8-sig", errors="replace") as lines:
        for wrong in batch.read(lines):
            row(wrong, sys.stderr)
            refused += 1
    return batch, refused


def _titled(lines: str, paper: Paper) -> str:
    """The pairs of one paper for people to read."""
    title = " ".join(paper.title.split())
    rows = map(json.loads, lines.splitlines())
    return "".join(f"{found['interest']}\t{found['paper']}\t{title}\n" for found in rows)


def _say(found: dict[str, object], papers: Sequence[Paper], *, as_json: bool) -> None:
    if as_json:
        row(found)
    else:
        title = papers[int(str(found["paper"]))].title
        typer.echo(f"{found['interest']}\t{found['paper']}\t{' '.join(title.split())}")


def _peak() -> float:
    """The most memory this program has used, in megabytes; 0 where the system does not tell."""
    try:
        import resource  # Windows has none
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)
