"""The page on privacy tells of everything that is kept."""

import re
from pathlib import Path

import storage
from bot.workspaces import Retention

PAGE = (Path(__file__).parents[1] / "deploy" / "PRIVACY.md").read_text("utf-8")


def test_every_table_is_told_and_no_other() -> None:
    rows = re.findall(r"^\| (`.+?`) \|", PAGE, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert told == {*storage.metadata.tables}


def test_how_long_is_told_as_it_is() -> None:
    for kept, span in {
        "delivery": Retention().deliveries,
        "act": Retention().acts,
        "match": Retention().matches,
    }.items():
        [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{kept}`")]
        assert f"{span.days} days" in row
