"""Which interests a paper meets, and where: papers are looked up among the interests, never the other way."""

from bot.matching.evidence import evidence
from bot.matching.index import Index, meets
from bot.matching.matches import Matches

__all__ = ["Index", "Matches", "evidence", "meets"]
