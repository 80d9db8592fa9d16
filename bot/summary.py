"""What to read of an abstract: the whole sentences that show why it came and what it contributes. Pure."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bot.messages import Span, Text, bold, plain

MOST_SENTENCES: Final = 3

_SENTENCE_END: Final = re.compile(
    r"""(?<![.!?…])[.!?…]++["'”’»)\]]*+\s+(?=["'“‘«(\[]*(?P<next>\S))
    | [。！？]+\s*
    | (?<=[a-z]{4})\.(?=[A-Z][a-z]+\ )          # sources lose the space between two sentences""",
    re.VERBOSE,
)
_STAYS_OPEN: Final = re.compile(  # an abbreviation, somebody's initial, or the number of a list
    r"""(?:^|[\s(\[])
    (?:(?i:e\.?g|i\.?e|al|cf|vs|viz|ca|resp|incl|approx|avg|w\.r\.t|s\.t|a\.k\.a|i\.i\.d|u\.s|u\.k|figs?|eqs?|secs?
        |tabs?|refs?|thm|prop|lem|def|alg|app|ch|nos?|vol|pp|st|dr|mrs?|ms|prof|jr|sr|inc|ltd|univ|dept|rev|lett|phys
        |proc|conf)
    |[A-Z]
    |(?:(?<=^)|(?<=[.:;!?,]\s))\(?\d{1,2})\Z""",
    re.VERBOSE,
)
_LOST_END: Final = re.compile(  # where a sentence too long to be one has lost its end, or could have had one
    r"(?<=[a-z0-9]) (?=(?:We|Our|This|These|Unlike|To) [a-z])|(?<=;) "
)
_LONGEST: Final = 400  # characters of a sentence that is not looked through for lost ends

_CLAUSE_END: Final = re.compile(r"[,;:–—](?=\s)|(?=\s[–—-]\s)")

_CONTRIBUTION: Final = re.compile(
    r"\b(?:this|the current|the present) (?:paper|work|study|article|report|survey|review|thesis)\b"
    r"|\bwe\b[^.;]{0,60}?\b(?:present|propos|introduc|develop|releas|contribut|build|formulat|offer|suggest)",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(  # less plainly a contribution, but what the paper is about
    r"\bwe\b[^.;]{0,40}?\b(?:stud(?:y|ied)|investigat|analy[sz]|consider|examin|explor|revisit|address|tackl|answer"
    r"|describ|design|establish|deriv|prov)",
    re.IGNORECASE,
)
_OUTCOME: Final = re.compile(
    r"\b(?:outperform|surpass|exceed|state[- ]of[- ]the[- ]art|we (?:\w+ )?(?:show|find|evaluate|demonstrate|validate)"
    r"|(?:our|these|extensive|experimental|empirical) (?:\w+ ){0,2}?(?:results?|experiments?|findings|evaluations?))",
    re.IGNORECASE,
)
_OWN: Final = re.compile(r"\b(?:we|our)\b", re.IGNORECASE)
_POINTER: Final = re.compile(r"https?://|\bavailable (?:at|on|here)\b|\bproject page\b", re.IGNORECASE)


class Stretch(NamedTuple):
    """Characters *start* to *end* of a text."""

    start: int
    end: int


class Mark(NamedTuple):
    """Characters *start* to *end* of a text, where it meets *term*."""

    start: int
    end: int
    term: str = ""


def excerpt(text: str, marks: Sequence[Mark], room: int, told: Collection[str] = ()) -> Text:
    """Two or three whole sentences of *text*, in its order and within *room* characters, marks in bold.

    First come terms that are not yet *told*, then the contribution, then the outcome. What is left out
    between two sentences shows as an ellipsis. One is cut only where none fits, or none that shows a term.
    """
    marks = sorted(marks)
    parts = [_Sentence.of(text, marks, part) for part in sentences(text)]
    chosen = _chosen(parts, room, frozenset(told))
    if chosen:
        return _joined(text, marks, parts, chosen)
    best = max(parts, key=lambda part: part.worth([], frozenset(told)), default=None)
    return _cut(text, marks, best.place, room) if best else ()


def passage(text: str, marks: Sequence[Mark], place: Stretch, room: int) -> Text:
    """What stands at *place*, marks in bold; when longer than *room*, cut after a clause or a word."""
    if place.end - place.start <= room:
        return tuple(_spans(text, marks, place))
    if room < 1:
        return ()
    end = _place_to_cut(text, place.start, place.start + room - 1)
    return (*_spans(text, marks, Stretch(place.start, end)), Span("…"))


def shortened(text: str, room: int) -> str:
    """*text* within *room* characters, cut after a word where it is longer."""
    return plain(passage(text, (), Stretch(0, len(text)), room))


def sentences(text: str) -> tuple[Stretch, ...]:
    """Where the sentences of *text* stand, without the space around them.

    In doubt a sentence goes on: two in one are still whole, and half a sentence misleads.
    """
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if _is_end(text, match)]
    bounds = [*zip([0, *ends], [*ends, len(text)], strict=True)]
    lost = [
        one.end()
        for start, end in bounds
        if end - start > _LONGEST
        for one in _LOST_END.finditer(text, start, end)
    ]
    ends = sorted({*ends, *lost})
    bounds = [*zip([0, *ends], [*ends, len(text)], strict=True)]
    return tuple(_stripped(text, start, end) for start, end in bounds if text[start:end].strip())


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: Stretch
    terms: frozenset[str]
    contribution: int
    concludes: bool
    points: bool

    @classmethod
    def of(cls, text: str, marks: Sequence[Mark], place: Stretch) -> "_Sentence":
        said = text[place.start : place.end]
        terms = frozenset(mark.term for mark in _within(marks, place))
        concludes = bool(_OUTCOME.search(said))
        own = 3 if _OWN.search(said) and not concludes and not said.endswith("?") else 0
        contribution = 6 if _CONTRIBUTION.search(said) else 5 if _SUBJECT.search(said) else own
        return cls(place, terms, contribution, concludes, bool(_POINTER.search(said)))

    def worth(self, chosen: "Sequence[_Sentence]", told: frozenset[str]) -> int:
        """What it adds to those *chosen*: a new reason first, then the contribution, then the outcome."""
        return (
            8 * len(self.terms - told.union(*(part.terms for part in chosen)))
            + max(0, self.contribution - max((part.contribution for part in chosen), default=0))
            + 2 * (self.concludes and not any(part.concludes for part in chosen))
            + 1 * bool(self.terms)
            - 6 * self.points
        )


def _chosen(parts: Sequence[_Sentence], room: int, told: frozenset[str]) -> list[_Sentence]:
    chosen: list[_Sentence] = []
    while len(chosen) < MOST_SENTENCES:
        fitting = [part for part in parts if part not in chosen and _length([*chosen, part]) <= room]
        best = max(fitting, key=lambda part: part.worth(chosen, told), default=None)
        if best is None or (chosen and best.worth(chosen, told) < len(chosen) - 1):
            break
        chosen.append(best)
    hidden = any(part.terms - told for part in parts) and not any(part.terms - told for part in chosen)
    return [] if hidden else chosen


def _length(parts: Sequence[_Sentence]) -> int:
    return sum(part.place.end - part.place.start + len(" … ") for part in parts) - len(" … ")


def _joined(
    text: str, marks: Sequence[Mark], parts: Sequence[_Sentence], chosen: Sequence[_Sentence]
) -> Text:
    said: list[Span] = []
    last = 0
    for at, part in enumerate(parts):
        if part in chosen:
            said += [Span(" " if at == last + 1 else " … ")] if said else []
            said += _spans(text, marks, part.place)
            last = at
    return tuple(said)


def _cut(text: str, marks: Sequence[Mark], place: Stretch, room: int) -> Text:
    """As much of one sentence as fits, its first mark included."""
    first = next(iter(_within(marks, place)), Mark(place.start, place.start))
    if first.end - place.start < room or room <= len("… "):
        return passage(text, marks, place, room)
    start = _place_to_cut(text, max(place.start, first.start - room // 2), first.start)
    rest = _stripped(text, start, place.end)
    return (Span("… "), *passage(text, marks, rest, room - len("… ")))


def _within(marks: Sequence[Mark], place: Stretch) -> Sequence[Mark]:
    """Those of the sorted *marks* that begin there."""
    return marks[bisect_left(marks, (place.start,)) : bisect_left(marks, (place.end,))]


def _place_to_cut(text: str, start: int, end: int) -> int:
    """The best place from half-way to *end*: after a clause, else after a word, else *end* itself."""
    half = (start + end) // 2
    clauses = [match.start() for match in _CLAUSE_END.finditer(text, half, end + 1)]
    if clauses and clauses[-1] <= end:
        return clauses[-1]
    space = text.rfind(" ", half, end + 1)
    return space if space > start else end


def _spans(text: str, marks: Sequence[Mark], place: Stretch) -> Iterator[Span]:
    at = place.start
    for mark in sorted(marks):
        start, end = max(mark.start, at), min(mark.end, place.end)
        if start < end:
            if at < start:
                yield Span(text[at:start])
            yield bold(text[start:end])
            at = end
    if at < place.end:
        yield Span(text[at : place.end])


def _is_end(text: str, match: re.Match[str]) -> bool:
    following = match["next"]
    if following is None:
        return True  # a full stop that is nothing else
    before = text[max(0, match.start() - 20) : match.start()]
    return not following.islower() and not (match[0].startswith(".") and _STAYS_OPEN.search(before))


def _stripped(text: str, start: int, end: int) -> Stretch:
    part = text[start:end]
    return Stretch(start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip())))
