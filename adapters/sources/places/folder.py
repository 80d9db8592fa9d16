"""A folder that files are dropped into. Each lands once it is whole, and is moved to `done` or `refused` then."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from adapters.sources import read
from adapters.sources.limits import MOST_BYTES
from adapters.sources.places.web import Reach
from bot.errors import NothingAnnounced, Refused, Unread
from bot.models import Digest
from bot.sources import Mark, Source

STABLE: Final = timedelta(seconds=3)  # without a change: then whoever writes it has ended
UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".partial", ".swp", "~", ".filepart")
MOST_FILES: Final = 200  # in one reading
DONE, REFUSED = "done", "refused"


@dataclass(frozen=True, slots=True)
class _Dropped:
    path: Path
    content: bytes


class Folder:
    """A folder on this machine. Nothing outside it is read or written, whatever its files are called or lead to."""

    def __init__(self, source: Source, reach: Reach) -> None:
        self._source, self._reach = source, reach
        self._folder = Path(source.address)

    @property
    def name(self) -> str:
        """What `source:` finds its papers by."""
        return self._source.name

    @property
    def mark(self) -> Mark:
        """Nothing to mark: what is read is moved away."""
        return Mark()

    async def digests(self, _since: str) -> AsyncIterator[Digest]:
        """A digest a file, oldest first. A refused one is moved away with the reason beside it. Raises Unread."""
        for path in await asyncio.to_thread(self._whole):
            try:
                dropped = await asyncio.to_thread(_taken, path)
                if dropped is None:
                    continue
                yield await asyncio.to_thread(
                    read, dropped.content, today=self._reach.today, source=self._source.name
                )
            except Refused as refusal:
                moved = DONE if isinstance(refusal, NothingAnnounced) else REFUSED
                await asyncio.to_thread(self._moved, path, moved, str(refusal))
            else:  # the next digest is asked for only after this one has landed
                await asyncio.to_thread(self._moved, path, DONE, "")

    def _whole(self) -> list[Path]:
        """The files that nobody writes any more, oldest first."""
        try:
            found = [entry for entry in os.scandir(self._folder) if self._is_whole(entry)]
        except OSError as error:
            raise Unread("folder", f"the folder {self._folder} cannot be read: {error.strerror}") from None
        found.sort(key=lambda entry: (entry.stat(follow_symlinks=False).st_mtime, entry.name))
        return [Path(entry.path) for entry in found[:MOST_FILES]]

    def _is_whole(self, entry: os.DirEntry[str]) -> bool:
        if entry.name.startswith(".") or entry.name.endswith(UNFINISHED):
            return False
        try:
            told = entry.stat(follow_symlinks=False)
        except OSError:
            return False
        age = self._reach.now().timestamp() - max(told.st_mtime, told.st_ctime)
        return stat.S_ISREG(told.st_mode) and age >= STABLE.total_seconds()

    def _moved(self, path: Path, where: str, reason: str) -> None:
        """Move a file away, under a name that is free there, with the reason beside it where there is one."""
        target = self._folder / where
        target.mkdir(exist_ok=True)
        if target.is_symlink():
            raise Unread("folder", f"{target} is a link: it must be a folder of its own")
        name = path.name
        for number in range(1, 10_000):
            if not (target / name).exists():
                break
            name = f"{path.stem}.{number}{path.suffix}"
        path.rename(target / name)
        if reason:
            (target / f"{name}.reason.txt").write_text(f"{reason}\n", encoding="utf-8")


def _taken(path: Path) -> _Dropped | None:
    """The file at *path* as it is; None when it is gone or is no plain file after all."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with open(number, "rb") as file:  # noqa: PTH123  # a file that is open already
        told = os.fstat(number)
        if not stat.S_ISREG(told.st_mode):
            return None
        if told.st_size > MOST_BYTES:
            raise Refused(
                f"the file has {told.st_size:,} bytes; at most {MOST_BYTES:,} fit: land it in several files"
            )
        content = file.read(MOST_BYTES + 1)
        if os.fstat(number).st_size != told.st_size or len(content) != told.st_size:
            return None
    return _Dropped(path, content)
