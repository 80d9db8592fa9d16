"""What stands between one line of a page and the next, and what it costs to read it one way or the other.

The costs are odds, as negative logarithms, set by hand on real pages wrapped at many widths: 0 is usual, 3 is odd,
infinity never happens.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import accumulate, pairwise
from math import inf
from typing import Final

from adapters.sources.lines import Line

LONGEST_TITLE: Final = 250  # characters; no title is longer, and an abstract on one line nearly always is
SHORT_ABSTRACT: Final = 140  # characters from which a line without a full stop can be all of an abstract
NARROWEST, WIDEST = 40, 200  # columns that people wrap at
EVIDENCE: Final = 3  # lines cut inside a sentence, before we believe in a width
TAIL: Final = 20  # characters in which a line's last sentence or word shows its end

CLOSERS: Final = r"[\"'’”)\]}$]*$"
END: Final = re.compile(r"[.!?…]" + CLOSERS)
FULL_STOP: Final = re.compile(r"\." + CLOSERS)
NEW_SENTENCE: Final = re.compile(r"\. +[A-Z]")
SEVERAL_SENTENCES: Final = re.compile(r"[.!?] +[A-Z]")
DANGLING: Final = re.compile(
    r"(?:,|\b(?:a|an|and|as|at|by|for|from|in|is|of|on|or|our|that|the|to|via|we|with))$"
)
PROSE: Final = re.compile(r"\b(?:[Ww]e|[Oo]ur|this|these|they|it|shows?|such)\b")
COLON: Final = re.compile(r"[^.]{2,60}: [A-Z]")
LONG_WORD: Final = re.compile(r"[^\W\d_][^\W_]{3,}")


class Break(Enum):
    """What stands between two lines."""

    HARD = auto()  # a backslash: the paragraph goes on
    BLANK = auto()  # a blank line
    WRAP = auto()  # the next word did not fit
    INDENT = auto()  # the next line is set in
    PLAIN = auto()  # nothing of all that


@dataclass(frozen=True, slots=True)
class Habit:
    """How a page sets its paragraphs.

    Where it uses blank lines in one way throughout, they tell the end of a title, or of an abstract, surely:
    True for always there, False for never there, None for a page that has no such habit.
    """

    blank_ends_title: bool | None = None
    blank_ends_abstract: bool | None = None
    wraps_titles: bool = False


@dataclass(frozen=True, slots=True)
class Seam:
    """Two lines, and what stands between them."""

    above: Line
    below: Line
    kind: Break

    def title_goes_on(self, habit: Habit) -> float:
        """The cost of one title on both lines."""
        if self.kind is Break.WRAP and habit.wraps_titles:
            return 1 + _prosaic(self.below.text) + 3 * _is_prose(self.below.text)
        return {Break.HARD: 0.0, Break.INDENT: 2.0}.get(self.kind, inf)

    def abstract_begins(self, habit: Habit) -> float:
        """The cost of a title above and its abstract below."""
        if self.kind is Break.HARD or habit.blank_ends_title is (self.kind is not Break.BLANK):
            return inf
        torn = self.kind is Break.WRAP and habit.wraps_titles
        lower = self._lower * (2.5 if self.kind is Break.WRAP else 1)
        return lower + 6 * bool(DANGLING.search(self.above.text[-TAIL:])) + 1.5 * torn

    def abstract_goes_on(self, *, complete: bool = True) -> float:
        """The cost of one abstract on both lines; *complete* when the line below can be the end of one."""
        if self.kind is Break.WRAP:
            return 2.7 if self._ended else 1.9 * (not self._lower)
        if self.kind in {Break.HARD, Break.INDENT}:
            return 0
        if self._lower:
            return 0.5
        a_sentence_a_line = self.kind is Break.PLAIN and not long(self.above) and not long(self.below)
        return 1.5 if complete and a_sentence_a_line and FULL_STOP.search(self.above.text[-TAIL:]) else inf

    def title_begins(self, habit: Habit) -> float:
        """The cost of an abstract's end above and the next title below."""
        if self.kind is Break.HARD or habit.blank_ends_abstract is (self.kind is not Break.BLANK):
            return inf
        cost = title_cost(self.below)
        if self.kind is Break.WRAP:
            return cost + 4.4 + 2.7 * (not self._ended) + _prosaic(self.below.text)
        prose = 1.5 * (_prosaic(self.below.text) > 1)
        return cost + 3 * (self.kind is Break.INDENT) + (not self._ended) + prose

    @property
    def _lower(self) -> bool:
        return self.below.text[0].islower()

    @property
    def _ended(self) -> bool:
        """Whether a sentence, or an address, ends the line above."""
        tail = self.above.text[-LONGEST_TITLE:]
        return "://" in tail.split()[-1] or bool(END.search(tail[-TAIL:]))


def seams(lines: Sequence[Line], columns: int) -> list[Seam]:
    """What stands between *lines*, which are wrapped at *columns*, 0 for not."""
    spaced = all(line.apart for line in lines[1:])  # a blank line after every line says nothing

    def between(above: Line, below: Line) -> Break:
        if above.text.endswith("\\"):
            return Break.HARD
        if below.apart and not spaced:
            return Break.BLANK
        if len(above.text) <= columns <= len(above.text) + len(_first_word(below)):
            return Break.WRAP
        return Break.INDENT if below.indent > above.indent else Break.PLAIN

    return [Seam(above, below, between(above, below)) for above, below in pairwise(lines)]


def width(lines: Sequence[Line]) -> int:
    """The column that *lines* are wrapped at; 0 when they are not.

    A line was wrapped at some width when it is no longer than that and the next word did not fit. The width that
    explains most line ends is the one, provided that most of these cut a sentence, as wrapping does.
    """
    ends, cuts = [0] * (WIDEST + 2), [0] * (WIDEST + 2)  # steps up and down, a column each
    for above, below in pairwise(lines):
        first, last = max(len(above.text), NARROWEST), len(above.text) + len(_first_word(below))
        if first <= min(last, WIDEST) and not below.apart:
            for steps in (ends, cuts) if below.text[0].islower() else (ends,):
                steps[first] += 1
                steps[min(last, WIDEST) + 1] -= 1
    ends, cuts = list(accumulate(ends)), list(accumulate(cuts))
    best = max(range(len(cuts)), key=cuts.__getitem__)
    return best if cuts[best] >= max(EVIDENCE, ends[best] / 2) else 0


def title_cost(line: Line) -> float:
    """What it costs to begin a title with *line*."""
    if long(line):
        return inf
    return 3 * _is_prose(line.text) + 2 * line.text[0].islower()


def whole_abstract(line: Line) -> bool:
    """Whether *line* alone can be all of an abstract."""
    text = line.text
    sentences = FULL_STOP.search(text[-TAIL:]) or SEVERAL_SENTENCES.search(text)
    return len(text) > SHORT_ABSTRACT or bool(sentences) or "://" in text


def long(line: Line) -> bool:
    """Whether *line* is too long for a title."""
    return len(line.text) > LONGEST_TITLE


def _is_prose(text: str) -> bool:
    return bool(FULL_STOP.search(text[-TAIL:]) or NEW_SENTENCE.search(text))


def _prosaic(text: str) -> float:
    """How little *text* looks like a title: titles have capitals and colons, and speak of no "we"."""
    words = LONG_WORD.findall(text)
    capitals = sum(word[0].isupper() for word in words) / (len(words) or 1)
    cost = -3.0 if capitals > 0.6 else 1.0 if capitals < 0.3 else 0.0
    return cost + 3 * bool(PROSE.search(text)) + (-2.3 if COLON.match(text) else 0.6)


def _first_word(line: Line) -> str:
    return line.text[: WIDEST + 1].split()[0]
