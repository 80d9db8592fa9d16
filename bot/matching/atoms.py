"""A word of an interest as a question to the words of a text."""

from functools import lru_cache
from typing import Literal, NamedTuple

from bot.aliases import begins, variants
from bot.inflection import alike, singulars
from bot.interests import Phrase, Typed


class Atom(NamedTuple):
    """One word that a text may hold: *pattern* has capitals where the text must have them.

    Modes: the word itself (exact), it or its plural (plural), any inflection (lemma), its beginning (prefix).
    """

    mode: Literal["exact", "plural", "lemma", "prefix"]
    pattern: str

    def met(self, surface: str) -> bool:
        """Whether the text's word *surface* is what this asks for."""
        form, asked = surface.lower(), self.pattern.lower()
        match self.mode:
            case "prefix":
                same = form.startswith(asked)
            case "exact":
                same = form == asked
            case "plural":
                same = form == asked or asked in singulars(form)
            case "lemma":
                same = alike(form, asked)
        return same and self.capitals(surface)

    def begins(self, surface: str) -> bool:
        """Whether *surface* goes on after this, as `finetuning` does after `fine`."""
        size = len(self.pattern)
        starts = self.mode != "prefix" and surface[:size].lower() == self.pattern.lower() != surface.lower()
        return starts and self.capitals(surface)

    def capitals(self, surface: str) -> bool:
        """Whether *surface* has its capitals where this asks for them."""
        pattern = self.pattern
        return pattern.islower() or all(
            has.isupper() for has, asked in zip(surface, pattern, strict=False) if asked.isupper()
        )


Path = tuple[Atom, ...]
"""The words of a phrase, one after the other."""


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
