"""What an operator asks the command line: settings, doctor, backups."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import digestbot
from bot.settings import Settings


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'test.db'}")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def run(*words: str) -> Result:
    result = CliRunner().invoke(digestbot, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_every_setting_is_listed_with_its_origin_and_its_meaning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DIGESTBOT_LOG_LEVEL=error\nDIGESTBOT_ROLES=web\n")
    monkeypatch.setenv("DIGESTBOT_ROLES", "chat, worker")
    rows = {row["name"]: row for row in map(json.loads, run("settings", "--json").stdout.splitlines())}
    assert len(rows) == len(Settings.model_fields)
    assert [row for row in rows.values() if not row["meaning"]] == []
    origins = {name.removeprefix("DIGESTBOT_"): row["origin"] for name, row in rows.items()}
    assert origins["ROLES"] == "environment"
    assert origins["LOG_LEVEL"] == ".env"
    assert origins["WEB_PORT"] == "default"
    assert rows["DIGESTBOT_ROLES"]["value"] == "chat, worker"
    assert "DIGESTBOT_WEB_PORT=8080  (default)" in run("settings").stdout


def test_no_secret_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGESTBOT_SLACK_BOT_TOKEN", "xoxb-hunter2")
    monkeypatch.setenv("DIGESTBOT_INGEST_KEYS", "hf=whsec_hunter2,hf=whsec_hunter3")
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", "postgresql://bot:hunter2@db/x")
    said = run("settings").stdout
    assert "hunter" not in said
    assert "DIGESTBOT_SLACK_BOT_TOKEN=(set, hidden)  (environment)" in said
    assert "hf (2 hidden)" in said
    assert "postgresql://bot:***@db/x" in said


def test_the_doctor_says_what_is_wrong_and_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("doctor").exit_code == 0
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    result = run("doctor")
    assert result.exit_code == 1
    assert "BAD  database: " in result.stdout
    assert "     → " in result.stdout
    rows = [json.loads(line) for line in run("doctor", "--json", "slack").stdout.splitlines()]
    assert [row["subject"] for row in rows] == ["slack"]


def test_a_backup_comes_back_by_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("db", "upgrade")
    assert "holds all 0 rows" in run("db", "backup", "b.gz").stdout
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert "All 0 rows" in run("db", "restore", "b.gz").stdout
    assert "last 24 hours" in run("db", "restored").stdout
    assert run("db", "check").exit_code == 0
    (tmp_path / "c.gz").write_text("no backup")
    assert run("db", "restore", "c.gz").exit_code == 1
