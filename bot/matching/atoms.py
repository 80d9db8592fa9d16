"""A word of an interest as a question to the words of a text."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.aliases import begins, variants
from bot.inflection import lemmas, singulars
from bot.interests import Phrase, Typed


class Atom(NamedTuple):
    """One word that a text may hold: *pattern* has capitals where the text must have them.

    Modes: the word itself (exact), it or its plural (plural), any inflection (lemma), its beginning (prefix).
    """

    mode: Literal["exact", "plural", "lemma", "prefix"]
    pattern: str

    @property
    def keys(self) -> Iterator[str]:
        """What it is looked up by: a text's word that has none of these among its own keys is not it."""
        form = self.pattern.lower()
        if self.mode == "lemma":
            return (f"~{lemma}" for lemma in lemmas(form))
        return iter((_SIGNS[self.mode] + form,))

    def capitals(self, surface: str) -> bool:
        """Whether *surface* has its capitals where this asks for them."""
        pattern = self.pattern
        return pattern.islower() or all(
            has.isupper() for has, asked in zip(surface, pattern, strict=False) if asked.isupper()
        )


_SIGNS = {"exact": "=", "plural": "+", "prefix": "*"}

Path = tuple[Atom, ...]
"""The words of a phrase, one after the other."""


@lru_cache(maxsize=100_000)
def keys(form: str) -> tuple[str, ...]:
    """What a text's word (lower case) answers to, prefixes aside."""
    plural_of = (form, *singulars(form))
    return (f"={form}", *(f"+{one}" for one in plural_of), *(f"~{lemma}" for lemma in lemmas(form)))


@lru_cache(maxsize=10_000)
def paths(phrase: Phrase) -> tuple[Path, ...]:
    """Every way to say *phrase*: itself and by its aliases. Names have neither aliases nor inflections."""
    exact = phrase.exact or phrase.field == "author"
    if exact or any(word.prefix for word in phrase.words):
        return (tuple(_atom(word, exact=exact) for word in phrase.words),)
    typed = tuple([word.surface for word in phrase.words])
    if not any(map(begins, typed)):
        return (tuple([_atom(word, exact=False) for word in phrase.words]),)
    spellings = variants(typed)
    return tuple(tuple(_atom(Typed.of(word), exact=False) for word in spelling) for spelling in spellings)


def _atom(word: Typed, *, exact: bool) -> Atom:
    if word.prefix:
        return Atom("prefix", word.surface)
    if word.caps:
        return Atom("plural", word.surface)
    return Atom("exact" if exact else "lemma", word.surface)
