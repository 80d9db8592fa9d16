"""Engines that answer the same question: which papers meet which of many interests.

All but ours get the papers' words already found, folded and in small letters, which costs them nothing here. Each
term is asked of them once, and its matches are then those of everybody who asks for it, as it is with ours.
"""

import asyncio
import contextlib
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from time import perf_counter, process_time

from bot.matching import Index, Matches
from bot.matching.tokens import Tokens
from bot.models import Paper
from bot.text import words
from tests.databases import database, server

Pairs = set[tuple[str, int]]


class Engine(ABC):
    """Terms made ready, to be looked for in papers."""

    clock = staticmethod(process_time)  # a busy machine changes what the wall clock tells, and this hardly

    def __init__(self, terms: Sequence[str]) -> None:
        asking: dict[str, list[int]] = {}
        for number, term in enumerate(terms):
            asking.setdefault(term, []).append(number)
        self.terms, self.asking = [*asking], [*asking.values()]
        self.held = contextlib.ExitStack()
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """Make the terms ready."""

    @abstractmethod
    def pairs(self, papers: "Papers") -> Pairs:
        """Each term with the positions of the papers that it stands in."""

    def match(self, papers: "Papers") -> int:
        """How many pairs of an interest and a paper there are."""
        counts = dict(zip(self.terms, map(len, self.asking), strict=True))
        return sum(counts[term] for term, _ in self.pairs(papers))

    def close(self) -> None:
        """Give back what it holds."""
        self.held.close()


class Papers:
    """Papers, and their words as text."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.papers = papers
        self.texts = [
            "\n".join(" ".join(word.form for word in words(text)) for text in (one.title, one.abstract))
            for one in papers
        ]
        self.spaced = [f" {text} ".replace("\n", " \n ") for text in self.texts]


class Ours(Engine):
    """The index, with the whole language on, from the papers as they came."""

    def __init__(self, terms: Sequence[str]) -> None:
        self.terms, self.held, self.index = list(terms), contextlib.ExitStack(), Index()
        for number, term in enumerate(terms):
            self.index.add(number, term)
        self.index.pack()

    def prepare(self) -> None:
        """Every interest is told apart, as in life: not only every term."""

    def match(self, papers: Papers) -> int:
        return self.index.match(papers.papers).pairs

    def pairs(self, papers: Papers) -> Pairs:
        met = self.index.match(papers.papers)
        return {(self.terms[number], at) for number, found in met.items() for at in found}


class Prepared(Ours):
    """The same, with the papers' words found beforehand, as the others have them."""

    def match(self, papers: Papers) -> int:
        blocks = [
            (0, packed.match(self._tokens(papers), papers.papers, gone))
            for packed, gone in self.index._still()
        ]
        return Matches(blocks).pairs

    def _tokens(self, papers: Papers) -> Tokens:
        if not hasattr(self, "read"):
            self.read = Tokens.of(papers.papers)
        return self.read


class Fts5(Engine):
    """SQLite's full-text index over the papers, asked for each term."""

    def prepare(self) -> None:
        """The papers are what is indexed."""

    def pairs(self, papers: Papers) -> Pairs:
        with contextlib.closing(sqlite3.connect(":memory:")) as kept:
            kept.execute("CREATE VIRTUAL TABLE paper USING fts5(title, abstract, detail=full)")
            rows = [(at + 1, *text.split("\n")) for at, text in enumerate(papers.texts)]
            kept.executemany("INSERT INTO paper(rowid, title, abstract) VALUES (?, ?, ?)", rows)
            asked = "SELECT rowid FROM paper WHERE paper MATCH ?"
            return {(term, at - 1) for term in self.terms for (at,) in kept.execute(asked, (f'"{term}"',))}


class PostgreSQL(Engine):
    """PostgreSQL's index over the papers (GIN), asked for all terms with one statement."""

    clock = staticmethod(perf_counter)  # it works in processes of its own

    def prepare(self) -> None:
        self._server = self.held.enter_context(server())

    def pairs(self, papers: Papers) -> Pairs:
        return asyncio.run(self._pairs(papers))

    async def _pairs(self, papers: Papers) -> Pairs:
        import asyncpg  # noqa: PLC0415  # only where it is measured

        async with database(self._server) as url:
            kept = await asyncpg.connect(url)
            await kept.execute(
                "CREATE TABLE paper (id int, v tsvector); CREATE TABLE term (id int, q tsquery)"
            )
            await kept.executemany(
                "INSERT INTO paper VALUES ($1, setweight(to_tsvector('simple', $2), 'A') || "
                "setweight(to_tsvector('simple', 'between between between ' || $3), 'B'))",
                [(at, *text.split("\n")) for at, text in enumerate(papers.texts)],
            )
            await kept.execute("CREATE INDEX ON paper USING gin (v); ANALYZE paper")
            await kept.executemany(
                "INSERT INTO term VALUES ($1, phraseto_tsquery('simple', $2))", list(enumerate(self.terms))
            )
            await kept.execute("ANALYZE term")
            rows = await kept.fetch("SELECT term.id AS t, paper.id AS p FROM term JOIN paper ON v @@ q")
            await kept.close()
            return {(self.terms[row["t"]], row["p"]) for row in rows}
