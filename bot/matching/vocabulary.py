"""The atoms of many interests, numbered, and found by the words of a text."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from bot.matching.atoms import Atom, Path, keys

_MOST_REMEMBERED = 200_000  # words of texts with what they answer: a day's papers have some ten thousand
_LONGEST_SPLIT = 48  # characters; no longer word is several typed ones written as one


class Split(NamedTuple):
    """A text's word read as several typed ones: *first* answers for its beginning, and *rest* is what is left."""

    first: tuple[int, ...]
    rest: str


class Vocabulary:
    """Atoms by what they are looked up by. It only grows.

    One thread may ask while another adds: what words answer is forgotten after each change, not before, so that
    nobody remembers an answer from before it.
    """

    def __init__(self) -> None:
        self.atoms: list[Atom] = []
        self._numbers: dict[Atom, int] = {}
        self._keys: defaultdict[str, list[int]] = defaultdict(list)
        self._beginnings: defaultdict[str, list[int]] = defaultdict(list)  # atoms that another word follows
        self._begun: set[int] = set()
        self._lengths: tuple[int, ...] = ()  # of the prefixes asked for
        self._answers: dict[str, tuple[int, ...]] = {}
        self._splits: dict[str, tuple[Split, ...]] = {}

    def add(self, path: Path) -> tuple[int, ...]:
        """The numbers of the atoms of *path*, given now to those that had none."""
        numbers = tuple(self._number(atom) for atom in path)
        for number in numbers[:-1]:
            if number not in self._begun and self.atoms[number].mode != "prefix":
                self._begun.add(number)
                self._beginnings[self.atoms[number].pattern.lower()].append(number)
                self._forget()
        return numbers

    def answers(self, surface: str) -> tuple[int, ...]:
        """The atoms that the text's word *surface* is what they ask for."""
        known = self._answers
        if surface not in known:
            found = dict.fromkeys(self._found(surface.lower()))
            known[surface] = tuple(one for one in found if self.atoms[one].capitals(surface))
        return known[surface]

    def splits(self, surface: str) -> tuple[Split, ...]:
        """How *surface* reads as typed words written as one: `finetuning` as `fine tuning`."""
        known = self._splits
        if surface not in known:
            known[surface] = tuple(self._split(surface)) if len(surface) <= _LONGEST_SPLIT else ()
        return known[surface]

    def _split(self, surface: str) -> Iterator[Split]:
        for cut in range(1, len(surface)):
            begun = self._beginnings.get(surface[:cut].lower(), ())
            first = tuple(one for one in begun if self.atoms[one].capitals(surface))
            if first and (self.answers(surface[cut:]) or self.splits(surface[cut:])):
                yield Split(first, surface[cut:])

    def _number(self, atom: Atom) -> int:
        if atom not in self._numbers:
            self._numbers[atom] = len(self.atoms)
            self.atoms.append(atom)
            if atom.mode == "prefix" and len(atom.pattern) not in self._lengths:
                self._lengths = (*self._lengths, len(atom.pattern))
            for key in atom.keys:
                self._keys[key].append(self._numbers[atom])
            self._forget()
        return self._numbers[atom]

    def _found(self, form: str) -> Iterator[int]:
        for key in keys(form):
            yield from self._keys.get(key, ())
        for length in self._lengths:
            if length <= len(form):
                yield from self._keys.get(f"*{form[:length]}", ())

    def _forget(self) -> None:
        """What words answer is asked anew when the questions have changed."""
        if self._answers or self._splits:
            self._answers, self._splits = {}, {}

    def trim(self) -> None:
        """Give memory back when texts brought very many different words."""
        if len(self._answers) + len(self._splits) > _MOST_REMEMBERED:
            self._forget()
