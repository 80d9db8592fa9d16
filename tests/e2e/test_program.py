"""The program itself, started as people start it."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(*words: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "bot", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(  # noqa: S603  # our own program
        program, capture_output=True, text=True, input=typed, env=environment, timeout=60, check=False
    )


def test_a_digest_landed_beside_a_chat_is_read_there(tmp_path: Path) -> None:
    settings = {"DIGESTBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}"}
    row = {"title": "Grokking explained", "abstract": "Models that learn late, and why they do."}
    (tmp_path / "digest.jsonl").write_text(json.dumps(row) + "\n")
    assert "You follow grokking" in start("chat", typed="follow grokking\n", **settings).stdout
    landed = start("land", "--json", str(tmp_path / "digest.jsonl"), **settings)
    assert landed.returncode == 0, landed.stderr
    assert json.loads(landed.stdout)["new"] == 1
    assert "Grokking explained" in start("chat", typed="today\n", **settings).stdout


def test_what_is_refused_is_status_1_and_standard_error_says_why(tmp_path: Path) -> None:
    (tmp_path / "digest.txt").write_bytes(b"\x00\x01\x02")
    refused = start(
        "land", str(tmp_path / "digest.txt"), DIGESTBOT_DATABASE_URL=f"sqlite:///{tmp_path / 'bot.db'}"
    )
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "digest.txt: " in refused.stderr
    assert "Traceback" not in refused.stderr
