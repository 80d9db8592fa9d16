"""What interests are made of, gathered one interest after the other before it is laid out to be looked up."""

from array import array
from collections.abc import Sequence
from typing import Final

from bot.aliases import begins
from bot.inflection import lemmas
from bot.interests import Category, Phrase, Source, Term, Upvotes, parse
from bot.matching.atoms import Atom, Path, paths
from bot.matching.hashes import beginning, followed, joined, word
from bot.matching.lexicon import CAPITAL_PREFIX, CAPITALS, EXACT, LEMMA, PREFIX
from bot.matching.phrases import PLACES, ROOT
from bot.matching.programs import Program, Shape, combined, joint

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
        self._atoms: dict[Atom, tuple[int, str, str]] = {}
        self._words: dict[
            str, tuple[int, str, str, bool]
        ] = {}  # atoms of plain words, and if there are aliases
        self._terms: dict[str, int] = {}
        self._nodes: dict[str, tuple[int, float]] = {}  # of plain phrases
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
        said = joint(term)
        if said is None:
            return None
        found = [self._nodes.get(one) or self._plain_node(one) for one in said[1]]
        nodes = [(joined(one[0], _ANYWHERE), one[1]) for one in found if one]
        return combined(said[0], nodes) if len(nodes) == len(found) else None

    def _plain_node(self, phrase: str) -> tuple[int, float] | None:
        """The node of words in small letters, and how rare they may be; None when they are said in other ways, too."""
        words = [self._words.get(one) or self._word(one) for one in phrase.split(" ")]
        if any(aliased for _, _, _, aliased in words):
            return None
        if len(self._nodes) >= _MOST_REMEMBERED:
            self._nodes.clear()
        found = self._chain([word[:3] for word in words]), len(phrase) - len(words) + 1
        self._nodes[phrase] = found
        return found

    def _word(self, form: str) -> tuple[int, str, str, bool]:
        if len(self._words) >= _MOST_REMEMBERED:
            self._words.clear()
        self._words[form] = found = *self._new_atom(Atom("lemma", form)), begins(form)
        return found

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
        place = PLACES[phrase.field]
        if not (
            phrase.exact or phrase.field == "author" or any(one.prefix or one.caps for one in phrase.words)
        ):
            said = " ".join([one.surface for one in phrase.words])
            if found := self._nodes.get(said) or self._plain_node(said):
                return joined(found[0], place), found[1]
        spoken = paths.__wrapped__(phrase)  # nobody asks for one twice here
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
        return self._chain([self._atoms.get(atom) or self._atom(atom) for atom in path])

    def _chain(self, atoms: Sequence[tuple[int, str, str]]) -> int:
        """The number of a phrase, each of its beginnings noted. Atoms come as `_new_atom` gives them."""
        node, before = ROOT, ""
        for number, start, form in atoms:
            if before:
                self.inner.append(node)
                self.after.append(1 << (number >> 58))
                self.joins.append(beginning(before + start))
            node = followed(node, number)
            self.nodes.append(node)
            before = form
        return node

    def _atom(self, atom: Atom) -> tuple[int, str, str]:
        if len(self._atoms) >= _MOST_REMEMBERED:
            self._atoms.clear()
        self._atoms[atom] = found = self._new_atom(atom)
        return found

    def _new_atom(self, atom: Atom) -> tuple[int, str, str]:
        """The number of an atom that was not seen lately, how all that it can be begins, and its form."""
        form = atom.pattern.lower()
        kind = _kind(atom, form)
        number, start = joined(kind, word(form)), form
        (self.prefixes if atom.mode == "prefix" else self.atoms).append(number)
        if atom.mode == "lemma":
            start = self._kin(number, form)
        elif atom.mode == "plural":
            start = form[: _shared(form, form)]
        return number, start, form

    def _kin(self, number: int, form: str) -> str:
        """Note of what *form* is an inflection, and say how all that it can be begins."""
        bases = lemmas(form)
        for base in bases:
            if base != form:
                self.bases.append(joined(LEMMA, word(base)))
                self.inflected.append(number)
        return form[: min([_shared(form, base) for base in bases])]


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
