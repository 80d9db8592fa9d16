"""Tokens to an expression, by recursive descent: OR binds loosest, then AND, then NOT."""

import re
from itertools import pairwise

from bot.errors import Unreadable
from bot.interests.expressions import (
    And,
    Category,
    Expression,
    Field,
    Not,
    Or,
    Phrase,
    Source,
    Typed,
    Upvotes,
    all_of,
    any_of,
    meets_nothing,
    none_of,
)
from bot.interests.flat import flat
from bot.interests.lexer import MOST_CHARACTERS, MOST_TERMS, Kind, Line, Token
from bot.text import words

_DEEPEST = 20  # parentheses inside each other: more is a slip of the key, and would exhaust the stack
_LEAST_BEFORE_STAR = 3
_CATEGORY = re.compile(r"[a-z-]+(?:\.[a-z-]*)?\*?", re.IGNORECASE)
_NAME = re.compile(r"[\w.-]+")
_FIELDED: dict[str, Field] = {"title": "title", "abstract": "abstract", "author": "author"}
_STARTS: frozenset[Kind] = frozenset(("words", "quote", "field", "upvotes", "NOT", "("))


def parse(typed: str, *, stored: bool = False) -> Expression:
    """What *typed* looks for. A *stored* normal form may be longer than what people can type.

    Raises:
        Unreadable: with the character where it goes wrong, and the cure.
    """
    if len(typed) > MOST_CHARACTERS and not stored:
        raise Unreadable(typed, MOST_CHARACTERS, f"an interest has at most {MOST_CHARACTERS} characters")
    return flat(typed) or by_the_grammar(typed)


def by_the_grammar(typed: str) -> Expression:
    """What *typed* looks for, read token by token. Raises Unreadable."""
    return _Parser(Line.of(typed)).whole()


class _Parser:
    """One reading of one line."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.tokens = list(line.tokens())
        self.next = 0
        self.terms = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def whole(self) -> Expression:
        if self.token.kind == "end":
            raise self.wrong(self.token, "an interest needs a word to look for")
        found = self.alternatives()
        if self.token.kind == ")":
            raise self.wrong(self.token, "this parenthesis was never opened")
        if meets_nothing(found):
            first = next(token for token in self.tokens if token.kind == "NOT")
            raise self.wrong(
                first, "an interest needs something to look for, not only something to leave out"
            )
        return found

    def alternatives(self) -> Expression:
        parts = [self.together()]
        while self.taken("OR"):
            parts.append(self.together())
        return any_of(parts)

    def together(self) -> Expression:
        parts = [self.one()]
        while self.taken("AND") or self.token.kind in _STARTS:
            parts.append(self.one())
        return all_of(parts)

    def one(self) -> Expression:
        token = self.token
        self.next += token.kind != "end"
        match token.kind:
            case "NOT":
                return none_of(self.one())
            case "(":
                return self.group(token)
            case "field":
                return self.fielded(token)
            case "words":
                return self.counted(token, Phrase(self.run(token)))
            case "quote":
                return self.counted(token, self.exact(token))
            case "upvotes":
                return self.counted(token, Upvotes(int(token.text)))
            case "AND" | "OR" | ")" | "end":
                raise self.missing(token)

    def group(self, opened: Token) -> Expression:
        if self.token.kind == ")":
            raise self.wrong(opened, "there is nothing between these parentheses")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong(opened, "these are too many parentheses inside each other")
        found = self.alternatives() if self.token.kind != "end" else None
        if found is None or not self.taken(")"):
            raise self.wrong(opened, "this parenthesis is never closed")
        self.depth -= 1
        return found

    def fielded(self, token: Token) -> Expression:
        if token.text in _FIELDED:
            if self.token.kind not in ("words", "quote", "("):
                raise self.wrong(token, f"{token.text}: needs words after it")
            return self.inside(_FIELDED[token.text], self.one(), token)
        if self.token.kind not in ("words", "quote"):
            raise self.wrong(token, f"{token.text}: needs a name after it")
        name = self.token
        self.next += 1
        return self.counted(token, self.named(token.text, name))

    def named(self, field: str, name: Token) -> Expression:
        text = name.text.strip().lower()
        if field == "source" and _NAME.fullmatch(text):
            return Source(text)
        if field == "category" and _CATEGORY.fullmatch(text):
            return Category(text)
        like = "category:cs.LG or category:cs.*" if field == "category" else "source:arxiv"
        raise self.wrong(name, f"this is no {field}; write it like {like}")

    def inside(self, field: Field, found: Expression, token: Token) -> Expression:
        """*found* with each of its phrases in *field* only."""
        match found:
            case Phrase(words, exact, ""):
                return Phrase(words, exact, field)
            case Not(inner):
                return Not(self.inside(field, inner, token))
            case And(parts):
                return And(tuple(self.inside(field, part, token) for part in parts))
            case Or(parts):
                return Or(tuple(self.inside(field, part, token) for part in parts))
            case _:
                raise self.wrong(token, f"{field}: takes only words, no other field")

    def run(self, first: Token) -> tuple[Typed, ...]:
        """The words of *first* and of the tokens of words right after it: one term."""
        last = first
        while self.token.kind == "words":
            last = self.token
            self.next += 1
        return self.typed(first.folded, last.end)

    def exact(self, quote: Token) -> Phrase:
        return Phrase(self.typed(quote.folded + 1, quote.end - 1), exact=True)

    def typed(self, start: int, end: int) -> tuple[Typed, ...]:
        """The words between two places of the folded text."""
        text = self.line.folded.text[start:end]
        found = words(text)
        if not found:
            raise self.line.wrong(start, "there is no word here to look for")
        ends = {word.end: word for word in found}
        for star in re.finditer(r"\*", text):
            word = ends.get(star.start())
            if word is None or re.match(r"\*?[^\W_]", text[star.end() :]):
                raise self.line.wrong(
                    start + star.start(), "a star stands only at a word's end, like diffus*"
                )
            if len(word.surface) < _LEAST_BEFORE_STAR:
                raise self.line.wrong(start + word.start, "at least three letters before the star")
        return tuple(Typed.of(word.surface, prefix=text[word.end : word.end + 1] == "*") for word in found)

    def counted(self, token: Token, term: Expression) -> Expression:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise self.wrong(token, f"an interest has at most {MOST_TERMS} terms")
        return term

    def taken(self, kind: Kind) -> bool:
        """Whether the next token is of *kind*; then it is used up."""
        taken = self.token.kind == kind
        self.next += taken
        return taken

    def missing(self, token: Token) -> Unreadable:
        """The error that a term was due where *token* stands."""
        before = next((one for one, following in pairwise(self.tokens) if following is token), None)
        if before is not None and before.kind in ("AND", "OR", "NOT"):
            word = "minus" if before.text == "-" else before.text
            return self.wrong(before, f"there is nothing after this {word}")
        return self.wrong(token, f"there is nothing before this {token.text}")

    def wrong(self, token: Token, reason: str) -> Unreadable:
        return self.line.wrong(token.folded, reason)
