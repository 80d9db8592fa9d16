"""Cards that stand twice on one page: pages made for wide and for narrow screens say everything again."""

from collections.abc import Iterable
from dataclasses import replace

from bot.models import Paper


def merged(papers: Iterable[Paper]) -> list[Paper]:
    """*papers* in their order, each once, with the best of what its cards say."""
    kept: list[Paper] = []
    places: dict[str, int] = {}
    for paper in papers:
        at = next((places[key] for key in paper.keys if key in places), len(kept))
        if at < len(kept) and not _told_apart(kept[at], paper):
            kept[at] = _best(kept[at], paper)
        else:
            at = len(kept)
            kept.append(paper)
        places |= dict.fromkeys(paper.keys, at)
    return kept


def _told_apart(one: Paper, other: Paper) -> bool:
    return bool(one.arxiv_id and other.arxiv_id) and one.arxiv_id != other.arxiv_id


def _best(one: Paper, other: Paper) -> Paper:
    fuller = max(one.abstract, other.abstract, key=len)
    known = [paper.upvotes for paper in (one, other) if paper.upvotes is not None]
    return replace(one.merged(other), abstract=fuller, upvotes=max(known, default=None))
