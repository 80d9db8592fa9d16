"""Papers as weighted words and pairs of words, and how near they are to a mix of such.

What is rare is measured over the papers at hand together with a prior: in how many of the 6,423 papers that arXiv
announced in April 2026 each word or pair stands (`frequencies.tsv`; descriptive metadata, CC0). So even a single
paper on an empty database knows that "model" says little.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from math import log, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.inflection import lemmas
from bot.models import Paper
from bot.rarities import Frequencies
from bot.text import words

Floats = npt.NDArray[np.float64]
Mix = Mapping[str, float]
"""Words and pairs of words, with their weights."""

_TITLE: Final = 2.5  # what an occurrence in the title counts of one in the abstract, added to it
_NOTHING: Final = Frequencies()
_PRIOR: Final = 0.1  # what a paper of the prior counts of one at hand
_EVEN: Final = 1.2  # occurrences, in a paper of usual length, at which half of a word's worth is reached
_FULL: Final = 4.0  # occurrences after which a phrase is not said any more plainly
_LONGEST: Final = 40  # letters of a word that is counted
_LEAST: Final = 4  # letters of a word that no ending leaves fewer of
_ENDING: Final = re.compile(
    r"(?:i[sz]ation|ational|ality|[ai]tion|ator|ative|ility|izer|ical|ular|ule|iz?able|ible|ness|(?<!i)ment"
    r"|[ae]nce|[ae]ncy|i[sz]e?|ate?|ion|ive|ity|[aiu]al|ous|is[tm]|ian|er|or|al|ic|ly|y|e)$"
)
_HOLLOW_WORDS: Final = (
    "a about above across after against all also although am among an and any are as at base based be because been "
    "before being between both but by can cannot could did do does doing due during each either else enough etc even "
    "ever every few first for from further furthermore given had has have having he hence her here him his how "
    "however i if in into is it its itself just less let like make many may me might more moreover most much must my "
    "namely neither new no nor not novel now of off often on once one only onto or other others our out over own paper "
    "per perhaps present propos propose quite rather recent recently result s same several she should show since so "
    "some still study such than that the their them themselves then there thereby therefore these they this those "
    "though three through thus to together too toward towards two under until up upon us use using various very via "
    "was we well were what when where whereas whether which while who whom whose why will with within without would "
    "yet you your approach method achieve achiev improve improv introduce introduc demonstrate demonstrat "
    "framework work experiment performance exist existing significantly model"
)


@lru_cache(maxsize=100_000)
def stem(form: str) -> str:
    """What a word (lower case) has in common with its inflections and most of its derivations.

    Who asks for personalized images is glad of personalization: this is for the order, where such a slip costs
    a place. Whether a paper meets an interest goes by inflections alone.
    """
    base = min(lemmas(form), key=lambda base: (len(base), base))
    ending = _ENDING.search(base)
    return base[: ending.start()] if ending and ending.start() >= _LEAST else base


def stems(text: str) -> list[str]:
    """The words of *text*, each by its stem."""
    return [stem(word.form) for word in words(text)]


def features(bases: Sequence[str]) -> list[str]:
    """The words and the pairs of neighbours, pairs with a space between."""
    return [*bases, *(f"{one} {other}" for one, other in pairwise(bases))]


def hollow(feature: str) -> bool:
    """Whether a word of it says nothing of a subject."""
    return not _hollow().isdisjoint(feature.split())


@cache
def _hollow() -> frozenset[str]:
    return frozenset(map(stem, _HOLLOW_WORDS.split()))


@cache
def _prior() -> tuple[int, dict[str, int]]:
    """How many papers the prior counts, and in how many each word or pair stands."""
    head, *lines = files("bot").joinpath("frequencies.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return int(head.split()[1]), {feature: int(count) for feature, count in rows}


def usual_rarity(feature: str) -> float:
    """Inverse document frequency by the prior alone."""
    total, known = _prior()
    return log((1 + total) / (0.5 + known.get(feature, 0)))


class Vectors:
    """The words and pairs of some papers, looked up by word."""

    def __init__(self, papers: Sequence[Paper], landed: Frequencies = _NOTHING) -> None:
        """*landed*: in how many of the papers that have landed each word stands."""
        bags = [bag(paper) for paper in papers]
        self._landed = landed
        self._count = len(papers)
        self._having = Counter(feature for one in bags for feature in one)
        self._total, self._known = _prior()
        self._weights = [self.mix(one) for one in bags]
        self._places, self._values, self._said = self._columns(bags)
        lengths = np.array([sum(one.values()) for one in bags], dtype=float)
        self._long = _EVEN * (0.25 + 0.75 * lengths / (lengths.mean() or 1.0)) if bags else lengths

    def rarity(self, feature: str) -> float:
        """Inverse document frequency, over the papers at hand, all that landed and the prior; never below nothing.

        What landed refines the prior: the more there is, the less the prior counts. Pairs are counted at hand alone.
        """
        known, total = self._known.get(feature, 0), self._total
        if " " not in feature:
            known, total = known + self._landed.having.get(feature, 0), total + self._landed.papers
        weight = _PRIOR * self._total
        having = 0.5 + self._having.get(feature, 0) + weight * known / total
        return max(0.0, log((1 + self._count + weight) / having))

    def mix(self, counts: Mapping[str, float]) -> dict[str, float]:
        """Counted words and pairs as a mix of length 1."""
        return unit({one: (1 + log(count)) * self.rarity(one) for one, count in counts.items() if count > 0})

    def near(self, mix: Mix) -> Floats:
        """How near each paper is to *mix*, of length 1: a cosine."""
        found = np.zeros(self._count)
        for feature, weight in mix.items():
            if feature in self._places:
                found[self._places[feature]] += weight * self._values[feature]
        return found

    def covered(self, own: Iterable[str]) -> Floats:
        """How much of these words and pairs each paper says, the rare ones counting more: from 0 to nearly 1."""
        found, total = np.zeros(self._count), 0.0
        for feature in own:
            rarity = self.rarity(feature)
            total += rarity
            if feature in self._places:
                places, said = self._places[feature], self._said[feature]
                found[places] += rarity * said / (said + self._long[places])
        return found / total if total else found

    def blend(self, shares: Mapping[int, float], most: int) -> dict[str, float]:
        """The *most* telling words and pairs of the papers at these positions, each paper counted by its share."""
        total: defaultdict[str, float] = defaultdict(float)
        for at, share in shares.items():
            for feature, weight in self._weights[at].items():
                total[feature] += share * weight
        telling = ((one, weight) for one, weight in total.items() if not hollow(one))
        return unit(dict(sorted(telling, key=lambda pair: (-pair[1], pair[0]))[:most]))

    def said(self, phrase: Sequence[str]) -> Floats:
        """How plainly each paper says *phrase* (bases): nothing or more, weighted by how rare it is."""
        parts = [" ".join(pair) for pair in pairwise(phrase)] or list(phrase)
        if not parts or not all(part in self._places for part in parts):
            return np.zeros(self._count)
        counts = np.full(self._count, _FULL)
        for part in parts:
            here = np.zeros(self._count)
            here[self._places[part]] = self._said[part]
            counts = np.minimum(counts, here)
        rare: Floats = np.log1p(counts) * max(self.rarity(part) for part in parts)
        return rare

    def likeness(self, mix: Mix, at: int) -> float:
        """How near one paper is to *mix*."""
        mine = self._weights[at]
        return sum(weight * mine.get(feature, 0.0) for feature, weight in mix.items())

    def _columns(
        self, bags: Sequence[Mapping[str, float]]
    ) -> tuple[dict[str, npt.NDArray[np.int64]], dict[str, Floats], dict[str, Floats]]:
        """By word or pair: the papers that have it, its weight in each, and how often each says it."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(bags):
            for feature in one:
                places[feature].append(at)
        values = {
            feature: np.array([self._weights[at].get(feature, 0.0) for at in found])
            for feature, found in places.items()
        }
        said = {
            feature: np.array([bags[at][feature] for at in found], dtype=float)
            for feature, found in places.items()
        }
        return {feature: np.array(found) for feature, found in places.items()}, values, said


@lru_cache(maxsize=4096)
def bag(paper: Paper) -> Mapping[str, float]:
    """How often *paper* says each word and pair, the title counted more."""
    counts: Counter[str] = Counter(features(stems(paper.abstract)))
    total: dict[str, float] = dict(counts)
    for feature, count in Counter(features(stems(paper.title))).items():
        total[feature] = total.get(feature, 0.0) + _TITLE * count
    return total


def said(papers: Sequence[Paper]) -> Frequencies:
    """In how many of *papers* each word stands: of those that the prior knows, and those that several say."""
    counts = Counter(word for paper in papers for word in bag(paper) if " " not in word)
    known = _prior()[1]
    return Frequencies(
        len(papers),
        {
            word: count
            for word, count in counts.items()
            if (count > 1 or word in known) and len(word) <= _LONGEST
        },
    )


def unit(mix: Mix) -> dict[str, float]:
    """*mix* at length 1."""
    length = sqrt(sum(weight * weight for weight in mix.values()))
    return {feature: weight / length for feature, weight in mix.items()} if length else {}


def joined(found: Iterable[Floats], count: int) -> Floats:
    """The sum of them; zeros where there are none."""
    return sum(found, np.zeros(count))


def strongest(scores: Floats, most: int) -> Iterator[int]:
    """The positions of the *most* highest scores, best first, equal ones as they came."""
    yield from (int(at) for at in np.argsort(-scores, kind="stable")[:most])
