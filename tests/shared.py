"""Where the real digests are, when they are at hand: beside the repository, or where DIGESTBOT_SHARED says."""

import os
from pathlib import Path

import pytest

_here = Path(os.environ.get("DIGESTBOT_SHARED", Path(__file__).parents[2] / "shared"))

DAY = _here / "digests" / "000_d9e4b3fecfe70279.txt"
"""A real day's page of trending papers as text: 274 papers."""

MONTH = _here / "corpus" / "arxiv-2026-04.jsonl.gz"
"""A real month of arXiv announcements: 11,195 rows."""

needs_shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not DAY.exists(), reason="the real digests are not beside this repository"),
]
"""Marks a test, or as `pytestmark` a module, that reads them."""
