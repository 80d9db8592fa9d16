"""Counts in how many papers of a month each word and pair of words stands: what `bot/frequencies.tsv` is made by.

`python -m tests.benchmarks.frequencies MONTH.jsonl.gz > bot/frequencies.tsv`
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.models import Paper
from bot.ranking.vectors import bag, hollow

LEAST_WORD, LEAST_PAIR = 4, 12  # papers: rarer ones say no more than that they are rare


def lines(rows: Iterable[str]) -> Iterator[str]:
    """The file: a first line with the number of papers, then words and pairs with theirs."""
    papers = {row["id"]: Paper(row["title"], row["abstract"]) for row in map(json.loads, rows)}
    having = Counter(feature for paper in papers.values() for feature in bag(paper))
    yield f"# {len(papers)} papers announced by arXiv in April 2026 (CC0): in how many each word or pair stands"
    for feature, count in sorted(having.items()):
        if count >= (LEAST_PAIR if " " in feature else LEAST_WORD) and not (
            " " in feature and hollow(feature)
        ):
            yield f"{feature}\t{count}"


if __name__ == "__main__":
    with gzip.open(Path(sys.argv[1]), "rt", encoding="utf-8") as month:
        for line in lines(month):
            print(line)
