"""Interests as a large community might keep them: the whole grammar over a realistic vocabulary.

Half of the interests come from a pool of common ones, popular as in Zipf and Mandelbrot's law, and half are fresh.
Words are those of the papers, as often as they stand there but for the very commonest, and made-up ones that stand
for the rest of science. The same seed gives the same interests.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random

from bot.models import Paper

POOL = 20_000  # common interests
RARE = 15  # words that no paper has, for each common interest
_SYLLABLES = (
    "ba ce di fo gu la me ni po ru sa te vi xo zu kra ste pli tro qua then lor mur din gal per".split()
)
_STOP = frozenset(
    "the of and to a in that for with on is we by are this an as from our it be at which can".split()
)
_KINDS = ("word", "phrase", "prefix", "and", "or", "without", "nested")
_SHARES = (30, 25, 5, 20, 8, 7, 5)  # per cent


class Workload:
    """Random interests about what *papers* say."""

    def __init__(
        self, papers: Sequence[Paper], seed: int = 7, *, plain: bool = False, pool: int = POOL
    ) -> None:
        """*plain*: only words and phrases, without fields: what every engine can be asked."""
        self._rng, self._plain = Random(seed), plain
        texts = [re.findall(r"[A-Za-z0-9]+", f"{one.title} {one.abstract}".lower()) for one in papers]
        self._texts = [text for text in texts if len(text) > 3]
        counts = Counter(word for text in self._texts for word in text if word not in _STOP and len(word) > 2)
        self._words = sorted(counts)
        self._often = list(accumulate(counts[word] ** 0.5 for word in self._words))
        self._rare = [self._made_up() for _ in range(pool * RARE)]
        self._pool = [self._fresh() for _ in range(pool)]
        self._popular = list(accumulate(1 / (rank + 2.7) for rank in range(pool)))

    def interests(self, count: int) -> Iterator[str]:
        """So many interests."""
        for _ in range(count):
            yield self._drawn(self._pool, self._popular) if self._rng.random() < 0.5 else self._fresh()

    def _fresh(self) -> str:
        kind = self._rng.choices(_KINDS, _SHARES)[0]
        if self._plain:
            return self._word() if kind == "word" else self._phrase()
        match kind:
            case "word":
                return self._in_field(self._word())
            case "phrase":
                return self._in_field(self._phrase())
            case "prefix":
                return self._in_field(self._prefix())
            case "and":
                return " AND ".join(self._atom() for _ in range(self._rng.choice((2, 2, 3))))
            case "or":
                return " OR ".join(self._atom() for _ in range(self._rng.choice((2, 2, 3, 4))))
            case "without":
                return f"{self._atom()} -{self._word()}"
            case _:
                return f"({self._atom()} OR {self._atom()}) AND ({self._atom()} OR {self._atom()})"

    def _atom(self) -> str:
        return self._in_field(self._word() if self._rng.random() < 0.6 else self._phrase())

    def _in_field(self, term: str) -> str:
        if self._plain or self._rng.random() > 0.08:
            return term
        return f"{self._rng.choice(('title', 'abstract'))}:{term}"

    def _word(self) -> str:
        if self._rng.random() < 0.25:
            return self._drawn(self._words, self._often)
        return self._rare[int(len(self._rare) * self._rng.random() ** 1.5)]

    def _prefix(self) -> str:
        word = self._word()
        return word[: max(4, len(word) - self._rng.randrange(4))] + "*"

    def _phrase(self) -> str:
        if self._rng.random() < 0.35:
            text = self._rng.choice(self._texts)
            at, length = self._rng.randrange(len(text) - 2), self._rng.choice((2, 2, 3))
            return " ".join(text[at : at + length])
        return f"{self._word()} {self._word()}"

    def _made_up(self) -> str:
        return "".join(self._rng.choices(_SYLLABLES, k=self._rng.randint(2, 5)))

    def _drawn(self, items: Sequence[str], cumulated: Sequence[float]) -> str:
        return items[bisect(cumulated, self._rng.random() * cumulated[-1], hi=len(items) - 1)]
