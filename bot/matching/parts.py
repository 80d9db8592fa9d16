"""What interests are made of, gathered one interest after the other before it is laid out to be looked up."""

from array import array
from typing import Final

from bot.inflection import lemmas
from bot.interests import Category, Phrase, Source, Term, Upvotes, parse
from bot.matching import plain
from bot.matching.atoms import Atom, Path, paths
from bot.matching.hashes import beginning, followed, joined, word
from bot.matching.lexicon import CAPITAL_PREFIX, CAPITALS, EXACT, LEMMA, PREFIX
from bot.matching.phrases import PLACES, ROOT
from bot.matching.programs import Program, Shape

GONE: Final = -1
"""The program of an interest that was taken out."""

SEVERAL: Final = word("said in several ways")
CATEGORY: Final = word("category")
CATEGORIES: Final = word("categories")
SOURCE: Final = word("source")
VOTES: Final = word("votes")

_ANYWHERE: Final = PLACES[""]
_MOST_REMEMBERED: Final = 50_000  # words and terms: popular ones come again and again
_COMMON: Final = 0.5  # of a letter: how rare a guess makes a category, a source or votes


class Parts:
    """The parts of some interests, as numbers in arrays."""

    def __init__(self) -> None:
        self.atoms, self.prefixes, self.bases, self.inflected = (array("Q") for _ in range(4))
        self.joins, self.nodes, self.inner, self.after, self.said, self.meant = (array("Q") for _ in range(6))
        self.votes = array("Q")
        self.shapes: dict[Shape, int] = {}
        self.keys, self.leaves = array("Q"), array("Q")  # of programs, and of all their leaves
        self.shape, self.sizes = array("i"), array("i")
        self.anchored, self.anchors = array("i"), array("Q")  # a program, and a leaf it hangs under
        self.interests, self.programs = array("q"), array("i")
        self._atoms: dict[Atom, tuple[int, str]] = {}
        self._terms: dict[str, int] = {}
        self._leaves: dict[str, tuple[int, float]] = {}  # of plain phrases
        self._shape_keys: dict[int, int] = {}

    def add(self, interest: int, term: str, *, typed: bool = False) -> int:
        """Take an interest in, and say its place among *programs*. Raises Unreadable."""
        program = self._terms.get(term)
        if program is None:
            program = self._program(
                self._plainly(term) or Program.of(parse(term, stored=not typed), self._leaf)
            )
            if len(self._terms) >= _MOST_REMEMBERED:
                self._terms.clear()
            self._terms[term] = program
        self.interests.append(interest)
        self.programs.append(program)
        return len(self.programs) - 1

    def _plainly(self, term: str) -> Program | None:
        """The program of a term in normal form, where it is plain."""
        said = plain.joint(term)
        if said is None:
            return None
        found = [self._leaves.get(one) or self._plain_leaf(one) for one in said[1]]
        leaves = [leaf for leaf in found if leaf]
        return plain.combined(said[0], leaves) if len(leaves) == len(found) else None

    def _plain_leaf(self, phrase: str) -> tuple[int, float] | None:
        path = plain.path(phrase)
        if path is None:
            return None
        if len(self._leaves) >= _MOST_REMEMBERED:
            self._leaves.clear()
        rarity = sum([len(word) for _, word in path])
        self._leaves[phrase] = leaf = joined(self._node(path), _ANYWHERE), rarity
        return leaf

    def _program(self, program: Program) -> int:
        """The place of a new program."""
        place = len(self.keys)
        shape = self.shapes.setdefault(program.shape, len(self.shapes))
        key = self._shape_keys.get(shape) or self._shape_keys.setdefault(shape, word(repr(program.shape)))
        for leaf in program.leaves:
            key = joined(key, leaf)
        self.keys.append(key)
        self.shape.append(shape)
        self.sizes.append(len(program.leaves))
        self.leaves.extend(program.leaves)
        for leaf in program.anchors():
            self.anchored.append(place)
            self.anchors.append(leaf)
        return place

    def _leaf(self, term: Term) -> tuple[int, float]:
        """The number of a leaf, and a guess at how rare it is: long words and more of them are rare."""
        match term:
            case Phrase():
                return self._phrase(term)
            case Category(pattern):
                every = pattern.endswith("*")
                return joined(CATEGORIES if every else CATEGORY, word(pattern.rstrip("*"))), _COMMON
            case Source(name):
                return joined(SOURCE, word(name)), _COMMON
            case Upvotes(least):
                self.votes.append(least)
                return joined(VOTES, least), _COMMON

    def _phrase(self, phrase: Phrase) -> tuple[int, float]:
        place, spoken = PLACES[phrase.field], paths.__wrapped__(phrase)  # nobody asks for one twice here
        nodes = [self._node(path) for path in spoken]
        rarity = min([sum([len(pattern) for _, pattern in path]) for path in spoken])
        leaf = joined(nodes[0], place)
        if len(nodes) > 1:
            leaf = joined(SEVERAL, leaf)
            for node in nodes:
                self.said.append(joined(node, place))
                self.meant.append(leaf)
        return leaf, rarity

    def _node(self, path: Path) -> int:
        """The number of a phrase, each of its beginnings noted."""
        node, before = ROOT, ""
        for atom in path:
            number, start = self._atoms.get(atom) or self._atom(atom)
            if before:
                self.inner.append(node)
                self.after.append(1 << (number >> 58))
                self.joins.append(beginning(before + start))
            node = followed(node, number)
            self.nodes.append(node)
            before = atom.pattern.lower()
        return node

    def _atom(self, atom: Atom) -> tuple[int, str]:
        """The number of an atom that was not seen lately, and how all that it can be begins."""
        form = atom.pattern.lower()
        kind = _kind(atom, form)
        number, start = joined(kind, word(form)), form
        (self.prefixes if atom.mode == "prefix" else self.atoms).append(number)
        if atom.mode == "lemma":
            bases = lemmas(form)
            start = form[: min([_shared(form, base) for base in bases])]
            for base in bases:
                if base != form:
                    self.bases.append(joined(LEMMA, word(base)))
                    self.inflected.append(number)
        elif atom.mode == "plural":
            start = form[: _shared(form, form)]
        if len(self._atoms) >= _MOST_REMEMBERED:
            self._atoms.clear()
        self._atoms[atom] = number, start
        return number, start


def _kind(atom: Atom, form: str) -> int:
    if atom.mode == "prefix":
        return PREFIX if form == atom.pattern else CAPITAL_PREFIX
    return {"exact": EXACT, "plural": CAPITALS, "lemma": LEMMA}[atom.mode]


def _shared(form: str, base: str) -> int:
    """How many letters *form* shares with every inflection of *base*, y and i being alike.

    Before an ending a base loses its e, or its is, ix, ex.
    """
    lost = 2 if base.endswith(("is", "ix", "ex")) else 1 if base.endswith("e") else 0
    if form == base:
        return len(form) - lost
    alike = 0
    while form[alike : alike + 1] == base[alike : alike + 1] != "":
        alike += 1
    return min(alike, len(base) - lost)
