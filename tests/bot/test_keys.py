import stat
from pathlib import Path

import pytest

from bot.errors import BadSettings
from bot.keys import KEY_FILE, Keys

LONG = "x" * 40


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    made = Keys.beside(tmp_path / "new")
    assert Keys.beside(tmp_path / "new") == made
    assert stat.S_IMODE((tmp_path / "new" / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "new").iterdir()] == [KEY_FILE]


def test_each_purpose_has_keys_of_its_own() -> None:
    keys = Keys.read(f"{LONG}, {LONG}y")
    assert len({*keys.derived("buttons"), *keys.derived("tokens")}) == 4
    assert keys.derived("buttons")[1] == Keys.read(f"{LONG}y").derived("buttons")[0]


@pytest.mark.parametrize("text", ["", " , ", "short", f"{LONG},short"])
def test_a_secret_that_could_be_guessed_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match="at least 32 characters"):
        Keys.read(text)


def test_secrets_are_not_shown() -> None:
    assert LONG not in repr(Keys.read(LONG))
