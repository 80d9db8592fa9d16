import stat
from pathlib import Path

import pytest

from bot.buttons import Buttons
from bot.errors import BadSettings, NotAllowed
from bot.keys import KEY_FILE, Keys, forget_old, rotate
from bot.messages import Action
from tests.fakes import ada

LONG = "x" * 40
HELP = Action("Help", "help")


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


def test_a_bot_at_work_knows_a_new_secret_at_once_and_still_the_old_one(tmp_path: Path) -> None:
    at_work = Buttons(Keys.beside(tmp_path).derived("buttons"))
    old = at_work.written(HELP, ada)
    rotate(tmp_path)
    new = at_work.written(HELP, ada)
    assert new != old
    assert Buttons(Keys.beside(tmp_path).derived("buttons")).read(new, ada) == ("help", {})
    assert at_work.read(old, ada) == ("help", {})
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    forget_old(tmp_path)
    assert at_work.read(new, ada) == ("help", {})
    with pytest.raises(NotAllowed):
        at_work.read(old, ada)


def test_a_key_file_that_is_gone_or_spoilt_stops_nobody_who_is_at_work(tmp_path: Path) -> None:
    at_work = Keys.beside(tmp_path).derived("buttons")
    known = list(at_work)
    (tmp_path / KEY_FILE).write_text("short")
    assert list(at_work) == known
    (tmp_path / KEY_FILE).unlink()
    assert list(at_work) == known
    assert len(at_work) == 1
    assert at_work[0] == known[0]
    assert at_work[:1] == tuple(known)
