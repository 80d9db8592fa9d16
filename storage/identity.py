"""Which papers are one: those that share a key, unless a stronger kind of key tells them apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.models import Paper
from storage.columns import brief


@dataclass(slots=True, eq=False)
class Known:
    """A paper, and all it is known by."""

    paper: Paper
    rank: int  # the lower the earlier it landed
    keys: set[str]
    gained: list[str] = field(default_factory=list)  # keys that it was not known by when it landed before
    changed: bool = False  # whether it is told otherwise than when it landed before
    newer: int = 0  # the version that came now, above the one it had when it landed before

    @property
    def landed(self) -> bool:
        """Whether it landed before."""
        return self.paper.id > 0

    def is_apart(self, stronger: Iterable[str]) -> bool:
        """Whether one of the *stronger* keys is of a kind of which this paper has only others."""
        others = {_kind(key) for key in stronger if key not in self.keys}
        return any(_kind(key) in others for key in self.keys)

    def merge(self, paper: Paper) -> None:
        """Learn what *paper*, the same one, says."""
        if self.landed and paper.version > self.paper.version > 0:
            self.newer = paper.version
        merged = self.paper.merged(paper)
        self.changed |= merged != self.paper
        self.paper = merged

    def renew(self, paper: Paper) -> None:
        """Read as its newer version *paper* does; sources that count no versions give one more."""
        version = paper.version or max(self.paper.version, 1) + 1
        if version <= self.paper.version:
            return
        own, said = self.paper, paper.merged(self.paper)
        published = own.published or paper.published
        self.paper = replace(said, id=own.id, source=own.source, published=published, version=version)
        self.newer, self.changed = version, True


class Identities:
    """Papers by what they are known by."""

    def __init__(self, landed: Iterable[tuple[Paper, Iterable[str]]] = ()) -> None:
        self._sharing: dict[str, list[Known]] = {}
        self._size = 0
        for paper, keys in landed:
            self._add(paper, keys)

    def meet(self, paper: Paper, keys: Sequence[str]) -> Known:
        """Merge *paper*, known by *keys*, into the one it is; else take it in as a new one."""
        known = self._same(keys)
        if known is None:
            known = self._add(paper, ())
        else:
            known.merge(paper)
        fresh = [key for key in keys if key not in known.keys]
        known.gained += fresh
        self._learn(known, fresh)
        return known

    def known(self, keys: Sequence[str]) -> Known | None:
        """The paper of these *keys*, strongest first."""
        return self._same(keys)

    def update(self, paper: Paper, keys: Sequence[str]) -> Known | None:
        """The paper of before that *paper* is a newer version of; None where nobody knew it."""
        known = self._same(keys)
        if known is None or not known.landed:
            return None
        known.renew(paper)
        return known

    def _same(self, keys: Sequence[str]) -> Known | None:
        """The paper of the strongest shared key; of several the one that landed first."""
        for strength, key in enumerate(keys):
            fitting = (one for one in self._sharing.get(key, ()) if not one.is_apart(keys[:strength]))
            if first := min(fitting, key=lambda one: one.rank, default=None):
                return first
        return None

    def _add(self, paper: Paper, keys: Iterable[str]) -> Known:
        known = Known(paper, self._size, set())
        self._size += 1
        self._learn(known, keys)
        return known

    def _learn(self, known: Known, keys: Iterable[str]) -> None:
        for key in keys:
            known.keys.add(key)
            self._sharing.setdefault(key, []).append(known)


def known_by(paper: Paper) -> tuple[str, ...]:
    """The keys of *paper*, strongest first, as they are kept."""
    return tuple(map(brief, paper.keys))


def _kind(key: str) -> str:
    return key.partition(":")[0]
