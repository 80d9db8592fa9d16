"""Digests from files, whatever they are called."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from adapters.sources import read
from adapters.sources.limits import MOST_BYTES
from bot.errors import Refused
from bot.models import Digest


class FileSource:
    """A source of digests that is a list of files, read in their order. A digest's cursor is its file's path."""

    def __init__(self, paths: Sequence[Path], today: date) -> None:
        self._paths = tuple(paths)
        self._today = today

    @property
    def name(self) -> str:
        """What the log and `status` call it; papers carry the name that their content tells."""
        return "file"

    async def digests(self, since: str) -> AsyncIterator[Digest]:
        """The digests of the files after the one at *since*; of all of them when it is none of them.

        Raises:
            Refused: a file that cannot be read, or is no digest. The files before it were given.
        """
        known = [str(path) for path in self._paths]
        first = known.index(since) + 1 if since in known else 0
        for path in self._paths[first:]:
            yield await read_file(path, self._today)


async def read_file(path: Path, today: date, source: str = "") -> Digest:
    """The digest in the file at *path*, read beside the loop.

    Raises:
        Refused: it cannot be read, or is no digest.
    """
    digest = await asyncio.to_thread(_read, path, today, source)
    return replace(digest, cursor=str(path))


def _read(path: Path, today: date, source: str) -> Digest:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(f"the file cannot be read: {error.strerror or error}") from error
    return read(content, today=today, source=source)
