from pathlib import Path

import pytest

from bot import settings
from bot.errors import BadSettings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` of the developer, and none of their variables."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "LOG_LEVEL", "LOG_FORMAT"):
        monkeypatch.delenv(f"DIGESTBOT_{name}", raising=False)


def test_nothing_needs_to_be_set() -> None:
    found = settings.read()
    assert found.database_url.startswith("sqlite:///")
    assert found.database_url.endswith("digestbot.db")
    assert (found.log_level, found.log_format) == ("info", None)


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("DIGESTBOT_LOG_LEVEL=debug\nDIGESTBOT_LOG_FORMAT=json\n")
    monkeypatch.setenv("DIGESTBOT_LOG_LEVEL", "Warning")
    found = settings.read()
    assert (found.log_level, found.log_format) == ("warning", "json")


def test_a_file_can_be_named(tmp_path: Path) -> None:
    file = tmp_path / "production.env"
    file.write_text("DIGESTBOT_DATABASE_URL=postgresql://bot@db/digests\n")
    assert settings.read(file).database_url == "postgresql://bot@db/digests"


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"no file .*gone\.env"):
        settings.read(tmp_path / "gone.env")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00DIGESTBOT")
    with pytest.raises(BadSettings, match="cannot be read"):
        settings.read()


def test_every_mistake_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", "mysql://root:hunter2@db/x")
    monkeypatch.setenv("DIGESTBOT_LOG_LEVEL", "loud")
    monkeypatch.setenv("DIGESTBOT_LOG_FROMAT", "json")
    with pytest.raises(BadSettings) as refused:
        settings.read()
    lines = str(refused.value).splitlines()
    assert "DIGESTBOT_LOG_FROMAT: there is no such setting; did you mean DIGESTBOT_LOG_FORMAT?" in lines
    assert any(line.startswith("DIGESTBOT_DATABASE_URL: write sqlite:///") for line in lines)
    assert any(line.startswith("DIGESTBOT_LOG_LEVEL: write 'debug', 'info'") for line in lines)


def test_a_misspelt_name_in_the_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DIGESTBOT_DATABSE_URL=sqlite:///x.db\n")
    with pytest.raises(BadSettings, match="did you mean DIGESTBOT_DATABASE_URL"):
        settings.read()


def test_names_of_others_with_our_prefix_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGESTBOT_SHARED", "/somewhere")
    assert settings.read()


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", "postgresql://bot:hunter2@db/x")
    assert "hunter2" not in repr(settings.read())
    monkeypatch.setenv("DIGESTBOT_DATABASE_URL", "postgres//bot:hunter2@db/x")
    with pytest.raises(BadSettings) as refused:
        settings.read()
    assert "hunter2" not in str(refused.value)


def test_the_platforms_are_set_by_the_environment_and_their_tokens_never_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DIGESTBOT_SLACK_BOT_TOKEN", "xoxb-hunter2")
    monkeypatch.setenv("DIGESTBOT_INGEST_KEYS", "hf=whsec_hunter2,hf=whsec_hunter3, arxiv=whsec_hunter4")
    monkeypatch.setenv("DIGESTBOT_ROLES", "chat, web")
    found = settings.read()
    assert found.slack_bot_token
    assert found.slack_bot_token.get_secret_value() == "xoxb-hunter2"
    assert [len(keys) for keys in found.ingest_keys.values()] == [2, 1]
    assert found.roles == {"chat", "web"}
    assert "hunter" not in repr(found)


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGESTBOT_ROLES", "chat")
    assert settings.read(roles="worker").roles == {"worker"}
    assert settings.read(roles="").roles == {"chat"}


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("ROLES", "cook", "'chat', 'web', 'worker'"),
        ("WEB_PORT", "many", "valid integer"),
        ("INGEST_KEYS", "hf=secret", "write source=whsec_"),
        ("DISCORD_API_URL", "discord.com", "begins with https://"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name_and_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, cure: str
) -> None:
    monkeypatch.setenv(f"DIGESTBOT_{name}", value)
    with pytest.raises(BadSettings, match=cure) as refused:
        settings.read()
    assert str(refused.value).startswith(f"DIGESTBOT_{name}: ")
