"""What a disk may hold after a loss of power: all that was synced, and any part of what was not."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.delivery.tracing import Call

SECTOR: Final = 512  # bytes that are written together or not at all
SYNCS: Final = {"fsync", "fdatasync"}


@dataclass
class Disk:
    """The files of one folder, each with what is safe, and what is not yet."""

    files: dict[str, bytearray]
    unsafe: dict[str, list[Call]] = field(default_factory=dict)

    def take(self, call: Call) -> None:
        """The program makes *call*."""
        if call.name in SYNCS:
            for earlier in self.unsafe.pop(call.file, []):
                _applied(self.files.setdefault(call.file, bytearray()), earlier)
        elif call.name in {"pwrite64", "ftruncate"}:
            self.unsafe.setdefault(call.file, []).append(call)

    def image(self, chance: random.Random) -> dict[str, bytes]:
        """What may be found after a loss of power now."""
        found = {name: bytearray(content) for name, content in self.files.items()}
        for name, calls in self.unsafe.items():
            for call in calls:
                if chance.random() < 0.5:
                    _applied(found.setdefault(name, bytearray()), _torn(call, chance))
        return {name: bytes(content) for name, content in found.items()}


def images(
    base: Path, calls: Sequence[Call], count: int, chance: random.Random
) -> Iterator[tuple[dict[str, bytes], list[str]]]:
    """*count* images of the database *base*, and what had been acknowledged by then."""
    cuts = sorted(chance.randrange(len(calls) + 1) for _ in range(count))
    disk, done, at = Disk({str(base): bytearray(base.read_bytes())}), list[str](), 0
    for cut in cuts:
        for call in calls[at:cut]:
            if call.name == "say":
                done.append(call.content.decode())
            elif call.file in {str(base), f"{base}-wal"}:
                disk.take(call)
        at = cut
        yield disk.image(chance), list(done)


def _torn(call: Call, chance: random.Random) -> Call:
    """*call*, or a beginning of it."""
    sectors = len(call.content) // SECTOR
    if sectors < 2 or chance.random() < 0.5:
        return call
    return Call(call.name, call.file, call.at, call.content[: SECTOR * chance.randrange(1, sectors)])


def _applied(content: bytearray, call: Call) -> None:
    if call.name == "ftruncate":
        del content[call.at :]
        return
    content.extend(b"\0" * (call.at - len(content)))
    content[call.at : call.at + len(call.content)] = call.content
