"""The interest language: what a person types to say what they want to read, to an expression and back."""

from bot.interests.expressions import (
    And,
    Category,
    Expression,
    Not,
    Or,
    Phrase,
    Source,
    Term,
    Typed,
    Upvotes,
    normal,
    phrases,
)
from bot.interests.grammar import parse
from bot.interests.lexer import MOST_CHARACTERS, MOST_TERMS, split
from bot.interests.widening import widened

__all__ = [
    "MOST_CHARACTERS",
    "MOST_TERMS",
    "And",
    "Category",
    "Expression",
    "Not",
    "Or",
    "Phrase",
    "Source",
    "Term",
    "Typed",
    "Upvotes",
    "normal",
    "parse",
    "phrases",
    "split",
    "widened",
]
