"""An interest as an expression of terms, and its normal form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

_OPERATORS = frozenset(("AND", "OR", "NOT"))

Field = Literal["", "title", "abstract", "author"]
"""Where a phrase is looked for; the empty one is title or abstract."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A word as typed, accents and dashes folded, in capitals or in none. *prefix*: any that begins so."""

    surface: str
    prefix: bool = False

    @classmethod
    def of(cls, surface: str, *, prefix: bool = False) -> "Typed":
        """*surface*, its capitals kept only where they count: two letters or more, and no small one."""
        caps = surface.isupper() and sum(map(str.isalpha, surface)) > 1
        return cls(surface if caps else surface.lower(), prefix)

    @property
    def form(self) -> str:
        """The word without capitals."""
        return self.surface.lower()

    @property
    def caps(self) -> bool:
        """Whether it was typed in capitals, and so finds only text in capitals."""
        return self.surface != self.form and len(self.surface) > 1

    def __str__(self) -> str:
        return self.surface + "*" * self.prefix


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other; *exact* ones without inflections and aliases."""

    words: tuple[Typed, ...]
    exact: bool = False
    field: Field = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A category such as cs.LG, or with a star at its end all that begin so; kept in lower case."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the paper came from; kept in lower case."""

    name: str


@dataclass(frozen=True, slots=True)
class Upvotes:
    """At least so many votes."""

    least: int


@dataclass(frozen=True, slots=True)
class Not:
    """Leaves out what *inner* finds."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts."""

    parts: tuple["Expression", ...]


Term = Phrase | Category | Source | Upvotes
Expression = Term | Not | And | Or


def all_of(parts: Sequence[Expression]) -> Expression:
    """The parts joined by AND: flat, and each said once."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, And) else (part,))]
    kept = tuple(dict.fromkeys(flat))
    return kept[0] if len(kept) == 1 else And(kept)


def any_of(parts: Sequence[Expression]) -> Expression:
    """The parts joined by OR: flat, and each said once."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, Or) else (part,))]
    kept = tuple(dict.fromkeys(flat))
    return kept[0] if len(kept) == 1 else Or(kept)


def none_of(inner: Expression) -> Expression:
    """Not *inner*; twice not is the thing itself."""
    return inner.inner if isinstance(inner, Not) else Not(inner)


def phrases(expression: Expression) -> Iterator[Phrase]:
    """The phrases that *expression* looks for: those it leaves out are not among them."""
    match expression:
        case Phrase():
            yield expression
        case And(parts) | Or(parts):
            for part in parts:
                yield from phrases(part)
        case Not() | Category() | Source() | Upvotes():
            return


def meets_nothing(expression: Expression) -> bool:
    """Whether a paper without a single word would be found: then the expression looks for nothing."""
    match expression:
        case Not(inner):
            return not meets_nothing(inner)
        case And(parts):
            return all(meets_nothing(part) for part in parts)
        case Or(parts):
            return any(meets_nothing(part) for part in parts)
        case Phrase() | Category() | Source() | Upvotes():
            return False


def normal(expression: Expression) -> str:
    """The normal form: words folded, operators in one spelling, no parenthesis that is not needed.

    Parsing it gives *expression* again.
    """
    match expression:
        case Or(parts):
            return " OR ".join(map(normal, parts))
        case And(parts):
            return " AND ".join(_grouped(part, Or) for part in parts)
        case Not(inner):
            return f"NOT {_grouped(inner, And | Or)}"
        case Phrase(words, exact, field):
            text = f'"{" ".join(map(str, words))}"' if exact else _unquoted(words)
            return (field and f"{field}:") + text
        case Category(pattern):
            return f"category:{_spelled(pattern)}"
        case Source(name):
            return f"source:{name}"
        case Upvotes(least):
            return f"upvotes>={least}"


def _unquoted(words: Sequence[Typed]) -> str:
    """The words as typed; a hyphen keeps one that is spelled like an operator from being it."""
    said = [str(word) for word in words]
    if _OPERATORS.isdisjoint(said):
        return " ".join(said)
    return "-".join(said) if len(said) > 1 else f"{said[0]}-"


def _grouped(part: Expression, kinds: object) -> str:
    return f"({normal(part)})" if isinstance(part, kinds) else normal(part)  # type: ignore[arg-type]  # a union of classes


def _spelled(pattern: str) -> str:
    """A category as arXiv writes it: cs.LG, but cond-mat.supr-con."""
    archive, dot, subject = pattern.partition(".")
    return archive + dot + (subject.upper() if len(subject.rstrip("*")) == 2 else subject)
