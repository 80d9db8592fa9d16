"""How good the order is, beside simpler ones: `python -m tests.benchmarks.relevance DIGEST [MONTH.jsonl.gz]`.

Prints the nDCG@10 of `digestbot rank` and of four baselines over the judged interests, for the half that the order
was tuned on, the half that was held out and those that nothing was tuned on yet, and how often the first three
"related" papers are relevant.
"""

import asyncio
import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from math import log, log2, sqrt
from pathlib import Path

from bot.app import read_digest
from bot.batch import Batch
from bot.inflection import lemmas
from bot.models import Paper
from bot.text import words

HERE = Path(__file__).parent / "judgements"
FIRST = 10

Grades = Mapping[int, int]
Order = Callable[[str], Sequence[int]]


def judged(
    name: str, ids: Mapping[object, int]
) -> tuple[list[dict[str, str | int]], dict[int, dict[int, int]]]:
    """The interests of a set, and the grades of papers by interest; *ids* say at which place each paper is."""
    folder = HERE / name
    interests = [json.loads(line) for line in (folder / "interests.jsonl").read_text("utf-8").splitlines()]
    grades: dict[int, dict[int, int]] = {interest["id"]: {} for interest in interests}
    for line in (folder / "grades.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        grades[row["interest"]][ids[row["paper"]]] = row["grade"]
    return interests, grades


def month(file: Path) -> dict[object, Paper]:
    """Every tenth paper of a month, by its id."""
    papers: dict[object, Paper] = {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            papers.setdefault(row["id"], Paper(row["title"], row["abstract"]))
    return dict(islice(papers.items(), 0, None, 10))


def ndcg(order: Sequence[int], grades: Grades, first: int = FIRST) -> float:
    """Normalised discounted cumulative gain of the *first* papers of an order, gains being 2 ** grade - 1."""
    ideal = _gain(sorted(grades.values(), reverse=True)[:first])
    return _gain([grades.get(paper, 0) for paper in order[:first]]) / ideal


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def stem(form: str) -> str:
    """One base of a word, the shortest."""
    return min(lemmas(form), key=lambda base: (len(base), base))


def _stems(text: str) -> list[str]:
    return [stem(word.form) for word in words(text)]


def _pairs(stems: Sequence[str]) -> list[str]:
    return [*stems, *(f"{one} {other}" for one, other in pairwise(stems))]


class Baselines:
    """Simple orders over the same papers."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.texts = [f"{paper.title}. {paper.abstract}" for paper in papers]
        self.stems = [_stems(text) for text in self.texts]
        self.bags = [Counter(_pairs(stems)) for stems in self.stems]
        self.having = Counter(form for bag in self.bags for form in bag)
        self.lengths = [len(stems) for stems in self.stems]
        self.norms = [sqrt(sum(self._tfidf(bag, form) ** 2 for form in bag)) for bag in self.bags]

    def substring(self, term: str) -> list[int]:
        """Papers that hold the term as typed, most often first."""
        return self._sorted([text.lower().count(term.lower()) for text in self.texts])

    def phrase(self, term: str) -> list[int]:
        """Papers that hold the stemmed words side by side, most often first."""
        sought = f" {' '.join(_stems(term))} "
        return self._sorted([f" {' '.join(stems)} ".count(sought) for stems in self.stems])

    def bm25(self, term: str) -> list[int]:
        """Okapi BM25 over stemmed words."""
        mean, count = sum(self.lengths) / len(self.lengths), len(self.texts)

        def score(at: int) -> float:
            long = 1.2 * (0.25 + 0.75 * self.lengths[at] / mean)
            return sum(
                log(1 + (count - self.having[form] + 0.5) / (self.having[form] + 0.5))
                * (self.bags[at][form] * 2.2 / (self.bags[at][form] + long))
                for form in _stems(term)
            )

        return self._sorted([score(at) for at in range(count)])

    def tfidf(self, term: str) -> list[int]:
        """Cosine of TF-IDF vectors over stemmed words and pairs of them."""
        sought = [form for form in _pairs(_stems(term)) if form in self.having]
        return self._sorted(
            [
                sum(self._tfidf(bag, form) * self._idf(form) for form in sought) / norm
                for bag, norm in zip(self.bags, self.norms, strict=True)
            ]
        )

    def _idf(self, form: str) -> float:
        return log(len(self.bags) / self.having[form]) + 1

    def _tfidf(self, bag: Counter[str], form: str) -> float:
        return (1 + log(bag[form])) * self._idf(form) if bag[form] else 0.0

    def _sorted(self, scores: Sequence[float]) -> list[int]:
        return sorted((at for at, score in enumerate(scores) if score > 0), key=lambda at: -scores[at])


def ours(papers: Sequence[Paper], terms: Sequence[str]) -> list[list[tuple[int, str]]]:
    """What `digestbot rank` answers: papers with their kind, a list a term."""
    batch = Batch(json.dumps({"id": at, "term": term}) for at, term in enumerate(terms))
    orders: list[list[tuple[int, str]]] = [[] for _ in terms]
    for row in batch.ranks(papers, FIRST, lambda _: None):
        orders[row["interest"]].append((row["paper"], row["kind"]))
    return orders


def report(name: str, listed: Mapping[object, Paper]) -> Iterator[str]:
    """The lines of the table for one set."""
    papers = list(listed.values())
    interests, grades = judged(name, {id_: at for at, id_ in enumerate(listed)})
    terms = [str(one["term"]) for one in interests]
    answers = dict(zip(terms, ours(papers, terms), strict=True))
    baselines = Baselines(papers)
    orders: dict[str, Order] = {
        "substring": baselines.substring,
        "stemmed phrase": baselines.phrase,
        "BM25": baselines.bm25,
        "TF-IDF, bigrams": baselines.tfidf,
        "digestbot rank": lambda term: [paper for paper, _ in answers[term]],
    }
    for half in sorted({str(one["half"]) for one in interests}, key=["tuned on", "held out", "unseen"].index):
        some = {str(one["term"]): grades[int(one["id"])] for one in interests if one["half"] == half}
        yield f"{name}, {half}: {len(some)} interests, {len(papers)} papers"
        for way, order in orders.items():
            scores = {term: ndcg(order(term), graded) for term, graded in some.items()}
            yield f"  {way:<16} nDCG@{FIRST} {sum(scores.values()) / len(scores):.3f}"
            if "-v" in sys.argv and half == "tuned on":
                yield from (f"    {score:.2f} {term}" for term, score in scores.items())
        kinds = [found for term, graded in some.items() for found in _related(answers[term], graded)]
        if kinds:
            yield f"  related, first three: {sum(kinds) / len(kinds):.2f} of {len(kinds)} relevant"


def _related(answer: Sequence[tuple[int, str]], grades: Grades) -> list[bool]:
    """Whether the first three related papers are relevant."""
    return [grades.get(paper, 0) > 0 for paper, kind in answer if kind == "related"][:3]


def main() -> None:
    """Print the table of each set that there are papers for."""
    day = asyncio.run(read_digest(Path(sys.argv[1]))).papers
    lines = [*report("day", dict(enumerate(day)))]
    if files := [file for file in sys.argv[2:] if file != "-v"]:
        lines += report("month", month(Path(files[0])))
    for line in lines:
        print(line)


if __name__ == "__main__":
    main()
