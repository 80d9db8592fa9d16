"""What a reader wants more and less of, learnt from the papers they said so of: words with weights, no more."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import tanh
from typing import Final

from bot.models import Paper
from bot.ranking.vectors import Vectors, bag, hollow, stem
from bot.text import words

MOST_WORDS: Final = 60  # of a taste: the weightiest of either sign
_STEEP: Final = 2.5  # how soon likeness becomes a clear opinion


@dataclass(frozen=True, slots=True)
class Taste:
    """Words and pairs of words with weights: above 0 for what the reader wants more of, below for less."""

    weights: Mapping[str, float]

    def of(self, paper: Paper) -> float:
        """What the reader thinks of *paper*, from -1 (much less) to 1 (much more)."""
        if not self.weights:
            return 0.0
        said = bag(paper)
        return tanh(_STEEP * sum(weight for feature, weight in self.weights.items() if feature in said))


def worded(liking: Taste, papers: Sequence[Paper]) -> dict[str, float]:
    """The weights of a taste by words that people read: the shortest form of each that *papers* say."""
    said: dict[str, str] = {}
    for form in (word.form for paper in papers for word in words(f"{paper.title}\n{paper.abstract}")):
        said[stem(form)] = min(form, said.get(stem(form), form), key=lambda one: (len(one), one))
    return {
        " ".join(said.get(base, base) for base in feature.split()): weight
        for feature, weight in liking.weights.items()
    }


def taste(liked: Sequence[Paper], disliked: Sequence[Paper]) -> Taste:
    """The taste of a reader who asked for more papers like *liked* and fewer like *disliked*.

    Each side counts as one whole, so that one dislike is heard among many likes.
    """
    total: defaultdict[str, float] = defaultdict(float)
    for papers, sign in ((liked, 1.0), (disliked, -1.0)):
        vectors = Vectors(papers)
        for at in range(len(papers)):
            for feature, weight in vectors.blend({at: 1.0}, MOST_WORDS).items():
                total[feature] += sign * weight**2 / len(papers)
    strongest = sorted(total.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:MOST_WORDS]
    return Taste({feature: weight for feature, weight in strongest if not hollow(feature) and weight})
