"""Whatever happens on its way to what a source announces, of any kind: it is read whole or refused, and soon."""

from pathlib import Path

import pytest

from adapters.sources import feeds, tolerant
from tests.adapters.announcements import FOLDER
from tests.mutations import mutations, outcomes

KINDS = sorted(FOLDER.iterdir())


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Feeds parsed here: ten thousand processes would take an hour. Their limits have tests of their own."""
    monkeypatch.setattr(feeds, "_in_a_process", lambda text: tolerant.parsed(text.encode("utf-8", "replace")))


def outcomes_of(kind: Path, count: int, seed: int) -> int:
    return sum(outcomes(mutations([kind.read_bytes()], count, seed), titled=True))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_damaged_announcement_is_read_whole_or_refused(kind: Path) -> None:
    assert outcomes_of(kind, 100, seed=3) == 100


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_ten_thousand_damaged_announcements_of_a_kind_are_read_whole_or_refused(kind: Path) -> None:
    assert outcomes_of(kind, 10_000, seed=4) == 10_000
