"""Databases for trials, in files, for couriers are processes of their own."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.lab import Lab, a_lab


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_tables: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(sqlite_tables, tmp_path)}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_tables: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_tables, tmp_path)}"


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with a_lab() as opened:
        yield opened


_figures = pytest.StashKey[list[str]]()


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tells a figure, shown when all tests are through."""
    kept = request.config.stash.setdefault(_figures, [])
    return lambda text: kept.append(f"{request.node.name}: {text}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if figures := config.stash.get(_figures, []):
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.write_line(line)
