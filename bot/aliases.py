"""Words that the field uses for one another: LLM and large language model (the interest language, rule 8).

`aliases.tsv` holds a group a line: its spellings, separated by tabs, and last how many papers of a month define it
so. A spelling in capitals is found only in capitals, like any word typed so; people may type it as they like.

Some short spellings stand for several things (AD: anomaly detection, autonomous driving, Alzheimer's disease) and
carry a question mark. Such a one is alike with its long form only inside a longer term, where the other words tell
which is meant: `industrial anomaly detection` finds "industrial AD", but `AD` alone finds only AD, and
`anomaly detection` alone finds no bare AD.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from bot.inflection import lemmas
from bot.text import words

Spelling = tuple[str, ...]
"""The words of one way to say it, capitals kept."""

MOST_VARIANTS = 16  # of one term: enough for three aliases inside it, and a bound on hostile ones


class Alias(NamedTuple):
    """A *spelling* and the *others* of its group; the *shaky* ones mean other things too."""

    spelling: Spelling
    shaky: bool
    others: Sequence[tuple[Spelling, bool]]


Table = Mapping[str, Sequence[Alias]]
"""Aliases by their first word."""

Pairs = Sequence[tuple[str, str]]
"""Spellings that are alike in a workspace, beside the table."""


def variants(typed: Spelling) -> tuple[Spelling, ...]:
    """Every way to say *typed* that the table knows, itself first; at most MOST_VARIANTS."""
    return _ways(typed, _table())


def paired(typed: Spelling, pairs: Pairs) -> tuple[Spelling, ...]:
    """Every way to say *typed* by *pairs* alone, itself first; at most MOST_VARIANTS."""
    return _ways(typed, _indexed([(_spelled(one), False), (_spelled(other), False)] for one, other in pairs))


def _ways(typed: Spelling, table: Table) -> tuple[Spelling, ...]:
    found = {typed: None}
    waiting = [typed]
    while waiting:
        for other in _replaced(waiting.pop(0), table):
            if len(found) < MOST_VARIANTS and other not in found:
                found[other] = None
                waiting.append(other)
    return tuple(found)


@lru_cache(maxsize=20_000)
def begins(word: str) -> bool:
    """Whether a spelling that has others begins with *word*: a term without such a word is said in one way."""
    table = _table()
    return any(lemma in table for lemma in lemmas(word.lower()))


def _replaced(typed: Spelling, table: Table) -> Iterator[Spelling]:
    """*typed* with one alias inside it replaced by another of its group."""
    for start, word in enumerate(typed):
        for spelling, shaky, others in _starting(word, table):
            end = start + len(spelling)
            if len(typed) >= end and all(map(_same, typed[start:end], spelling)):
                alone = len(typed) == len(spelling)
                for other, other_shaky in others:
                    if not (alone and (shaky or other_shaky)):
                        yield (*typed[:start], *other, *typed[end:])


def _starting(word: str, table: Table) -> Sequence[Alias]:
    """The aliases whose first word *word* can be."""
    return [alias for lemma in sorted(lemmas(word.lower())) for alias in table.get(lemma, ())]


def _same(typed: str, word: str) -> bool:
    """Whether *typed* stands for the *word* of a spelling."""
    return not lemmas(typed.lower()).isdisjoint(lemmas(word.lower()))


def groups() -> Iterator[Sequence[tuple[Spelling, bool]]]:
    """The spellings that are alike, group by group; the shaky ones mean other things too."""
    for line in files("bot").joinpath("aliases.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield [(_spelled(said), said.endswith("?")) for said in line.split("\t")[:-1]]


def _spelled(said: str) -> Spelling:
    return tuple(word.surface for word in words(said))


@cache
def _table() -> Table:
    return _indexed(groups())


def _indexed(found: Iterable[Sequence[tuple[Spelling, bool]]]) -> Table:
    """The aliases of these groups by their first word."""
    table: defaultdict[str, list[Alias]] = defaultdict(list)
    for group in found:
        for at, (spelling, shaky) in enumerate(group):
            others = [*group[:at], *group[at + 1 :]]
            if spelling and all(other for other, _ in others):
                table[spelling[0].lower()].append(Alias(spelling, shaky, others))
    return dict(table)
