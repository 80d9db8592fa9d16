"""Which words are regular inflections of one another: plural, -ed, -ing (the interest language, rule 7).

There is no dictionary, so a form answers to every base it could come from by the rules of English
spelling: `bases` is `base` or `basis`, `pruning` can only be `prune`. Two words are alike when they share
one. Derivations stay apart (`transformer`, `transform`): no ending but these three is ever taken off.
"""

import re
from functools import lru_cache

_MOST_REMEMBERED = 30_000  # words: a day of papers has some ten thousand
_NOT_PLURAL = frozenset(
    ("as", "gas", "has", "his", "is", "its", "perhaps", "plus", "this", "thus", "us", "was", "yes")
)
_NOT_VERB = frozenset(("evening", "nothing", "something", "anything", "everything", "grokking"))
_EED = re.compile(r"(?:agr|decr|disagr|fr|guarant|refer)eed")  # the others (need, speed) have no shorter base
_VOWEL = re.compile(r"[aeiouy]")
_SYLLABLES = re.compile(r"[aeiouy]+[^aeiouy]+[aeiouy]")
_SHORT = re.compile(r"[^aeiouy]*[aeiouy][^aeiouywx]")  # tun, us: they would have doubled, so an e is missing
_DOUBLED = re.compile(r".+?([^aeiouy])\1")


@lru_cache(maxsize=_MOST_REMEMBERED)
def singulars(form: str) -> tuple[str, ...]:
    """What *form* (lower case) can be the plural of."""
    if len(form) < 3 or not form.endswith("s") or form.endswith("ss") or form in _NOT_PLURAL:
        return ()
    found = [form[:-1]]
    if form.endswith("ies"):
        found.append(form[:-3] + "y")
    if form.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        found.append(form[:-2])
    if form.endswith(("ses", "xes")):
        found.append(form[:-2] + "is")
    if form.endswith("ices"):
        found += (form[:-4] + "ix", form[:-4] + "ex")
    if form.endswith("izzes"):
        found.append(form[:-3])
    return tuple(found)


@lru_cache(maxsize=_MOST_REMEMBERED)
def lemmas(form: str) -> frozenset[str]:
    """Every base *form* (lower case) can come from, itself included."""
    if form[-1:] not in "sdg":  # as most: neither -s nor -ed nor -ing
        return frozenset((form,))
    names = (form, *singulars(form))
    return frozenset((*names, *(verb for name in names for verb in _verbs(name))))


def alike(one: str, other: str) -> bool:
    """Whether two forms are inflections of one word."""
    return not lemmas(one).isdisjoint(lemmas(other))


def _verbs(form: str) -> tuple[str, ...]:
    """What *form* can be the -ed or -ing form of."""
    if form in _NOT_VERB:
        return ()
    if form.endswith("eed"):
        return (form[:-1],) if _EED.fullmatch(form) else ()
    if form.endswith("ied"):
        return (form[:-3] + "y", form[:-1])
    if form.endswith("ying") and len(form) > 4:
        return (form[:-3], form[:-4] + "ie")  # play, tie
    stem = form[:-3] if form.endswith("ing") else form[:-2] if form.endswith("ed") else ""
    return _bases(stem) if len(stem) > 1 and _VOWEL.search(stem) else ()


def _bases(stem: str) -> tuple[str, ...]:
    """The verbs that lose their ending to *stem* before -ed and -ing."""
    if _DOUBLED.fullmatch(stem):
        kept = stem[-1] in "lszf" or len(stem) == 3  # call, pass, add
        undoubled = not kept or (stem[-1] in "ls" and bool(_SYLLABLES.search(stem)))  # plan; model, focus
        return (*([stem] if kept else []), *([stem[:-1]] if undoubled else []))
    if _SHORT.fullmatch(stem):
        return (stem + "e",)
    if stem.endswith("ick") and _SYLLABLES.search(stem[:-1]):
        return (stem, stem[:-1])  # trick, panic
    return (stem,) if stem[-1] in "aeioy" else (stem, stem + "e")
