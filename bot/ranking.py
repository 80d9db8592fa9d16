"""The order of a digest (the interest language, section 6).

The title counts more than the abstract, rare words more than common ones, several interests more than one; votes
and what the reader thought of other papers then move papers up or down.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from bot.interests import Expression, parse
from bot.matching import evidence
from bot.models import Evidence, Paper
from bot.text import words

_FIELDS = {"title": 2.5, "abstract": 1.0, "author": 3.0, "category": 0.5, "source": 0.1}
_AGAIN = (
    0.5  # what each further occurrence counts of the one before it: said often is only a little more about it
)
_VOTES = 0.05  # of the score for each e-fold of votes
_OPINION = 0.6  # of the score, at most, for likeness to papers the reader wants more or less of
_UNSEEN = 12.0  # the weight of a word in a collection that has no such word: rarer than one in 100,000


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper with its score and the *interests* it meets (normal forms, the one it meets best first)."""

    paper: Paper
    score: float
    interests: tuple[str, ...] = ()


class Collection:
    """Papers as the measure of what is rare."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.papers = papers
        self._count = len(papers)
        self._having = Counter(form for paper in papers for form in _forms(paper))

    def weight(self, form: str) -> float:
        """Inverse document frequency of a word (lower case), smoothed: log((1 + papers) / (1 + papers with it))."""
        having = self._having.get(form, 0)
        return log((1 + self._count) / (1 + having)) if having else min(_UNSEEN, log(1 + self._count) + 1)

    def score(self, expression: Expression, paper: Paper) -> float:
        """How well *paper* meets *expression*; 0 when it does not."""
        return self._sum(evidence(expression, paper))

    def order(self, expression: Expression, positions: Iterable[int]) -> list[tuple[int, float]]:
        """The papers at *positions* with their scores, best first."""
        scored = [
            (at, self._voted(self.score(expression, self.papers[at]), self.papers[at])) for at in positions
        ]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def likeness(self, one: Paper, other: Paper) -> float:
        """Cosine of the weighted words of two papers, 0 to 1."""
        mine, theirs = _forms(one), _forms(other)
        shared = sum(self.weight(form) ** 2 for form in mine & theirs)
        return shared / (self._length(mine) * self._length(theirs)) if shared else 0.0

    def rank(
        self, paper: Paper, interests: Sequence[str], liked: Sequence[Paper], disliked: Sequence[Paper]
    ) -> Ranked:
        """*paper* scored for a reader of *interests* (normal forms) who asked for more and less of these papers."""
        scores = {term: self.score(parse(term, stored=True), paper) for term in interests}
        opinion = self._nearest(paper, liked) - self._nearest(paper, disliked)
        score = self._voted(sum(scores.values()), paper) * (1 + _OPINION * opinion)
        return Ranked(paper, score, tuple(sorted(scores, key=lambda term: -scores[term])))

    def _sum(self, found: Sequence[Evidence]) -> float:
        """Occurrences by field, the weightiest first and each after it worth less."""
        total = 0.0
        for field, share in _FIELDS.items():
            weights = sorted((self._weighed(one) for one in found if one.field == field), reverse=True)
            total += share * sum(weight * _AGAIN**turn for turn, weight in enumerate(weights))
        return total

    def _weighed(self, one: Evidence) -> float:
        return sum(self.weight(word.form) for word in words(one.text))

    def _voted(self, score: float, paper: Paper) -> float:
        return score * (1 + _VOTES * log(1 + max(0, paper.upvotes or 0)))

    def _nearest(self, paper: Paper, others: Sequence[Paper]) -> float:
        return max((self.likeness(paper, other) for other in others), default=0.0)

    def _length(self, forms: frozenset[str]) -> float:
        return sqrt(sum(self.weight(form) ** 2 for form in forms))


def rank(
    papers: Sequence[Paper],
    met: Mapping[int, Sequence[str]],
    liked: Sequence[Paper] = (),
    disliked: Sequence[Paper] = (),
) -> list[Ranked]:
    """The papers that *met* (ids to the normal forms they meet) names, best first; equal ones as they came."""
    collection = Collection(papers)
    chosen = [paper for paper in papers if paper.id in met]
    found = [collection.rank(paper, met[paper.id], liked, disliked) for paper in chosen]
    return sorted(found, key=lambda one: -one.score)


def trending(papers: Sequence[Paper]) -> list[Ranked]:
    """All papers by votes, most first; as they came where votes are equal or unknown."""
    return sorted((Ranked(paper, float(paper.upvotes or 0)) for paper in papers), key=lambda one: -one.score)


@lru_cache(maxsize=4096)
def _forms(paper: Paper) -> frozenset[str]:
    """The different words of title and abstract."""
    return frozenset(word.form for text in (paper.title, paper.abstract) for word in words(text))
