"""What recent papers are about, as terms somebody might follow (pure)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from bot.models import Paper

LEAST: Final = 2  # papers that have to be about it
USUAL: Final = (
    "large language model",
    "reinforcement learning",
    "diffusion model",
    "graph neural network",
    "retrieval-augmented generation",
    "computer vision",
    "robotics",
    "AI safety",
)
"""What to offer while nothing has landed."""

_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_PLAIN: Final = frozenset(
    "a about across after against all an analysis and approach approaches are as at based be benchmark benchmarking "
    "better beyond between by can case data dataset do does efficient end enhanced enhancing evaluating evaluation "
    "fast few for framework from general guided high how improving in into is it its large-scale learning learn "
    "method methods model modeling models more multi new no not novel of on one only open or our over paper problem "
    "real robust scalable self simple study survey system systems task tasks the their through to toward towards "
    "training two unified up use using via we what when where which why with without work".split()
)
_ENDINGS: Final = {"learning", "model", "models"}


def topics(papers: Sequence[Paper], most: int) -> list[str]:
    """Up to *most* word pairs and acronyms that several titles share, the most frequent first."""
    counts, shown = Counter[str](), dict[str, str]()
    for paper in papers:
        named = {_same(name): name for name in _names(paper.title)}
        counts.update(named.keys())
        shown |= {key: name for key, name in named.items() if key not in shown or len(name) < len(shown[key])}
    frequent = sorted((-count, key) for key, count in counts.items() if count >= LEAST)
    return _apart([shown[key] for _, key in frequent], most) or list(USUAL[:most])


def _names(title: str) -> Iterator[str]:
    words = [found.group() for found in _WORD.finditer(title)]
    for first, second in pairwise(words):
        plain = first.lower() in _PLAIN or second.lower() in _PLAIN - _ENDINGS
        if not plain and not (first + second).isnumeric():
            yield f"{first} {second}" if _is_acronym(first) else f"{first} {second}".lower()
    yield from (word for word in words if _is_acronym(word))


def _is_acronym(word: str) -> bool:
    return len(word) > 2 and word.rstrip("s").isupper() and word.rstrip("s").isalpha()


def _same(name: str) -> str:
    """What plurals and capitals have in common."""
    return name.lower().removesuffix("s").replace("-", " ")


def _apart(names: Sequence[str], most: int) -> list[str]:
    """The first names that share no word with an earlier one."""
    chosen: list[str] = []
    taken: set[str] = set()
    for name in names:
        words = {_same(word) for word in name.split()} - _ENDINGS
        if len(chosen) < most and not words & taken:
            chosen.append(name)
            taken |= words
    return chosen
