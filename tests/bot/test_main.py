"""The command line, as operators and scripts rely on it."""

import gzip
import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from bot.__main__ import main
from bot.cli import digestbot, screen

PAGE = """\
Daily Papers

Flow matching for everyone
We present a way to match flows that needs no more than a laptop. It is as good as what came before, and it is
shorter. Code is at https://github.com/example/flows.

Grokking, or learning late
Some models learn late. We show that what they wait for is the optimiser, and that the wait can be foretold.
"""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder and a database of one's own, and the logs as they were afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'data' / 'test.db'}")
    monkeypatch.delenv("DIGESTBOT_LOG_LEVEL", raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def page(tmp_path: Path) -> str:
    file = tmp_path / "page.txt"
    file.write_text(PAGE)
    return str(file)


@pytest.fixture
def terms(tmp_path: Path) -> str:
    file = tmp_path / "terms.jsonl"
    asked = [("flows", "flow matching OR match flows"), ("late", "title:grokking"), ("none", "tides")]
    file.write_text("".join(json.dumps({"id": id_, "term": term}) + "\n" for id_, term in asked))
    return str(file)


def run(*words: str, typed: str = "") -> Result:
    result = CliRunner().invoke(digestbot, words, input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_help_teaches(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 0
    for command in ("demo", "chat", "land", "match", "rank", "db"):
        assert f" {command} " in result.stdout
    assert "Exit status" in result.stdout


@pytest.mark.parametrize(
    "command", ["demo", "chat", "land", "match", "rank", "db upgrade", "db downgrade", "db check"]
)
def test_every_command_explains_itself(command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_the_version_can_be_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["digestbot", "--version"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("digestbot ")


@pytest.mark.parametrize(
    "words", [["dance"], ["land"], ["match"], ["demo", "gone.txt"], ["rank", "--limit", "0"]]
)
def test_wrong_usage_is_status_2(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_settings_that_cannot_be_used_are_status_2(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", "mysql://db/x")
    monkeypatch.setenv("DIGESTBOT_LOG_LEVEL", "loud")
    result = run("land", page)
    assert result.exit_code == 2
    assert "DIGESTBOT_DATABASE_URL: write sqlite:///" in result.stderr
    assert "DIGESTBOT_LOG_LEVEL: write" in result.stderr


def test_settings_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.delenv("DIGESTBOT_DATABASE_URL")
    (tmp_path / "my.env").write_text(f"DIGESTBOT_DATABASE_URL=sqlite:///{tmp_path / 'mine.db'}\n")
    assert run("--env-file", "my.env", "land", page).exit_code == 0
    assert (tmp_path / "mine.db").exists()


def test_a_database_that_does_not_open_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'x.db'}")
    result = run("land", page)
    assert result.exit_code == 2
    assert "does not open" in result.stderr


def test_a_bar_on_the_terminal_leaves_standard_output_to_the_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = StringIO()
    monkeypatch.setattr(screen, "errors", lambda: Console(file=terminal, force_terminal=True))
    with screen.progress("matching", 2) as seen:
        screen.row({"paper": 0})
        seen(1)
    assert rows(capsys.readouterr().out) == [{"paper": 0}]
    assert "matching" in terminal.getvalue()
    assert "paper" not in terminal.getvalue()


class TestLand:
    def test_a_digest_lands_and_the_second_time_nothing_changes(self, page: str) -> None:
        first, second = run("land", page), run("land", page)
        assert (first.exit_code, second.exit_code) == (0, 0)
        assert first.stdout == f"{page}: 2 papers landed, 2 of them new\n"
        assert second.stdout == f"{page}: it had landed before; nothing changed\n"

    def test_what_is_refused_leaves_the_others_landed(self, tmp_path: Path, page: str) -> None:
        bad = tmp_path / "bad.jsonl"
        bad.write_text('{"title": "A", "abstract": "B is a text."}\n{"title": "C"}\n')
        result = run("land", str(bad), "gone.txt", page)
        assert result.exit_code == 1
        assert f"{page}: 2 papers landed" in result.stdout
        assert f"{bad}: line 2: " in result.stderr
        assert "gone.txt: " in result.stderr

    def test_scripts_get_a_line_of_json_a_file(self, tmp_path: Path, page: str) -> None:
        (tmp_path / "empty.txt").write_bytes(b"")
        result = run("land", "--json", "--source", "club", page, page, "empty.txt")
        landed, again, refused = rows(result.stdout)
        assert (landed["file"], landed["papers"], landed["new"], landed["again"]) == (page, 2, 2, False)
        assert landed["source"] == "club"
        assert again["again"]
        assert again["digest"] == landed["digest"]
        assert refused["file"] == "empty.txt"
        assert refused["error"]
        assert result.exit_code == 1

    def test_a_packed_digest_lands_too(self, tmp_path: Path) -> None:
        (tmp_path / "page.gz").write_bytes(gzip.compress(PAGE.encode()))
        assert "2 papers landed" in run("land", "page.gz").stdout


class TestDemo:
    def test_every_reader_gets_a_digest_of_the_sample(self) -> None:
        shown = run("demo").stdout
        for whom in ("for ada", "for ben", "for chidi", "in #papers"):
            assert whom in shown
        assert "match your 3 interests" in shown
        assert "You follow nothing yet" in shown
        assert "this channel’s 3 interests" in shown
        assert "medical imaging" not in shown.lower()
        assert "./dev chat" in shown

    def test_any_digest_can_be_shown(self, page: str) -> None:
        shown = run("demo", page).stdout
        assert "A digest of 2 papers has landed" in shown
        assert "Flow matching for everyone" in shown

    def test_what_is_no_digest_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
        result = run("demo", "picture.txt")
        assert result.exit_code == 1
        assert result.stderr

    def test_nothing_is_kept(self, tmp_path: Path) -> None:
        run("demo")
        assert not (tmp_path / "data").exists()


class TestChat:
    def test_what_is_typed_is_answered(self) -> None:
        said = run("chat", typed="follow flow matching\ninterests\ndance\nquit\n").stdout
        assert "You follow flow matching" in said
        assert "You follow 1 interest" in said
        assert "There is no command “dance”" in said

    def test_what_landed_can_be_read(self, page: str) -> None:
        run("chat", typed="follow grokking\n")
        run("land", page)
        said = run("chat", typed="today\nwhy 1\nwhy nothing\n").stdout
        assert "1 of 2 new papers matches your interest" in said
        assert "Grokking, or learning late" in said


class TestMatch:
    def test_a_line_a_pair(self, page: str, terms: str) -> None:
        result = run("match", "--interests", terms, "--papers", page, "--json")
        assert result.exit_code == 0
        found = rows(result.stdout)
        assert [(row["interest"], row["paper"]) for row in found] == [("flows", 0), ("late", 1)]
        assert found[1]["why"] == [{"field": "title", "start": 0, "end": 8, "text": "Grokking"}]

    def test_reasons_can_be_left_out(self, page: str, terms: str) -> None:
        result = run("match", "--interests", terms, "--papers", page, "--json", "--no-why")
        assert rows(result.stdout) == [{"interest": "flows", "paper": 0}, {"interest": "late", "paper": 1}]

    def test_people_get_titles(self, page: str, terms: str) -> None:
        assert (
            "late\t1\tGrokking, or learning late"
            in run("match", "--interests", terms, "--papers", page).stdout
        )

    def test_bad_terms_are_told_and_the_good_ones_answered(self, page: str, terms: str) -> None:
        with Path(terms).open("a") as file:
            file.write('{"id": "bad", "term": "a, b"}\nnonsense\n')
        result = run("match", "--interests", terms, "--papers", page, "--json")
        assert result.exit_code == 1
        assert len(rows(result.stdout)) == 2
        comma, line = rows(result.stderr)
        assert (comma["interest"], comma["at"]) == ("bad", 1)
        assert line["interest"] is None
        assert "line 5 is not JSON" in line["error"]

    def test_timings_are_written(self, tmp_path: Path, page: str, terms: str) -> None:
        run("match", "--interests", terms, "--papers", page, "--json", "--timings", "took.json")
        took = json.loads((tmp_path / "took.json").read_text())
        assert (took["papers"], took["interests"], took["matches"]) == (2, 3, 2)
        assert {"read_s", "index_s", "match_s", "peak_rss_mb"} < set(took)
        assert took["peak_rss_mb"] > 1

    def test_what_is_no_digest_is_refused(self, tmp_path: Path, terms: str) -> None:
        (tmp_path / "empty.txt").write_text("")
        result = run("match", "--interests", terms, "--papers", "empty.txt", "--json")
        assert (result.exit_code, result.stdout) == (1, "")


class TestRank:
    def test_the_best_come_first(self, page: str, terms: str) -> None:
        result = run("rank", "--interests", terms, "--papers", page, "--limit", "5", "--json")
        first, second = rows(result.stdout)
        assert set(first) == {"interest", "paper", "rank", "score", "kind"}
        assert (first["interest"], first["paper"], first["rank"], first["kind"]) == ("flows", 0, 1, "match")
        assert (second["interest"], second["paper"]) == ("late", 1)
        assert first["score"] > 0

    def test_a_bad_term_is_status_1(self, tmp_path: Path, page: str) -> None:
        (tmp_path / "bad.jsonl").write_text("nonsense\n")
        result = run("rank", "--interests", "bad.jsonl", "--papers", page, "--json")
        assert (result.exit_code, result.stdout) == (1, "")


class TestDatabase:
    def test_the_tables_are_brought_up_to_date_and_checked(self) -> None:
        assert run("db", "check").exit_code == 2
        assert run("db", "upgrade").stdout == "The database is up to date.\n"
        assert run("db", "check").stdout == "The database is what this version expects.\n"

    def test_the_tables_can_be_taken_back(self) -> None:
        run("db", "upgrade")
        assert run("db", "downgrade", "base").stdout == "The database is back at base.\n"
        assert run("db", "check").exit_code == 2
