"""Titles and abstracts told apart, where only their lines follow one another.

A page of bare text has no marks: a title, an abstract, a title, an abstract. Either may be one line or wrapped
over several, with blank lines somewhere or nowhere. Each line is read as part of a title or of an abstract, so
that the whole costs least. When nothing is possible any more, that is the line where the page is broken.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import Final

from adapters.sources.lines import Line
from adapters.sources.seams import Break, Habit, Seam, long, seams, title_cost, whole_abstract
from bot.errors import Refused

INNER_BREAK: Final = re.compile(r"\\{2}\s+|\\\s{2,}")  # a hard line break whose line went on: "one\\  two"
TITLE, ABSTRACT = 0, 1


@dataclass(frozen=True, slots=True)
class Pair:
    """A title and its abstract, each as the lines it stands on."""

    title: Sequence[Line]
    abstract: Sequence[Line]


def pairs(lines: Sequence[Line], columns: int) -> list[Pair]:
    """The papers of *lines*, which hold nothing else and are wrapped at *columns*, 0 for not.

    Raises:
        Refused: no reading makes titles and abstracts alternate.
    """
    if long(lines[0]):
        raise Refused("an abstract without its title; put the title on the line before", lines[0].number)
    between = seams(lines, columns)
    wraps = all(len(line.text) <= columns or " " not in line.text for line in lines)
    if any(seam.kind is Break.BLANK for seam in between):
        for blank_ends_title in (True, False):
            with suppress(Refused):
                return _read(
                    lines, between, Habit(blank_ends_title, blank_ends_abstract=True, wraps_titles=wraps)
                )
    return _read(lines, between, Habit(wraps_titles=wraps))


def joined(lines: Sequence[Line]) -> str:
    """The text of *lines*: line breaks made spaces, everything else as it is."""
    texts = [line.text.rstrip("\\").rstrip() for line in lines[:-1]] + [line.text for line in lines[-1:]]
    return INNER_BREAK.sub(" ", " ".join(texts)).strip()


def _read(lines: Sequence[Line], between: Sequence[Seam], habit: Habit) -> list[Pair]:
    costs = (title_cost(lines[0]), inf)
    path: list[tuple[int, int]] = []  # for each line but the first: what the line above was, if this is …
    for at, seam in enumerate(between):
        alone = at + 1 == len(between) or between[at + 1].abstract_goes_on() == inf
        complete = not alone or whole_abstract(seam.below)
        begins = seam.abstract_begins(habit) if complete else inf
        goes_on = seam.abstract_goes_on(complete=complete)
        titles = (costs[TITLE] + seam.title_goes_on(habit), costs[ABSTRACT] + seam.title_begins(habit))
        abstracts = (costs[TITLE] + begins, costs[ABSTRACT] + goes_on)
        costs = (min(titles), min(abstracts))
        if costs == (inf, inf):
            raise _broken(seam)
        path.append((titles.index(costs[TITLE]), abstracts.index(costs[ABSTRACT])))
    if costs[ABSTRACT] == inf:
        raise Refused("the abstract is missing: give every title one, on the line after it", lines[-1].number)
    return _paired(lines, _followed(path))


def _followed(path: Sequence[tuple[int, int]]) -> list[int]:
    kinds = [ABSTRACT]
    for came in reversed(path):
        kinds.append(came[kinds[-1]])
    return kinds[::-1]


def _paired(lines: Sequence[Line], kinds: Sequence[int]) -> list[Pair]:
    found: list[tuple[list[Line], list[Line]]] = []
    for line, kind, before in zip(lines, kinds, [ABSTRACT, *kinds], strict=False):
        if kind == TITLE and before == ABSTRACT:
            found.append(([], []))
        found[-1][kind].append(line)
    return [Pair(title, abstract) for title, abstract in found]


def _broken(seam: Seam) -> Refused:
    if not long(seam.below):
        return Refused("two titles in a row: the abstract of the first is missing", seam.below.number)
    if long(seam.above):
        reason = "two abstracts in a row: put the title between them, or join them on one line"
        return Refused(reason, seam.below.number)
    return Refused("an abstract where a title should be: a line is missing above it", seam.below.number)
