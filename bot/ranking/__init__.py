"""The order of a digest (the interest language, section 6), and what is related to an interest."""

from bot.ranking.collection import Collection, Ranked, rank, trending
from bot.ranking.likeness import like
from bot.ranking.tastes import Taste, taste, worded
from bot.ranking.vectors import said

__all__ = ["Collection", "Ranked", "Taste", "like", "rank", "said", "taste", "trending", "worded"]
