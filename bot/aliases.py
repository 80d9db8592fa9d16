"""Words that the field uses for one another: LLM and large language model (the interest language, rule 8).

`aliases.tsv` holds a group a line, its spellings separated by tabs. A spelling in capitals is found only in
capitals, like any word typed so; people may type it as they like.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from bot.inflection import lemmas
from bot.text import words

Spelling = tuple[str, ...]
"""The words of one way to say it, capitals kept."""

MOST_VARIANTS = 16  # of one term: enough for three aliases inside it, and a bound on hostile ones


def variants(typed: Spelling) -> tuple[Spelling, ...]:
    """Every way to say *typed* that the table knows, itself first; at most MOST_VARIANTS."""
    found = {typed: None}
    waiting = [typed]
    while waiting:
        for other in _replaced(waiting.pop(0)):
            if len(found) < MOST_VARIANTS and other not in found:
                found[other] = None
                waiting.append(other)
    return tuple(found)


def _replaced(typed: Spelling) -> Iterator[Spelling]:
    """*typed* with one alias inside it replaced by another of its group."""
    for start, word in enumerate(typed):
        for spelling, group in _starting(word):
            end = start + len(spelling)
            if len(typed) >= end and all(map(_same, typed[start:end], spelling)):
                others = [other for other in group if other != spelling]
                yield from ((*typed[:start], *other, *typed[end:]) for other in others)


def _starting(word: str) -> Sequence[tuple[Spelling, Sequence[Spelling]]]:
    """The spellings whose first word *word* can be, each with its group."""
    table = _table()
    return [entry for lemma in sorted(lemmas(word.lower())) for entry in table.get(lemma, ())]


def _same(typed: str, word: str) -> bool:
    """Whether *typed* stands for the *word* of a spelling."""
    return not lemmas(typed.lower()).isdisjoint(lemmas(word.lower()))


@cache
def _table() -> dict[str, list[tuple[Spelling, Sequence[Spelling]]]]:
    """The spellings by their first word."""
    table: defaultdict[str, list[tuple[Spelling, Sequence[Spelling]]]] = defaultdict(list)
    for line in files("bot").joinpath("aliases.tsv").read_text("utf-8").splitlines():
        group = [tuple(word.surface for word in words(spelling)) for spelling in line.split("\t")]
        for spelling in group:
            table[spelling[0].lower()].append((spelling, group))
    return dict(table)
