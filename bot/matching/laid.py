"""Parts of interests as arrays, in which other arrays of the kind can be laid."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from bot.matching.parts import GONE, Parts
from bot.matching.programs import Shape
from bot.matching.rows import Ints, Numbers, Places


class Laid(NamedTuple):
    """Parts of some interests.

    Of words, phrases and votes: what `Lexicon` and `Phrases` take. Of programs: the *keys* that tell them apart,
    each one's *shape* among *shapes*, and how many of *leaves* are its. Program anchored[i] hangs under leaf
    anchors[i], and interest interests[i] is program programs[i].
    """

    atoms: Numbers
    prefixes: Numbers
    bases: Numbers
    inflected: Numbers
    joins: Numbers
    nodes: Numbers
    inner: Numbers
    after: Numbers
    said: Numbers
    meant: Numbers
    votes: Numbers
    keys: Numbers
    leaves: Numbers
    anchors: Numbers
    shapes: Sequence[Shape]
    shape: Places
    sizes: Places
    anchored: Places
    interests: Ints
    programs: Places


_NUMBERS: Final = (
    "atoms prefixes bases inflected joins nodes inner after said meant votes keys leaves anchors".split()
)


def gathered(parts: Parts) -> Laid:
    """The parts of interests, ready to be packed."""
    # Copies: what they would only look at could not grow any more.
    numbers = {name: np.array(getattr(parts, name), np.uint64) for name in _NUMBERS}
    programs = np.array(parts.programs, np.int32)
    there = programs != GONE
    return Laid(
        **numbers,
        shapes=list(parts.shapes),
        shape=np.array(parts.shape, np.int32),
        sizes=np.array(parts.sizes, np.int32),
        anchored=np.array(parts.anchored, np.int32),
        interests=np.array(parts.interests, np.int64)[there],
        programs=programs[there],
    )
