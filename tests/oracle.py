"""A second reading of the interest language, written from its document alone: slow, literal, and simple.

Nothing here is shared with the bot but `Paper` and the table of aliases. Words are compared by writing out every
regular form of a word (`oracle_words`), a phrase is looked for at every place of every field (`oracle_phrases`), and
terms are parsed by shunting-yard (here). Where the bot and this oracle disagree, the document decides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.models import Paper
from tests.oracle_phrases import spans, text, variants
from tests.oracle_words import Traced, Word, folded, words_of


class Wrong(Exception):
    """A term that cannot be read, and the character where that shows."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(f"{reason} at {at}")
        self.at, self.reason = at, reason


@dataclass(frozen=True)
class Term:
    """A leaf: *field* is "", a field's name, or "upvotes"; *value* is what the field's own kind needs."""

    field: str
    words: tuple[Word, ...] = ()
    exact: bool = False  # without inflections and aliases
    quoted: bool = False
    value: str = ""


@dataclass(frozen=True)
class Node:
    """NOT, AND or OR over what it takes."""

    operator: str
    parts: tuple["Node | Term", ...]


@dataclass(frozen=True)
class Token:
    """A piece of a term: an operator, a parenthesis or a leaf, and where it begins."""

    kind: str
    at: int
    term: Term | None = None


_OPERATORS = {"AND": "AND", "OR": "OR", "NOT": "NOT", "&": "AND", "+": "AND", "|": "OR"}
_TEXT_FIELDS = ("title", "abstract", "author")
_RANK = {"OR": 1, "AND": 2, "NOT": 3}
_PIECE = re.compile(
    r"""(?P<space>\s+)
      | (?P<open>\() | (?P<close>\))
      | (?P<operator>[|&] | (?:AND|OR|NOT)(?=[\s()"|&]|$))
      | (?P<upvotes>upvotes\s*>=\s*(?P<votes>\d+)(?=[\s()"|&]|$))
      | (?P<comma>,)
      | (?P<not>-(?=[^\s)|&+-]))
      | (?P<field>(?:title|abstract|author|category|cat|source):)?
        (?: "(?P<quoted>[^"]*)(?P<closing>"?) | (?P<bare>(?:(?<![^\W_])[cC]\+\+|[^\s()"|&+,])+) | (?P<plus>\+) )""",
    re.VERBOSE,
)


def parse(typed: str, *, stored: bool = False) -> Node | Term:
    """The expression *typed* stands for; a *stored* normal form may be longer. Raises Wrong."""
    if len(typed) > 256 and not stored:
        raise Wrong(256, "too long")
    tokens = list(_implied(_merged(_tokens(typed))))
    if not tokens:
        raise Wrong(0, "nothing there")
    if sum(token.term is not None for token in tokens) > 32:
        raise Wrong([token.at for token in tokens if token.term][32], "too many terms")
    tree = _shunted(tokens, len(typed))
    if not _seeks(tree):
        raise Wrong(tokens[0].at, "nothing to look for")
    return tree


def _tokens(typed: str) -> Iterator[Token]:
    chars = folded(typed)
    flat = "".join(char for char, _, _ in chars)
    place = 0
    while place < len(flat):
        match = _PIECE.match(flat, place)
        if match is None:  # a field with nothing after it
            raise Wrong(chars[place][1], "unreadable")
        at, place = chars[place][1], match.end()
        yield from _token(match, at, chars)


def _token(match: re.Match[str], at: int, chars: Traced) -> Iterator[Token]:
    if match["open"] or match["close"]:
        yield Token(match[0], at)
    elif match["operator"] or match["plus"]:
        yield Token(_OPERATORS[match[0]], at)
    elif match["comma"]:
        raise Wrong(at, "a comma separates interests")
    elif match["not"]:
        yield Token("NOT", at)
    elif match["upvotes"]:
        yield Token("term", at, Term("upvotes", value=match["votes"]))
    elif match["quoted"] is not None:
        if not match["closing"]:
            raise Wrong(chars[match.start("quoted") - 1][1], "this quote is never closed")
        yield Token("term", at, _leaf(match, "quoted", at, chars))
    elif match["bare"]:
        leaf = _leaf(match, "bare", at, chars)
        if leaf.words or leaf.value:
            yield Token("term", at, leaf)


def _leaf(match: re.Match[str], group: str, at: int, chars: Traced) -> Term:
    field = (match["field"] or "").removesuffix(":").replace("category", "cat").replace("cat", "category")
    if field in ("category", "source"):
        return Term(field, value=match[group].casefold())
    first, last = match.span(group)
    found = words_of(chars[first:last])
    if group == "quoted":
        if not found:
            raise Wrong(at, "no word")
        return Term(field, tuple(found), exact=True, quoted=True)
    starred = match[group].endswith("*") and bool(found)
    if match[group].count("*") > starred:
        raise Wrong(chars[first + match[group].index("*")][1], "a star only at a word's end")
    if starred:
        if sum(char.isalpha() for char in found[-1].key) < 3:
            raise Wrong(found[-1].start, "at least three letters before the star")
        found[-1] = replace(found[-1], star=True)
    if field and not found:
        raise Wrong(at, "a field needs words")
    return Term(field, tuple(found), exact=field == "author")  # a name has neither inflections nor aliases


def _merged(tokens: Iterator[Token]) -> Iterator[Token]:
    """Words side by side are one term."""
    held: Token | None = None
    for token in tokens:
        if held and held.term and token.term and _continues(held.term, token.term):
            added = (replace(token.term.words[0], gap=" "), *token.term.words[1:])
            held = Token("term", held.at, replace(held.term, words=held.term.words + added))
        else:
            if held:
                yield held
            held = token
    if held:
        yield held


def _continues(before: Term, after: Term) -> bool:
    return bool(before.words and after.words) and not (before.quoted or after.quoted or after.field)


def _implied(tokens: Iterator[Token]) -> Iterator[Token]:
    """The ANDs that are left out."""
    before = None
    for token in tokens:
        if before in ("term", ")") and token.kind in ("term", "(", "NOT"):
            yield Token("AND", token.at)
        yield token
        before = token.kind


def _shunted(tokens: Sequence[Token], end: int) -> Node | Term:
    """Shunting-yard: operators wait on a stack until what they bind is there."""
    output: list[Node | Term] = []
    stack: list[Token] = []
    wanted = True  # whether an operand comes next
    before: Token | None = None
    for token in tokens:
        if wanted and token.kind in (")", "AND", "OR"):
            raise Wrong((before or token).at, "something is missing here")
        before = token
        if token.term:
            output.append(token.term)
        elif token.kind == ")":
            while stack and stack[-1].kind != "(":
                _reduce(output, stack.pop())
            if not stack:
                raise Wrong(token.at, "this parenthesis was never opened")
            stack.pop()
        else:
            while token.kind in ("AND", "OR") and stack and _RANK.get(stack[-1].kind, 0) >= _RANK[token.kind]:
                _reduce(output, stack.pop())
            stack.append(token)
        wanted = token.kind in ("(", "AND", "OR", "NOT")
    return _finished(output, stack, end, wanted=wanted)


def _finished(output: list[Node | Term], stack: list[Token], end: int, *, wanted: bool) -> Node | Term:
    for token in reversed(stack):
        if token.kind == "(":
            raise Wrong(token.at, "this parenthesis is never closed")
    if wanted:
        raise Wrong(stack[-1].at if stack else end, "something is missing after this")
    while stack:
        _reduce(output, stack.pop())
    return output[0]


def _reduce(output: list[Node | Term], token: Token) -> None:
    takes = 1 if token.kind == "NOT" else 2
    parts = tuple(output[-takes:])
    del output[-takes:]
    output.append(Node(token.kind, parts))


def _seeks(node: Node | Term, *, sign: bool = True) -> bool:
    """Whether there is something to look for: what a paper without a single word would not meet."""
    if isinstance(node, Term):
        return sign
    if node.operator == "NOT":
        return _seeks(node.parts[0], sign=not sign)
    every = (node.operator == "OR") == sign
    return (all if every else any)(_seeks(part, sign=sign) for part in node.parts)


def meets(node: Node | Term, paper: Paper) -> bool:
    """Whether *paper* is what the expression asks for."""
    if isinstance(node, Node):
        if node.operator == "NOT":
            return not meets(node.parts[0], paper)
        return (all if node.operator == "AND" else any)(meets(part, paper) for part in node.parts)
    if node.field == "upvotes":
        return paper.upvotes is not None and paper.upvotes >= int(node.value)
    if node.field == "source":
        return paper.source.casefold() == node.value
    if node.field == "category":
        return any(_in_category(name.casefold(), node.value) for name in paper.categories)
    return any(occurrences(node, raw) for _, raw in fields(node, paper))


def _in_category(name: str, wanted: str) -> bool:
    return name.startswith(wanted[:-1]) if wanted.endswith(".*") else name == wanted


def fields(term: Term, paper: Paper) -> Iterator[tuple[str, str]]:
    """Where *term* looks: title and abstract, or only its field; each author's name by itself."""
    places = [
        ("title", paper.title),
        ("abstract", paper.abstract),
        *(("author", name) for name in paper.authors),
    ]
    yield from (
        place for place in places if place[0] == term.field or (not term.field and place[0] != "author")
    )


@lru_cache(maxsize=10_000)
def occurrences(term: Term, raw: str) -> frozenset[tuple[int, int]]:
    """Where *term* stands in the text of a field: start and end of each place, in characters."""
    where = text(raw)
    ways = {term.words} if term.exact else variants(term.words)
    found = {span for way in ways for span in spans(way, where, exact=term.exact)}
    return frozenset((where.words[start].start, where.words[end - 1].end) for start, end in found)


def reasons(node: Node | Term, paper: Paper) -> Iterator[Term]:
    """The terms that make *paper* what the expression asks for."""
    if isinstance(node, Term):
        yield from [node] if meets(node, paper) else []
    elif node.operator != "NOT":
        for part in node.parts:
            if meets(part, paper):
                yield from reasons(part, paper)
