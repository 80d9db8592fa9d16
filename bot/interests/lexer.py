"""What was typed, cut into tokens. Positions in tokens and errors point into the text as it was typed."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.errors import Unreadable
from bot.text import Mapped, fold

MOST_CHARACTERS = 256  # of one interest as typed
MOST_TERMS = 32  # of one interest

Kind = Literal["words", "quote", "field", "upvotes", "NOT", "AND", "OR", "(", ")", "end"]

_ENTITY = re.compile(r"&(?:\#\d{1,7}|\#[xX][\da-fA-F]{1,6}|amp|lt|gt|quot|apos|nbsp);")
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | "(?P<quote>[^"]*)"
    | (?P<open>\()
    | (?P<close>\))
    | (?P<or>\|+)
    | (?P<and>&+|\++)
    | (?P<comma>,)
    | upvotes\s*(?:>=|=>|≥)\s*(?P<upvotes>\d{1,9})(?![^\W_])
    | (?P<votes>upvotes\s*[:<>=≥])
    | (?P<field>[A-Za-z]+):(?=\S)
    | (?P<known>title|abstract|author|category|cat|source):(?=\s|$)
    | (?P<not>(?<![^\s(|&+,])-(?=[^\s-]))
    | (?P<words>(?:\\.|(?<![^\W_])[^\W\d_]\+\+|[^\s()"|&+,\\])+)
    | (?P<stray>.)""",
    re.VERBOSE | re.IGNORECASE,
)
_SEPARATOR = re.compile(r'"[^"]*"|[(),\n]')
_FIELDS = {
    "title": "title",
    "abstract": "abstract",
    "author": "author",
    "category": "category",
    "cat": "category",
}
_FIELDS["source"] = "source"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of what was typed: *text* as folded, and where it *start*s as typed."""

    kind: Kind
    text: str
    start: int
    folded: int = 0  # where it starts in the folded text
    end: int = 0  # where it ends in the folded text


@dataclass(frozen=True, slots=True)
class Line:
    """What was typed, and its folded form, which the tokens are cut from."""

    typed: str
    folded: Mapped

    @classmethod
    def of(cls, typed: str) -> "Line":
        """*typed* with entities decoded, and dashes, quotes, brackets and letters in one form."""
        return cls(typed, fold(Mapped.of(typed).sub(_ENTITY, lambda match: html.unescape(match[0]))))

    def at(self, offset: int) -> int:
        """Where the folded text's character *offset* was typed."""
        starts = self.folded.starts
        return starts[offset] if offset < len(starts) else len(self.typed)

    def wrong(self, offset: int, reason: str) -> Unreadable:
        """The error that *reason* holds at the folded text's character *offset*."""
        return Unreadable(self.typed, self.at(offset), reason)

    def tokens(self) -> Iterator[Token]:
        """The tokens, with an "end" after the last.

        Raises:
            Unreadable: a character that means nothing here, an unknown field, a quote that is never closed.
        """
        for match in _TOKEN.finditer(self.folded.text):
            kind, text = self._read(match)
            if kind:
                yield Token(kind, text, self.at(match.start()), match.start(), match.end())
        end = len(self.folded.text)
        yield Token("end", "", self.at(end), end, end)

    def _read(self, match: re.Match[str]) -> tuple[Kind | None, str]:
        """The kind and text of one token; no kind for white space."""
        start = match.start()
        match match.lastgroup, match[0]:
            case "space", _:
                return None, ""
            case "words", ("AND" | "OR" | "NOT") as word:
                return word, word
            case "words", word:
                return "words", word
            case "quote", _:
                return "quote", match["quote"]
            case ("field" | "known") as group, _:
                return "field", self._field(match[group], start)
            case "upvotes", _:
                return "upvotes", match["upvotes"]
            case ("or" | "and" | "not") as group, word:
                return _OPERATORS[group], word
            case (("open" | "close"), bracket):
                return _BRACKETS[bracket], bracket
            case _:
                raise self._mistake(match)

    def _mistake(self, match: re.Match[str]) -> Unreadable:
        """What is wrong with a token that no interest has."""
        if match.lastgroup == "votes":
            return self.wrong(match.start(), "votes are asked for like this: upvotes>=20")
        if match.lastgroup == "comma":
            return self.wrong(
                match.start(), "a comma separates interests: follow each part on its own, or say OR"
            )
        if match[0] == '"':
            return self.wrong(match.start(), "this quote is never closed")
        return self.wrong(match.start(), f"“{match[0]}” means nothing here")

    def _field(self, name: str, start: int) -> str:
        if name.lower() in _FIELDS:
            return _FIELDS[name.lower()]
        known = "title:, abstract:, author:, category: and source:"
        raise self.wrong(
            start, f"there is no field “{name}:” (there are {known}; a space after the colon makes it a word)"
        )


_OPERATORS: dict[str, Kind] = {"or": "OR", "and": "AND", "not": "NOT"}
_BRACKETS: dict[str, Kind] = {"(": "(", ")": ")"}


def split(typed: str) -> list[tuple[int, str]]:
    """The interests in *typed*, each with where it starts.

    A comma or a new line separates them, outside quotes and parentheses.
    """
    line, depth, cuts = Line.of(typed), 0, [-1]
    for match in _SEPARATOR.finditer(line.folded.text):
        depth = max(0, depth + (match[0] == "(") - (match[0] == ")"))
        if depth == 0 and match[0] in ",\n":
            cuts.append(line.at(match.start()))
    pieces = [(cut + 1, typed[cut + 1 : end]) for cut, end in zip(cuts, [*cuts[1:], len(typed)], strict=True)]
    return [(at + len(text) - len(text.lstrip()), text.strip()) for at, text in pieces if text.strip()]
