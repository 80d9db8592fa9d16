"""Many interests over many papers at once, for scripts: rows of JSON Lines in, rows out (pure)."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from bot.errors import Unreadable
from bot.interests import Expression, normal, parse
from bot.matching import Index, evidence
from bot.models import Paper
from bot.ranking import Collection

TOGETHER: Final = 512  # papers matched before their rows go out

Row = dict[str, Any]
Seen = Callable[[int], object]
"""Is told how many more papers were looked at, or interests answered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An interest of a file: its id there, and what it looks for."""

    id: str | int
    expression: Expression


def asked(lines: Iterable[str]) -> Iterator[Asked | Row]:
    """What each line of interests asks for, or a row that says what is wrong with it; empty lines are left out."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _asked(number, line)


class Batch:
    """Interests, indexed, to be asked of papers."""

    def __init__(self, interests: Sequence[Asked]) -> None:
        self._interests = interests
        self._index = Index()
        for at, interest in enumerate(interests):
            self._index.add(at, normal(interest.expression))

    def pairs(self, papers: Sequence[Paper], seen: Seen) -> Iterator[list[tuple[int, int]]]:
        """Positions of a paper and an interest that it meets, in the papers' order, some papers at a time."""
        for start in range(0, len(papers), TOGETHER):
            some = papers[start : start + TOGETHER]
            met = self._index.match(some)
            yield sorted((start + place, at) for at, places in met.items() for place in places)
            seen(len(some))

    def row(self, papers: Sequence[Paper], pair: tuple[int, int], *, why: bool) -> Row:
        """What is told of one pair of `pairs`."""
        place, at = pair
        row: Row = {"interest": self._interests[at].id, "paper": place}
        if why:
            row["why"] = [asdict(found) for found in evidence(self._interests[at].expression, papers[place])]
        return row

    def ranks(self, papers: Sequence[Paper], limit: int, seen: Seen) -> Iterator[Row]:
        """The best *limit* papers of each interest, best first, interest by interest."""
        collection = Collection(papers)
        met = self._index.match(papers)
        for at, interest in enumerate(self._interests):
            best = collection.order(interest.expression, met.get(at, ()))[:limit]
            for rank, (place, score) in enumerate(best, 1):
                found = {"interest": interest.id, "paper": place, "rank": rank, "score": round(score, 6)}
                yield {**found, "kind": "match"}
            seen(1)


def _asked(number: int, line: str) -> Asked | Row:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return _wrong(None, f"line {number} is not JSON: {error.msg}", error.pos)
    except RecursionError:
        return _wrong(None, f"line {number} is nested too deeply")
    id_, term = (row.get("id"), row.get("term")) if isinstance(row, dict) else (None, None)
    if not isinstance(id_, str | int) or isinstance(id_, bool):
        return _wrong(None, f'line {number} has no "id"; write {{"id": "…", "term": "…"}}')
    if not isinstance(term, str):
        return _wrong(id_, "a term is a text in quotes")
    try:
        return Asked(id_, parse(term))
    except Unreadable as error:
        return _wrong(id_, error.reason, error.at)


def _wrong(interest: str | int | None, error: str, at: int = 0) -> Row:
    return {"interest": interest, "error": error, "at": at}
