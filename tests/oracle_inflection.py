"""The oracle's inflections (rule 7): the forms of a base are written out, never an ending taken off."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import product


def plurals(base: str) -> Iterator[str]:
    """The regular plurals of *base*."""
    if base.endswith(("s", "z", "x", "sh")):
        yield base + "es"
    elif re.search("[^aeiou]y$", base):
        yield base[:-1] + "ies"
    else:
        yield base + "s"
    if base.endswith(("o", "ch")):
        yield base + "es"
    if base.endswith(("sis", "xis")):
        yield base[:-2] + "es"
    if base.endswith(("ix", "ex")) and len(base) > 3:
        yield base[:-2] + "ices"
    if base.endswith("iz"):
        yield base + "zes"


def _stems(base: str) -> Iterator[str]:
    """What -ed and -ing are put to: *base* without its e, with its last letter doubled, or as it is."""
    short = len(re.findall("[aeiou]+|(?<![aeiou])y(?![aeiou])", base)) == 1
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
        yield base[:-1]
    elif base.endswith("ic") and not short:
        yield base + "k"
    elif re.search("[iu][ae]l$", base):  # dialled and dialed, fuelled and fueled
        yield from (base, base + "l")
    elif re.search("(^|[^aeiou]|qu)[aeiouy][^aeiouywx]$", base):  # called is of call, not of cal
        yield from [base + base[-1]] * (not short or base[-1] not in "ls") + [base] * (not short)
    else:
        yield base


_NO_BASES = {
    "even",
    "grok",
    "hi",
    "it",
    "thi",
    "thu",
    "wa",
    "ha",
    "ye",
}  # evening, grokking (Grok is a name), his, its, this, thus, was, has, yes are no inflections


@cache
def forms(base: str) -> frozenset[str]:
    """*base* and its regular inflections: plural, -ed, -ing and the plural of that."""
    if not base.isascii() or not base.isalnum() or len(base) < 2 or base in _NO_BASES:
        return frozenset((base,))
    if base[-1].isdigit():
        return frozenset((base, base + "s"))
    found = {base, *plurals(base), *_gerunds(base)}
    if len(base) > 2 and _voiced(base) and not re.fullmatch(".ee", base):
        y = re.search("[^aeiou]y$", base)
        found.update([base[:-1] + "ied"] if y else [stem.removesuffix("e") + "ed" for stem in _stems(base)])
    return frozenset(found)


def _gerunds(base: str) -> Iterator[str]:
    """The -ing of *base* and its plural."""
    stems = _stems(base) if _voiced(base) and len(base) > 2 else ()
    if base in ("be", "do", "go") or base.endswith("ue"):  # queueing and queuing
        stems = (base, *stems)
    for stem in (base[:-2] + "y",) if base.endswith("ie") else stems:
        yield from (stem + "ing", stem + "ings")


def _voiced(base: str) -> bool:
    """Whether there is a vowel to speak before -ed or -ing: not so in the, th, str."""
    return re.search("[aeiouy]", base.removesuffix("e")) is not None


@cache
def bases(word: str) -> frozenset[str]:
    """Every base that *word* is a form of; a base that is no English word harms nobody."""
    starts = (word[:length] for length in range(max(1, len(word) - 5), len(word) + 1))  # refer-rings
    tails = ("", "e", "y", "ie", "is", "ix", "ex")
    return frozenset(base for base in map("".join, product(starts, tails)) if word in forms(base))


@cache
def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one base."""
    return one == other or (one[0] == other[0] and not bases(one).isdisjoint(bases(other)))
