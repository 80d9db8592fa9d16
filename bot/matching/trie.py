"""Phrases as a trie over atoms, walked by all words of all papers at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.matching.graph import Graph

Ints = npt.NDArray[np.int64]

_ATOM_BITS = 32


class Trie:
    """Phrases with common beginnings together. A node is a phrase or the beginning of one; node 0 is empty.

    Steps (a node and an atom, packed in 64 bits, to the next node) lie in one sorted array, and those added since
    it was last sorted in a dictionary beside it.
    """

    def __init__(self) -> None:
        self.size = 1
        self._keys: Ints = np.zeros(0, np.int64)
        self._next: Ints = np.zeros(0, np.int64)
        self._recent: dict[int, int] = {}

    def add(self, path: Sequence[int]) -> int:
        """The node of *path*, made now if there was none."""
        node = 0
        for atom in path:
            node = self._step(node << _ATOM_BITS | atom)
        return node

    def _step(self, key: int) -> int:
        at = int(self._keys.searchsorted(key))
        if at < len(self._keys) and self._keys[at] == key:
            return int(self._next[at])
        if key not in self._recent:
            self._recent[key] = self.size
            self.size += 1
        return self._recent[key]

    def steps(self) -> "Steps":
        """The trie as it is now; adding to the trie later does not change it."""
        if self._recent:
            keys = np.concatenate((self._keys, np.fromiter(self._recent.keys(), np.int64)))
            following = np.concatenate((self._next, np.fromiter(self._recent.values(), np.int64)))
            order = np.argsort(keys, kind="stable")
            self._keys, self._next, self._recent = keys[order], following[order], {}
        return Steps(self._keys, self._next)


class Steps:
    """A trie at rest."""

    def __init__(self, keys: Ints, following: Ints) -> None:
        self._keys, self._next = keys, following

    def walk(self, graph: Graph) -> tuple[Ints, Ints]:
        """Every node that the words of *graph* lead to, with the place where they end; both of one length."""
        starts, ends, atoms = (np.array(one, np.int64) for one in (graph.starts, graph.ends, graph.atoms))
        inside = np.array(graph.inside, bool)
        order = np.argsort(starts, kind="stable")
        starts, ends, atoms = starts[order], ends[order], atoms[order]
        first = np.searchsorted(starts, np.arange(len(inside) + 1))
        begins = ~inside[starts]
        nodes, places = self._follow(np.zeros(begins.sum(), np.int64), atoms[begins], ends[begins])
        found = [(nodes, places)]
        while len(nodes):
            counts = first[places + 1] - first[places]
            edge = np.repeat(first[places + 1] - counts.cumsum(), counts) + np.arange(counts.sum())
            nodes, places = self._follow(np.repeat(nodes, counts), atoms[edge], ends[edge])
            found.append((nodes, places))
        nodes, places = (np.concatenate(parts) for parts in zip(*found, strict=True))
        whole = ~inside[places]
        return nodes[whole], places[whole]

    def _follow(self, nodes: Ints, atoms: Ints, ends: Ints) -> tuple[Ints, Ints]:
        """The steps from *nodes* by *atoms* that there are: the nodes they lead to and *ends* of theirs."""
        keys = nodes << _ATOM_BITS | atoms
        at = np.minimum(self._keys.searchsorted(keys), len(self._keys) - 1)
        there = self._keys[at] == keys if len(self._keys) else np.zeros(len(keys), bool)
        return self._next[at[there]], ends[there]
