"""Many interests over many papers at once, for scripts: rows of JSON Lines in, rows out (pure)."""

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from bot.errors import Unreadable
from bot.interests import Expression, parse
from bot.matching import Index, Matches, evidence
from bot.models import Paper
from bot.ranking import Collection

Row = dict[str, Any]
Seen = Callable[[int], object]
"""Is told how many more papers were looked at, or interests answered."""


@dataclass(frozen=True)
class Asked:
    """An interest of a file: its id there, and what it looks for."""

    id: str | int
    term: str

    @cached_property
    def expression(self) -> Expression:
        """The term, read."""
        return parse(self.term)


class Batch(Sequence[Asked]):
    """Interests, indexed, to be asked of papers. There may be a million: each is kept as the text it came as."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        """The interests of *lines*; those that cannot be read are left out."""
        self._index, self._ids, self._terms = Index(), _Texts(), _Texts()
        for _ in self.read(lines):
            pass

    def read(self, lines: Iterable[str]) -> Iterator[Row]:
        """Take in what each line asks for; tells of each that it cannot, what is wrong. Empty lines are left out."""
        for number, line in enumerate(lines, 1):
            if line.strip():
                read = _read(number, line)
                wrong = self._added(read) if isinstance(read, Asked) else read
                if wrong is not None:
                    yield wrong
        self._index.pack()

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401  # of a Sequence, where a slice gives several
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return Asked(json.loads(self._ids[at]), self._terms[at])

    def match(self, papers: Sequence[Paper]) -> Matches:
        """What each interest meets, by its position."""
        return self._index.match(papers)

    def lines(self, papers: Sequence[Paper], met: Matches, *, why: bool) -> Iterator[tuple[int, str]]:
        """The pairs of a paper and an interest that it meets, in the papers' order.

        JSON Lines, those of one paper at a time, and how many they are.
        """
        for place, interests in enumerate(met.by_paper(len(papers))):
            if why:
                rows = [json.dumps(self.row(papers, (place, at), why=True)) for at in interests]
            else:
                end = f', "paper": {place}}}'
                rows = [f'{{"interest": {self._ids[at]}{end}' for at in interests]
            yield len(rows), "".join([f"{row}\n" for row in rows])

    def row(self, papers: Sequence[Paper], pair: tuple[int, int], *, why: bool) -> Row:
        """What is told of a paper and an interest that it meets, both by their positions."""
        place, at = pair
        asked = self[at]
        row: Row = {"interest": asked.id, "paper": place}
        if why:
            row["why"] = [asdict(found) for found in evidence(asked.expression, papers[place])]
        return row

    def ranks(self, papers: Sequence[Paper], limit: int, seen: Seen) -> Iterator[Row]:
        """The best *limit* papers of each interest, best first, interest by interest."""
        collection = Collection(papers)
        met = self._index.match(papers)
        for at, interest in enumerate(self):
            places = met.get(at, ())
            best = collection.order(interest.expression, places)[:limit]
            near = collection.near(interest.expression, places, limit - len(best))
            related = len(collection.related(interest.expression, places, limit - len(best)))
            kinds = ["match"] * len(best) + ["related"] * related + ["near"] * (len(near) - related)
            for rank, ((place, score), kind) in enumerate(zip([*best, *near], kinds, strict=True), 1):
                found = {"interest": interest.id, "paper": place, "rank": rank, "score": round(score, 6)}
                yield {**found, "kind": kind}
            seen(1)

    def _added(self, asked: Asked) -> Row | None:
        """Take an interest in, or say what is wrong with it."""
        try:
            self._index.add(len(self), asked.term, typed=True)
        except Unreadable as error:
            return _wrong(asked.id, error.reason, error.at)
        self._ids.append(json.dumps(asked.id))
        self._terms.append(asked.term)
        return None


class _Texts:
    """Many short texts in one piece of memory."""

    def __init__(self) -> None:
        self._bytes, self._ends = bytearray(), array("Q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __getitem__(self, at: int) -> str:
        return self._bytes[self._ends[at] : self._ends[at + 1]].decode("utf-8", "surrogatepass")


def _read(number: int, line: str) -> Asked | Row:
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
    return Asked(id_, term)


def _wrong(interest: str | int | None, error: str, at: int = 0) -> Row:
    return {"interest": interest, "error": error, "at": at}
