"""JSON Lines, a paper a line, or one JSON array of papers: text to rows, and rows to a reading."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from adapters.sources.limits import MOST_NESTING, MOST_PAPERS
from adapters.sources.reading import Format, Reading
from adapters.sources.rows import list_day, paper
from bot.errors import NothingAnnounced, Refused
from bot.models import Paper

Row = Mapping[str, Any]

# A page can begin with a bracket too: "[Re] A second look at …", "{\em Convergence} …".
OBJECT: Final = re.compile(r"\s*\{\s*(?:[\"'}]|$|\w+\s*:)")
ARRAY: Final = re.compile(
    r"\s*\[\s*(?:[{\"]|\[\s*[\[{\"\]\d]|$|\]\s*$|(?:-?[\d.]+|true|false|null)\s*[,\]]\s*(?:\S*[,\]]|$))"
)
SPACE: Final = re.compile(r"\s*")
DECODER: Final = json.JSONDecoder()


def recognises(text: str) -> bool:
    """Whether *text* begins as JSON does."""
    return bool(OBJECT.match(text) or ARRAY.match(text))


def read(text: str, _today: date) -> Reading:
    """Every row a paper, in the order of the file, repeats included.

    Raises:
        Refused: broken JSON, a row that is no paper, too many papers.
    """
    papers: list[Paper] = []
    days: set[date | None] = set()
    hugging_face = False
    for line, row in _rows(text):
        if _withdrawn(row):
            continue
        if len(papers) == MOST_PAPERS:
            raise Refused(f"more than {MOST_PAPERS:,} papers; land them in several files", line)
        papers.append(paper(row, line))
        days.add(list_day(row, line))
        hugging_face = hugging_face or isinstance(row.get("paper"), dict)
    if not papers:
        raise NothingAnnounced("there is no paper in it; an empty list is no digest")
    own = {found.source for found in papers}
    if own == {""}:
        own = {"huggingface" if hugging_face else "arxiv" if all(found.arxiv_id for found in papers) else ""}
    source = own.pop() if len(own) == 1 else ""
    return Reading(papers, max((day for day in days if day), default=None), source)


FORMAT: Final = Format(recognises, read)


def _withdrawn(row: Row) -> bool:
    """Whether Hugging Face was asked by the authors not to show it any more."""
    paper = row.get("paper")
    return isinstance(paper, dict) and bool(paper.get("withdrawnAt"))


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    rows = _in_array(text) if text.lstrip().startswith("[") else _on_lines(text)
    for line, row in rows:
        if not isinstance(row, dict):
            raise Refused(f"a paper is a JSON object, not {_called(row)}", line)
        if _deep(row):
            raise Refused(
                f"more than {MOST_NESTING} lists and objects inside one another; flatten the row", line
            )
        yield line, row


def _on_lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        row = line.strip(" \t")
        if row:
            value, end = _decoded(row, 0, number)
            if end < len(row):
                raise Refused("something follows the object; write one paper a line", number)
            yield number, value


def _in_array(text: str) -> Iterator[tuple[int, Any]]:
    at, line, counted = text.index("[") + 1, 1, 0
    while True:
        at = _next(text, at)
        line, counted = line + text.count("\n", counted, at), at
        if text[at : at + 1] == "]" and not text[:at].strip("[ \n\t"):
            at += 1
            break
        value, end = _decoded(text, at, line)
        yield line, value
        at = _next(text, end) + 1  # past the comma or the bracket
        if text[at - 1 : at] == "]":
            break
        if text[at - 1 : at] != ",":
            broken = line + text.count("\n", counted, at)
            raise Refused("the array breaks off: a comma or the closing bracket is missing", broken)
    at = _next(text, at)
    if at < len(text):
        raise Refused(
            "something follows the array; give one array alone", line + text.count("\n", counted, at)
        )


def _decoded(text: str, at: int, line: int) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        where = line + text.count("\n", at, error.pos)
        raise Refused(
            f"broken JSON, {error.msg[:1].lower()}{error.msg[1:]}; write one whole object a line, "
            "or all in one array",
            where,
        ) from None
    except RecursionError:
        raise Refused("lists and objects too deep inside one another; flatten the row", line) from None
    except ValueError:  # a number of thousands of digits
        raise Refused("a number too long to read", line) from None


def _deep(row: Row) -> bool:
    level: list[Any] = [row]
    for _ in range(MOST_NESTING):
        inside = (value.values() if isinstance(value, dict) else value for value in level)
        level = [inner for values in inside for inner in values if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _next(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _called(value: object) -> str:
    kinds = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "null")
