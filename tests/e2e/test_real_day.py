"""A real day of papers, through the whole program."""

import json
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import digestbot
from tests.shared import DAY, needs_shared

pytestmark = needs_shared


def test_every_reader_is_shown_their_digest() -> None:
    shown = CliRunner().invoke(digestbot, ["demo", str(DAY)]).stdout
    assert "A digest of 274 papers has landed" in shown
    assert "of 274 new papers match your 3 interests" in shown
    assert "of 274 new papers match this channel’s 3 interests" in shown
    assert "Show the other" in shown
    for whom in ("for ada", "for ben", "for chidi", "in #papers"):
        assert whom in shown


def test_interests_are_answered_a_line_a_pair(tmp_path: Path) -> None:
    terms = tmp_path / "terms.jsonl"
    terms.write_text('{"id": "first", "term": "BlockFusion"}\n{"id": "many", "term": "diffusion"}\n')
    shown = CliRunner().invoke(
        digestbot, ["match", "--interests", str(terms), "--papers", str(DAY), "--json"]
    )
    rows = [json.loads(line) for line in shown.stdout.splitlines()]
    assert shown.exit_code == 0
    assert [row["paper"] for row in rows if row["interest"] == "first"] == [0]
    assert rows[0]["why"][0] == {"field": "title", "start": 0, "end": 11, "text": "BlockFusion"}
    assert sum(row["interest"] == "many" for row in rows) > 20
