"""Papers that are about what a text is about."""

from collections.abc import Sequence
from typing import Final

from bot.models import Paper
from bot.ranking.collection import Ranked
from bot.ranking.vectors import Vectors

MOST_WORDS: Final = 60  # of the text: its most telling words and pairs
_FLOOR: Final = 0.08  # least likeness; a text is often no more than a title


def like(text: Paper, papers: Sequence[Paper], most: int) -> list[Ranked]:
    """Up to *most* of *papers* that are about what *text* says, nearest first; itself is left out."""
    others = [paper for paper in papers if paper.id != text.id or not text.id]
    vectors = Vectors([text, *others])
    near = vectors.near(vectors.blend({0: 1.0}, MOST_WORDS))[1:]
    found = [Ranked(paper, float(score), ()) for paper, score in zip(others, near, strict=True)]
    best = sorted(found, key=lambda ranked: -ranked.score)[:most]
    return [ranked for ranked in best if ranked.score >= _FLOOR]
