"""What tests of storage say: `await land(storage, "Grokking")`, `await follow(storage, "agents")`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.interfaces import Delivery, Storage
from bot.models import Address, Interest, Landing, Paper
from tests.fakes import a_digest, ada, at

MANY = 100


def an_interest(normal: str, owner: Address = ada, typed: str = "") -> Interest:
    """An interest in the term of this normal form."""
    return Interest(owner, typed or normal, normal)


async def follow(storage: Storage, *normals: str, owner: Address = ada) -> list[int]:
    """Let *owner* follow these, and say the numbers of their terms."""
    for normal in normals:
        await storage.people.follow(an_interest(normal, owner), most=MANY)
    numbers = {normal: number for number, normal in await storage.people.terms()}
    return [numbers[normal] for normal in normals]


async def land(
    storage: Storage,
    *papers: Paper | str,
    matches: Mapping[int, Sequence[int]] | None = None,
    owed: Sequence[Delivery] = (),
    when: datetime | None = None,
    source: str = "test",
) -> Landing:
    """Land a digest of these papers, or of papers of these titles."""
    digest = a_digest(*papers, source=source)
    landing = await storage.papers.land(digest, matches or {}, at=when or at("09:00"))
    await storage.outbox.owe([replace(one, digest=landing.digest, since=landing.digest - 1) for one in owed])
    return landing


async def titles(storage: Storage, landing: Landing) -> list[str]:
    """The titles of the papers that were new in it."""
    return [paper.title for paper in await storage.papers.in_digest(landing.digest)]
