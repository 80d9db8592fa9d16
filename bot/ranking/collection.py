"""Papers as the measure of one another: how well each meets an interest, and which are related to it.

A paper's relevance to an interest adds up
- how near its words and pairs of words are to those of the interest, title first, rare words first, and how many of
  them it says at all;
- how plainly it says what the field says in the same breath (`topics`);
- how near it is to the papers that meet the interest best: what they have in common tells what it is about;
- for one that meets it, how often, where, and how close together the words stand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log
from typing import Final

import numpy as np

from bot.interests import Expression, Not, parse
from bot.matching import evidence, meets
from bot.models import Paper
from bot.ranking.saying import otherwise, saying
from bot.ranking.tastes import Taste, taste
from bot.ranking.topics import fences, open_parts, topic
from bot.ranking.vectors import Floats, Vectors, joined, stems, strongest
from bot.rarities import Frequencies

MOST_RELATED: Final = 3  # in one digest

_COVERED: Final = 0.2  # of the words said
_KIN: Final = 0.3
_HALF: Final = 8.0  # kindred words said at which half of their worth is reached
_ALIKE: Final = 0.5
_LITERAL: Final = 0.1
_MEETS: Final = 0.1  # of a paper that meets an interest: two interests count more than one
_OTHERWISE: Final = 0.2  # of the score of a paper that defines the short form as something else
_MODELS: Final = 8  # papers that show what an interest is about
_TELLING: Final = 40  # of their words and pairs
_SHOWS: Final = 0.08  # least relevance, by words and kin, of a paper that may show what an interest is about
_FLOOR: Final = 0.29  # least relevance of a related paper: below, more than one in five would be a wrong one
_FADING: Final = 0.05  # the same once there are enough of those: a tail that nobody is shown unasked
_KEPT: Final = 4_000_000  # numbers remembered, of the terms asked for last: 32 MB
_VOTES: Final = 0.05  # of the score for each e-fold of votes
_OPINION: Final = 0.6  # of the score, at most, for what the reader wants more or less of
_FRESH: Final = 0.05  # of the score for the newest paper
_WEEK: Final = 7.0  # days after which a third of that is left


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper with its score and the *interests* it meets (normal forms, the one it meets best first).

    A *related* one meets none of them: it is about the one that is named.
    """

    paper: Paper
    score: float
    interests: tuple[str, ...] = ()
    related: bool = False


class Collection:
    """Papers as the measure of what is rare, and of what belongs together. Safe to read from several threads."""

    def __init__(self, papers: Sequence[Paper], landed: Frequencies = Frequencies()) -> None:  # noqa: B008  # a frozen value
        """*landed*: in how many of the papers that have ever landed each word stands."""
        self.papers = papers
        self._vectors = Vectors(papers, landed)
        self._places = {id(paper): at for at, paper in enumerate(papers)}
        self._newest = max((paper.published for paper in papers if paper.published), default=None)
        self._about = lru_cache(maxsize=max(_KEPT // (1 + len(papers)), 16))(self._relevance)

    def weight(self, form: str) -> float:
        """How rare a word (lower case) is."""
        [base] = stems(form) or [form]
        return self._vectors.rarity(base)

    def score(self, expression: Expression, paper: Paper) -> float:
        """How well the words of *paper* meet *expression*; 0 when it does not."""
        return saying(expression, evidence(expression, paper), self.weight)

    def order(self, expression: Expression, positions: Iterable[int]) -> list[tuple[int, float]]:
        """The papers at *positions*, which meet *expression*, with their scores, best first."""
        met = tuple(sorted(set(positions)))
        about, literal = self._about(expression, met), self._literal(expression, met)
        meant = {at: _OTHERWISE if otherwise(expression, self.papers[at]) else 1.0 for at in met}
        scored = [
            (at, self._adjusted(meant[at] * (_MEETS + about[at] + literal[at]), self.papers[at]))
            for at in met
        ]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def related(self, expression: Expression, positions: Iterable[int], most: int) -> list[tuple[int, float]]:
        """Papers that do not meet *expression*, as those at *positions* do, but plainly are about it; best first."""
        near = [(at, score) for at, score in self.near(expression, positions, most) if score >= _FADING]
        firm = sum(score >= _FLOOR for _, score in near)
        return near if firm >= MOST_RELATED else near[:firm]

    def near(self, expression: Expression, positions: Iterable[int], most: int) -> list[tuple[int, float]]:
        """The papers that come nearest to *expression* without meeting it, however far off they are; best first."""
        met = tuple(sorted(set(positions)))
        if not open_parts(expression):
            return []
        about = self._about(expression, met).copy()
        about[list(met)] = 0.0
        found = [(at, float(about[at])) for at in strongest(about, most + 20) if about[at] > 0]
        kept = self._within(fences(expression), [at for at, _ in found])
        return [(at, score) for at, score in found if at in kept][:most]

    def rank(
        self,
        paper: Paper,
        interests: Sequence[str],
        liked: Sequence[Paper] = (),
        disliked: Sequence[Paper] = (),
    ) -> Ranked:
        """*paper* scored for a reader of *interests* (normal forms) who asked for more and less of these papers."""
        met = {paper.id: interests}
        [ranked] = self.ranked(met, taste(liked, disliked), [paper])
        return ranked

    def ranked(
        self, met: Mapping[int, Sequence[str]], liking: Taste, papers: Sequence[Paper] | None = None
    ) -> list[Ranked]:
        """The papers that *met* names (ids to the normal forms they meet), best first for a reader of this taste."""
        wanted = self.papers if papers is None else papers
        chosen = [(self._place(paper), paper) for paper in wanted if paper.id in met]
        meeting: dict[str, list[int]] = {}
        for at, paper in chosen:
            for term in met[paper.id]:
                meeting.setdefault(term, []).append(at)
        scores = {
            term: dict(self.order(parse(term, stored=True), places)) for term, places in meeting.items()
        }
        found = [
            self._of(paper, {term: scores[term][at] for term in met[paper.id]}, liking)
            for at, paper in chosen
        ]
        return sorted(found, key=lambda one: -one.score)

    def beside(
        self,
        met: Mapping[int, Sequence[str]],
        interests: Sequence[str],
        liking: Taste,
        most: int = MOST_RELATED,
    ) -> list[Ranked]:
        """Up to *most* papers that meet none of *interests* (normal forms) but are related to one, best first."""
        best: dict[int, tuple[float, str]] = {}
        for term in interests:
            places = [at for at, paper in enumerate(self.papers) if term in met.get(paper.id, ())]
            for at, score in self.related(parse(term, stored=True), places, most + len(met)):
                known = self.papers[at].id in met or score < _FLOOR
                if not known and score > best.get(at, (0.0, ""))[0]:
                    best[at] = score, term
        found = [
            self._of(self.papers[at], {term: score}, liking, related=True)
            for at, (score, term) in best.items()
        ]
        return sorted((one for one in found if one.score > 0), key=lambda one: -one.score)[:most]

    def _of(
        self, paper: Paper, scores: Mapping[str, float], liking: Taste, *, related: bool = False
    ) -> Ranked:
        score = sum(scores.values()) * (1 + _OPINION * liking.of(paper))
        return Ranked(paper, score, tuple(sorted(scores, key=lambda term: -scores[term])), related)

    def _place(self, paper: Paper) -> int:
        return self._places[id(paper)] if id(paper) in self._places else self.papers.index(paper)

    def _relevance(self, expression: Expression, met: tuple[int, ...]) -> Floats:
        """How much each paper is about what *expression* looks for; those at *met* are known to meet it."""
        subject, count = topic(expression), len(self.papers)
        lexical = np.zeros(count)
        for own in subject.spellings:
            near = self._vectors.near(self._vectors.mix(dict.fromkeys(own, 1.0)))
            lexical = np.maximum(lexical, near + _COVERED * self._vectors.covered(own))
        said = joined((share * self._vectors.said(other) for other, share in subject.kin.items()), count)
        plain = lexical + _KIN * said / (_HALF + said)
        return plain + _ALIKE * self._alike(plain, met)

    def _alike(self, plain: Floats, met: Sequence[int]) -> Floats:
        """How near each paper is to those that show best what the interest is about."""
        shown = plain.copy()
        shown[list(met)] += _SHOWS
        models = {at: float(shown[at]) for at in strongest(shown, _MODELS) if shown[at] >= _SHOWS}
        if not models:
            return np.zeros(len(self.papers))
        total = sum(models.values())
        mix = self._vectors.blend({at: share / total for at, share in models.items()}, _TELLING)
        return self._vectors.near(mix)

    def _literal(self, expression: Expression, met: Sequence[int]) -> dict[int, float]:
        scores = {at: self.score(expression, self.papers[at]) for at in met}
        most = max(scores.values(), default=0.0)
        return {at: _LITERAL * score / most if most else 0.0 for at, score in scores.items()}

    def _within(self, limits: Sequence[Expression], positions: Sequence[int]) -> set[int]:
        """Those of *positions* whose papers keep to all of *limits*."""
        papers = [self.papers[at] for at in positions]
        kept = set(range(len(papers)))
        for limit in limits:
            kept = (
                kept - set(meets(limit.inner, papers))
                if isinstance(limit, Not)
                else kept & set(meets(limit, papers))
            )
        return {positions[at] for at in kept}

    def _adjusted(self, score: float, paper: Paper) -> float:
        """*score* with votes and freshness."""
        fresh = (
            exp(-(self._newest - paper.published).days / _WEEK) if self._newest and paper.published else 0.0
        )
        return score * (1 + _VOTES * log(1 + max(0, paper.upvotes or 0))) * (1 + _FRESH * fresh)


def rank(
    papers: Sequence[Paper],
    met: Mapping[int, Sequence[str]],
    liked: Sequence[Paper] = (),
    disliked: Sequence[Paper] = (),
) -> list[Ranked]:
    """The papers that *met* (ids to the normal forms they meet) names, best first; equal ones as they came."""
    return Collection(papers).ranked(met, taste(liked, disliked))


def trending(papers: Sequence[Paper]) -> list[Ranked]:
    """All papers by votes, most first; as they came where votes are equal or unknown."""
    return sorted((Ranked(paper, float(paper.upvotes or 0)) for paper in papers), key=lambda one: -one.score)
