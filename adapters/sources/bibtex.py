"""BibTeX files as digests: which texts are some. They are read by `adapters.sources.entries`."""

import re
from datetime import date
from typing import Final

from adapters.sources.reading import Format, Reading

ENTRY: Final = re.compile(r"(?:\s|%[^\n]*\n)*@[A-Za-z]{2,30}\s*[{(]")


def recognises(text: str) -> bool:
    """Whether *text* begins with an entry, or with comments before one."""
    return bool(ENTRY.match(text[:20_000]))


def read(text: str, today: date) -> Reading:
    """The papers of the file; see `adapters.sources.entries`. Raises Refused."""
    from adapters.sources import entries  # noqa: PLC0415  # its libraries are loaded with the first such file

    return entries.read(text, today)


FORMAT: Final = Format(recognises, read)
