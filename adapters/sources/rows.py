"""One row of JSON to one paper, under whichever names its source gives the fields."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from adapters.sources import days, ids
from adapters.sources.content import damage, named
from adapters.sources.limits import MOST_ABSTRACT, MOST_TITLE, MOST_URL, MOST_WORDS
from adapters.sources.links import distinct, link_to, links
from bot.errors import Refused
from bot.models import Link, Paper

LINE_BREAK: Final = re.compile(r"[^\S\n]*(?:[\n\x85\u2028\u2029]\s*)+")
SEMICOLON: Final = re.compile(r";\s*")
COMMA: Final = re.compile(r",\s+(?![^()]*\))")  # not those of an affiliation in parentheses
CATEGORY: Final = re.compile(r"[A-Za-z]+[.-][A-Za-z-]+")
LISTED: Final = re.compile(r"[;,]\s*")
SPACE: Final = re.compile(r"\s+")
REPOSITORY: Final = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


def paper(row: Mapping[str, Any], line: int | None = None, *, titled: bool = False) -> Paper:
    """The paper of *row*, which stands on *line*. Text is kept as it is, only a title's line breaks become spaces.

    *titled*: a title is enough, for sources that often leave the abstract out.

    Raises:
        Refused: no title or abstract, a field of the wrong type, damaged or overlong text.
    """
    fields = _fields(row, line)
    title = fields.needed(("title",), MOST_TITLE)
    said = ("abstract", "summary")
    abstract = fields.text(said, MOST_ABSTRACT) if titled else fields.needed(said, MOST_ABSTRACT)
    comment = fields.text(("comment",), MOST_WORDS)
    return Paper(
        title=LINE_BREAK.sub(" ", title),
        abstract=abstract,
        authors=tuple(fields.authors()),
        categories=tuple(dict.fromkeys(fields.categories())),
        organisation=fields.organisation(),
        source=fields.text(("source",), MOST_WORDS).strip(),
        arxiv_id=_arxiv_id(fields),
        doi=ids.doi(fields.text(("doi",), MOST_URL)),
        url=_url(fields),
        links=distinct((*fields.links(), *links(abstract), *links(comment))),
        upvotes=fields.number(("upvotes",)),
        published=fields.day(("published", "publishedAt", "date", "day")),
        comment=comment,
        version=fields.number(("version",)) or 0,
    )


def list_day(row: Mapping[str, Any], line: int | None = None) -> date | None:
    """The day whose list *row* stands on, where it says so."""
    return _fields(row, line).day(("day", "submittedOnDailyAt", "date"))


def _arxiv_id(fields: "_Fields") -> str:
    known = (fields.text((name,), MOST_URL) for name in ("arxiv_id", "arxivId", "id", "url", "doi"))
    return next(filter(None, map(ids.arxiv_id, known)), "")


def _url(fields: "_Fields") -> str:
    link = link_to(fields.text(("url", "link"), MOST_URL))
    return link.url if link else ""


def _fields(row: Mapping[str, Any], line: int | None) -> "_Fields":
    nested = row.get("paper")  # where Hugging Face says most of it, and some of it again outside
    return _Fields((nested, row) if isinstance(nested, dict) else (row,), line)


@dataclass(frozen=True, slots=True)
class _Fields:
    """A row asked for its fields by any of their names. A field that is missing or null is empty."""

    rows: tuple[Mapping[str, Any], ...]  # the first one counts more
    line: int | None

    def found(self, names: tuple[str, ...]) -> tuple[str, Any]:
        """The first of *names* that holds something, and what it holds."""
        for row in self.rows:
            for name in names:
                if row.get(name) is not None:
                    return name, row[name]
        return names[0], None

    def needed(self, names: tuple[str, ...], most: int) -> str:
        """A text that a paper cannot be without."""
        text = self.text(names, most)
        if not text.strip():
            raise self.wrong(names[0], "is missing; every paper needs a title and an abstract")
        return text

    def text(self, names: tuple[str, ...], most: int) -> str:
        """A text of at most so many characters."""
        name, value = self.found(names)
        if name == "id" and isinstance(value, int):  # a number some other place knows the paper by
            return ""
        return "" if value is None else self.checked(name, value, most)

    def checked(self, name: str, value: object, most: int) -> str:
        """*value* as the text that it must be."""
        if not isinstance(value, str):
            raise self.wrong(name, "must be a text in quotes")
        if len(value) > most:
            raise self.wrong(name, f"has {len(value):,} characters; at most {most:,} fit")
        damaged = damage(value)
        if damaged:
            raise self.wrong(name, f"holds {named(damaged[0])}, which no text may hold; remove it")
        return value

    def number(self, names: tuple[str, ...]) -> int | None:
        """A whole number."""
        name, value = self.found(names)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 10**9:
            raise self.wrong(name, "must be a whole number")
        return value

    def day(self, names: tuple[str, ...]) -> date | None:
        """A day, or the day of a moment."""
        name, value = self.found(names)
        text = "" if value is None else self.checked(name, value, MOST_WORDS)
        day = days.written(text)
        if text.strip() and not day:
            raise self.wrong(name, "must be a day such as 2026-04-01")
        return day

    def authors(self) -> Iterator[str]:
        """Names, the hidden ones left out."""
        name, value = self.found(("authors",))
        # "Quill, Ada; Ito, Ben": where semicolons part the names, a comma stands inside one.
        apart = SEMICOLON if isinstance(value, str) and ";" in value else COMMA
        for author in self.several(name, value, apart):
            if not isinstance(author, dict):
                yield self.checked(name, author, MOST_WORDS).strip()
            elif not author.get("hidden"):
                yield self.checked(f"{name}.name", author.get("name"), MOST_WORDS).strip()

    def categories(self) -> Iterator[str]:
        """Categories; spaces part them only where each is a code such as cs.LG."""
        name, value = self.found(("categories", "category"))
        codes = isinstance(value, str) and all(map(CATEGORY.fullmatch, value.split()))
        for category in self.several(name, value, SPACE if codes else LISTED):
            yield self.checked(name, category, MOST_WORDS).strip()

    def organisation(self) -> str:
        """The name of who stands behind the paper, itself or inside an object."""
        name, value = self.found(("organisation", "organization"))
        if isinstance(value, dict):
            value = value.get("fullname") or value.get("name")
        return "" if value is None else self.checked(name, value, MOST_WORDS).strip()

    def links(self) -> Iterator[Link]:
        """What the row points to under its own names. An address nobody can be sent to is left out."""
        code = self.text(("code", "github", "githubRepo"), MOST_ABSTRACT).strip()
        home = "https://github.com/" if REPOSITORY.fullmatch(code) else ""
        project = self.text(("project", "projectPage"), MOST_ABSTRACT)
        name, value = self.found(("links",))
        listed = [
            link.get("url") if isinstance(link, dict) else link for link in self.several(name, value, SPACE)
        ]
        urls = (self.checked(name, url, MOST_ABSTRACT) for url in listed if url is not None)
        named = (link_to(home + code, "code"), link_to(project, "project"), *map(link_to, urls))
        yield from filter(None, named)

    def several(self, name: str, value: object, apart: re.Pattern[str]) -> list[Any]:
        """The items of a list, or of one text."""
        if isinstance(value, str):
            value = apart.split(self.checked(name, value, MOST_ABSTRACT))
        if not isinstance(value, list | None):
            raise self.wrong(name, "must be a list of texts")
        return [item for item in value or () if item not in ("", None)]

    def wrong(self, name: str, fact: str) -> Refused:
        """What to say of a field."""
        return Refused(f"`{name}` {fact}", self.line)
