"""Which interests a paper meets, and where: papers are looked up among the interests, never the other way."""

from bot.matching.evidence import evidence
from bot.matching.index import Index, meets

__all__ = ["Index", "evidence", "meets"]
