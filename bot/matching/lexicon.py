"""The words that interests ask for, and which of them a text's word is.

An atom's number is its kind joined with its word's number. A word in small letters is found in any case; one in
capitals only in capitals. What a word can be an inflection of is worked out for both sides: they are alike when they
share a base, so an atom that is inflected itself is also kept under its bases, as *kin*.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bot.inflection import lemmas, singulars
from bot.matching.hashes import Hashes, Spelled, joined, word, words
from bot.matching.rows import Ints, Numbers, runs
from bot.matching.tokens import LONGEST_JOIN

EXACT: Final = word("exact")
LEMMA: Final = word("lemma")
CAPITALS: Final = word("capitals")
PREFIX: Final = word("prefix")
CAPITAL_PREFIX: Final = word("prefix in capitals")

_LEAST_PREFIX: Final = 3  # letters
_INFLECTED: Final = np.isin(np.arange(256), list(b"sdg"))  # how plurals, -ed and -ing end
_SMALL: Final = np.isin(np.arange(256), list(range(ord("a"), ord("z") + 1)))


class Answers(NamedTuple):
    """Which atoms words are: the word's position, and an atom that it is; words in order."""

    owners: Ints
    atoms: Numbers

    @classmethod
    def of(cls, *some: tuple[Ints, Numbers]) -> "Answers":
        """All of these, each once, in the order of the words."""
        owners = np.concatenate([owners for owners, _ in some])
        atoms = np.concatenate([atoms for _, atoms in some])
        order = np.lexsort((atoms, owners))
        owners, atoms = owners[order], atoms[order]
        keep = np.ones(len(owners), bool)
        keep[1:] = (owners[1:] != owners[:-1]) | (atoms[1:] != atoms[:-1])
        return cls(owners[keep], atoms[keep])


class Split(NamedTuple):
    """A word that may be several typed ones written as one: what its beginning answers to, and the rest of it."""

    word: int
    beginning: Numbers
    rest: str


class Lexicon:
    """Atoms at rest. *joins* says how a word may begin that is two typed ones written as one."""

    def __init__(
        self, atoms: Numbers, prefixes: Numbers, kin: tuple[Numbers, Numbers], joins: Numbers
    ) -> None:
        """*kin* are pairs: the number of a base, and an atom that is an inflection of it."""
        self.atoms, self.prefixes, self.joins = Hashes(atoms), Hashes(prefixes), Hashes(joins)
        order = np.lexsort((kin[1], kin[0]))
        bases, atoms = kin[0][order], kin[1][order]
        keep = np.ones(len(bases), bool)
        keep[1:] = (bases[1:] != bases[:-1]) | (atoms[1:] != atoms[:-1])
        self.bases, self.inflected = bases[keep], atoms[keep]
        self._kin = Hashes(self.bases)
        self._first = np.append(self.bases.searchsorted(self._kin.numbers), len(self.bases))

    def answers(self, surfaces: Sequence[str]) -> tuple[Answers, list[Split]]:
        """Which atoms the words are, and how they may be split, but not at their seams, which are hyphens."""
        seams = {at: _seams(surface) for at, surface in enumerate(surfaces) if "-" in surface}
        surfaces = [surface.replace("-", "") for surface in surfaces]
        asked = Asked.of(surfaces)
        found = Answers.of(
            self._among(self.atoms, asked.everyone, joined(EXACT, asked.whole)),
            self._among(self.atoms, *asked.lemmas),
            self._related(*asked.lemmas),
            self._among(self.atoms, *asked.capitals),
            self._among(self.prefixes, *asked.prefixes()),
        )
        return found, list(self._splits(asked, surfaces, seams))

    @staticmethod
    def _among(known: Hashes, owners: Ints, numbers: Numbers) -> tuple[Ints, Numbers]:
        there, _ = known.found(numbers)
        return owners[there], numbers[there]

    def _related(self, owners: Ints, bases: Numbers) -> tuple[Ints, Numbers]:
        """The atoms that are inflections of these bases."""
        there, at = self._kin.found(bases)
        counts = self._first[at + 1] - self._first[at]
        return np.repeat(owners[there], counts), self.inflected[runs(self._first[at], counts)]

    def _splits(
        self, asked: "Asked", surfaces: Sequence[str], seams: Mapping[int, Container[int]]
    ) -> Iterator[Split]:
        """Each way to take a word apart that two words next to each other in an interest allow."""
        hits, _ = self.joins.found(asked.spelled.beginnings(alike=True))
        furthest = np.zeros(len(surfaces), np.int64)
        furthest[asked.spelled.owners[hits]] = asked.spelled.sizes[hits]
        begun = self._begun(asked, furthest)
        letters, first = np.unique(begun.owners, return_index=True)
        bounds = [*first.tolist(), len(begun.owners)]
        for at, letter in enumerate(letters.tolist()):
            owner, cut = int(asked.spelled.owners[letter]), int(asked.spelled.sizes[letter])
            surface = surfaces[owner]
            if not surface.isascii():
                cut = len(surface.encode()[:cut].decode(errors="ignore"))
            if len(surface) <= LONGEST_JOIN and cut not in seams.get(owner, ()):
                yield Split(owner, begun.atoms[bounds[at] : bounds[at + 1]], surface[cut:])

    def _begun(self, asked: "Asked", furthest: Ints) -> Answers:
        """The atoms that words begin with before this letter of theirs, by the letter where the atom ends."""
        owners, sizes = asked.spelled.owners, asked.spelled.sizes
        letters = np.flatnonzero(sizes < furthest[owners])
        shouted = letters[sizes[letters] <= asked.capital[owners[letters]]]
        return Answers.of(
            self._among(self.atoms, letters, joined(EXACT, asked.begun[letters])),
            self._among(self.atoms, letters, joined(LEMMA, asked.begun[letters])),
            self._among(self.atoms, shouted, joined(CAPITALS, asked.begun[shouted])),
        )


class Asked(NamedTuple):
    """What some words of texts are asked for, as numbers.

    *begun* has a number for each letter: of its word as far as it; *last* tells where words end. *capital* is how
    many bytes of each are in capitals from its beginning on. The other pairs are words and a number that one is.
    """

    spelled: Spelled
    begun: Numbers
    last: npt.NDArray[np.bool_]
    whole: Numbers
    capital: Ints
    lemmas: tuple[Ints, Numbers]
    capitals: tuple[Ints, Numbers]

    @classmethod
    def of(cls, surfaces: Sequence[str]) -> "Asked":
        """What *surfaces* can be: themselves, their bases, their beginnings, and in capitals what is in capitals."""
        forms = [surface.lower() for surface in surfaces]
        spelled = Spelled.of(forms)
        begun = spelled.beginnings()
        last = np.append(spelled.sizes[1:] == 1, True)[: len(begun)]
        whole, size = begun[last], spelled.sizes[last]
        capital = _capitals(surfaces, spelled)
        shouted = np.flatnonzero(capital >= np.maximum(size, 2))
        likely = np.flatnonzero(_INFLECTED[spelled.letters[last]]).tolist()
        inflected = [(at, forms[at]) for at in likely]
        bases = [(at, base) for at, form in inflected for base in lemmas(form) if base != form]
        singular = [(at, one) for at, form in inflected for one in _capitals_of(form, int(capital[at]))]
        return cls(
            spelled,
            begun,
            last,
            whole,
            capital,
            _numbered(LEMMA, np.arange(len(forms)), whole, bases),
            _numbered(CAPITALS, shouted, whole[shouted], singular),
        )

    @property
    def everyone(self) -> Ints:
        """Each word's position."""
        return np.arange(len(self.whole))

    def prefixes(self) -> tuple[Ints, Numbers]:
        """The beginnings that people can ask for with a star."""
        owners, sizes = self.spelled.owners, self.spelled.sizes
        long = np.flatnonzero(sizes >= _LEAST_PREFIX)
        loud = long[sizes[long] <= self.capital[owners[long]]]
        numbers = np.append(joined(PREFIX, self.begun[long]), joined(CAPITAL_PREFIX, self.begun[loud]))
        return owners[np.append(long, loud)], numbers


def _numbered(
    kind: int, owners: Ints, numbers: Numbers, more: Sequence[tuple[int, str]]
) -> tuple[Ints, Numbers]:
    """The words and numbers, and *more* of them, as atoms of this kind."""
    whole = np.append(numbers, words([one for _, one in more]))
    return np.append(owners, np.array([at for at, _ in more], np.int64)), joined(kind, whole)


def _capitals_of(form: str, capital: int) -> Iterator[str]:
    """What *form* is the plural of, as far as the text has it in capitals."""
    return (one for one in singulars(form) if len(one.encode()) <= capital) if capital > 1 else iter(())


def _capitals(surfaces: Sequence[str], spelled: Spelled) -> Ints:
    """How many bytes each word has before its first small letter."""
    together = "".join(surfaces)
    if not together.isascii():
        return np.fromiter(map(_capital, surfaces), np.int64, len(surfaces))
    small = np.cumsum(_SMALL[np.frombuffer(together.encode(), np.uint8)])
    before = np.append(0, small)[spelled.starts]
    loud: Ints = np.bincount(spelled.owners[small == before[spelled.owners]], minlength=len(surfaces))
    return loud


def _capital(surface: str) -> int:
    count = next((at for at, char in enumerate(surface) if char.islower()), len(surface))
    return len(surface[:count].lower().encode())


def _seams(surface: str) -> frozenset[int]:
    """Where a word was put together, in characters."""
    return frozenset(accumulate(map(len, surface.split("-")[:-1])))
