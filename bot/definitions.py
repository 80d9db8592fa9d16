"""What papers say a short form stands for: "Direct Preference Optimization (DPO)", "DPO (direct preference …)".

The method is that of Schwartz and Hearst (A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical
Text, PSB 2003): from right to left, each letter of the short form is found in the words before it, its first one at
the beginning of a word.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from bot.models import Paper
from bot.text import clean, words

_BRACKETS: Final = re.compile(r"\(([^()]{2,80})\)")
_BREAK: Final = re.compile(r"[.;:!?,()]\s")
_SHORT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]{1,9}")
_WORD_BEFORE: Final = re.compile(r"\S+(?=\s*$)")
_MOST_WORDS: Final = 10  # of a long form
_HOLLOW: Final = frozenset("a an and the of for in on to with by our we its their this that is are".split())


class Definition(NamedTuple):
    """A *short* form, its capitals kept, and the *long* one in small letters; neither is in the plural."""

    short: str
    long: str


def definitions(paper: Paper) -> set[Definition]:
    """What *paper* defines, in its title or abstract."""
    found = (one for text in (paper.title, paper.abstract) for one in _defined(clean(text).text))
    return set(found)


def counted(papers: Iterable[Paper]) -> Counter[Definition]:
    """How many of *papers* define each."""
    return Counter(one for paper in papers for one in definitions(paper))


def _defined(text: str) -> Iterator[Definition]:
    for match in _BRACKETS.finditer(text):
        before = _BREAK.split(text[: match.start()])[-1]
        inner = re.split(r"[;,]", match[1])[0].strip()
        last = _WORD_BEFORE.search(before)
        if _is_short(inner):
            yield from _pair(inner, before.split())
        elif last and _is_short(last[0]):
            yield from _pair(last[0], inner.split(), whole=True)


def _is_short(text: str) -> bool:
    """Whether *text* looks like an acronym: two capitals at least, and few letters."""
    return bool(_SHORT.fullmatch(text)) and sum(map(str.isupper, text)) > 1


def _pair(short: str, before: Sequence[str], *, whole: bool = False) -> Iterator[Definition]:
    """The definition of *short* by the last words *before* it; by all of them where they are the *whole*."""
    single = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
    most = min(len(single) + 5, len(single) * 2, _MOST_WORDS)
    long = _aligned(single, before[-most:])
    plain = _singular(long)
    if not plain or len(plain) <= len(single) or single.lower() in plain.split():
        return
    if whole and len(long.split()) != len(before):
        return
    yield Definition(single, plain)


def _aligned(short: str, before: Sequence[str]) -> str:
    """The shortest end of *before* that has the letters of *short* in their order; nothing where there is none."""
    text = " ".join(before)
    at = len(text)
    for place in range(len(short) - 1, -1, -1):
        letter = short[place].lower()
        if not letter.isalnum():
            continue
        at = _back(text, letter, at, first=place == 0)
        if at < 0:
            return ""
    found = text[at:]
    return "" if found.split()[0].lower() in _HOLLOW else found


def _back(text: str, letter: str, at: int, *, first: bool) -> int:
    """Where *letter* stands last before *at*; the *first* one of a short form begins a word."""
    at -= 1
    while at >= 0 and (text[at].lower() != letter or (first and at > 0 and text[at - 1].isalnum())):
        at -= 1
    return at


def _singular(long: str) -> str:
    """The words in small letters, the last without its plural."""
    found = [word.form for word in words(long)]
    if found and len(found[-1]) > 3 and found[-1].endswith("s") and found[-1][-2] not in "suia":
        found[-1] = found[-1][:-1]
    return " ".join(found)
