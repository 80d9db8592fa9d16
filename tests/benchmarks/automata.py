"""Automata that look for many literals at once, and what must stand beside them to answer as the index does.

They get the papers' words already found, folded and in small letters, which costs them nothing here. They know neither
inflections nor aliases, so that they find a little less.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from bot.interests import Phrase, Term, parse
from bot.matching.programs import Program, Shape
from tests.benchmarks.engines import Engine, Pairs, Papers

TITLE, ABSTRACT = 1, 2
ASKED = {"title": TITLE, "abstract": ABSTRACT, "": TITLE | ABSTRACT}


class Hyperscan:
    """hyperscan: all literals as one automaton, which it compiles and runs fastest."""

    def __init__(self, literals: Sequence[str]) -> None:
        import hyperscan  # noqa: PLC0415  # only where it is measured

        self.database, count = hyperscan.Database(), len(literals)
        expressions, flags = (
            [literal.encode() for literal in literals],
            [hyperscan.HS_FLAG_SINGLEMATCH] * count,
        )
        self.database.compile(
            expressions=expressions, ids=[*range(count)], elements=count, flags=flags, literal=True
        )

    def found(self, texts: Iterable[str]) -> Iterator[Sequence[int]]:
        """The literals in each text, each once."""
        for text in texts:
            numbers: list[int] = []
            self.database.scan(
                text.encode(),
                match_event_handler=lambda number, *_: numbers.append(number),  # noqa: B023  # used at once
            )
            yield numbers


class AhoCorasick:
    """pyahocorasick: all literals as one automaton of letters."""

    def __init__(self, literals: Sequence[str]) -> None:
        import ahocorasick  # noqa: PLC0415  # only where it is measured

        self.automaton = ahocorasick.Automaton()
        for number, literal in enumerate(literals):
            self.automaton.add_word(literal, number)
        self.automaton.make_automaton()

    def found(self, texts: Iterable[str]) -> Iterator[Iterable[int]]:
        """The literals in each text, each once."""
        for text in texts:
            yield {number for _, number in self.automaton.iter(text)}


class Plain(Engine):
    """Words and phrases: each different one is a literal, and whoever asks for it is added at the end."""

    automaton: type[Hyperscan | AhoCorasick]

    def prepare(self) -> None:
        self.built = self.automaton([f" {term} " for term in self.terms])

    def match(self, papers: Papers) -> int:
        found = [np.fromiter(some, np.int64) for some in self.built.found(papers.spaced)]
        terms, counts = np.unique(np.concatenate(found), return_counts=True)
        self.met = [self.asking[term] for term in terms.tolist()]  # as ours: by term, not pair by pair
        return int((np.fromiter(map(len, self.met), np.int64) * counts).sum())

    def pairs(self, papers: Papers) -> Pairs:
        return {
            (self.terms[number], at)
            for at, some in enumerate(self.built.found(papers.spaced))
            for number in some
        }


class Whole(Engine):
    """Every kind of interest: programs over literals, each hung under its rarest, and told in Python if met.

    An interest of one literal is met with it, which is no work at all.
    """

    automaton: type[Hyperscan | AhoCorasick]

    def prepare(self) -> None:
        self.literals: dict[str, int] = {}
        self.fields = list[tuple[int, int]]()  # of each leaf: its literal, and where it is asked for
        self.leaves: dict[tuple[int, int], int] = {}
        self.alone = defaultdict[int, list[tuple[int, Sequence[int]]]](list)
        self.hung = defaultdict[int, list[tuple[int, Shape, Sequence[tuple[int, int]]]]](list)
        for number, term in enumerate(self.terms):
            program = Program.of(parse(term), self._leaf)
            leaves = [self.fields[leaf] for leaf in program.leaves]
            if program.shape == 0:
                self.alone[leaves[0][0]].append((leaves[0][1], self.asking[number]))
                continue
            for literal in {self.fields[leaf][0] for leaf in program.anchors()}:
                self.hung[literal].append((number, program.shape, leaves))
        self.built = self.automaton([*self.literals])

    def _leaf(self, term: Term) -> tuple[int, float]:
        assert isinstance(term, Phrase)  # the workload has no others
        said = " ".join(word.form for word in term.words)
        literal = f" {said}" if term.words[-1].prefix else f" {said} "
        key = self.literals.setdefault(literal, len(self.literals)), ASKED[term.field]
        if key not in self.leaves:
            self.leaves[key] = len(self.fields)
            self.fields.append(key)
        return self.leaves[key], len(said)

    def match(self, papers: Papers) -> int:
        self.met = [*self._met(papers)]
        return sum(map(len, self.met))

    def pairs(self, papers: Papers) -> Pairs:
        said = {
            number: term for term, asking in zip(self.terms, self.asking, strict=True) for number in asking
        }
        return {(said[number], at) for at, some in enumerate(self._met(papers)) for number in some}

    def _met(self, papers: Papers) -> Iterator[list[int]]:
        """The interests that each paper meets."""
        fields = self.built.found(text for one in papers.spaced for text in one.split("\n"))
        for title, abstract in zip(fields, fields, strict=True):
            found = dict.fromkeys(title, TITLE)
            for literal in abstract:
                found[literal] = found.get(literal, 0) | ABSTRACT
            yield self._meeting(found)

    def _meeting(self, found: dict[int, int]) -> list[int]:
        met, told = list[int](), set[int]()
        for literal, where in found.items():
            for asked, interests in self.alone.get(literal, ()):
                if where & asked:
                    met += interests
            for number, shape, leaves in self.hung.get(literal, ()):
                if number not in told and _true(shape, leaves, found):
                    told.add(number)
                    met += self.asking[number]
        return met


def _true(shape: Shape, leaves: Sequence[tuple[int, int]], found: dict[int, int]) -> Any:
    if isinstance(shape, int):
        literal, asked = leaves[shape]
        return found.get(literal, 0) & asked
    kind, parts = shape
    if kind == "not":
        return not _true(parts[0], leaves, found)
    if kind == "and":
        return all(_true(part, leaves, found) for part in parts)
    return any(_true(part, leaves, found) for part in parts)


def engine(kind: type[Plain | Whole], automaton: type[Hyperscan | AhoCorasick]) -> type[Engine]:
    """This kind of engine over this automaton."""
    return type(f"{kind.__name__}{automaton.__name__}", (kind,), {"automaton": automaton})


AUTOMATA = {
    "hyperscan": engine(Plain, Hyperscan),
    "hyperscan, booleans in Python": engine(Whole, Hyperscan),
    "pyahocorasick": engine(Plain, AhoCorasick),
    "pyahocorasick, booleans in Python": engine(Whole, AhoCorasick),
}
