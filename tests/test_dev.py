"""What ./dev promises while it sets up a machine."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

INDEX = "https://mirror.example/root"


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module, in a checkout of its own with an index of its own."""
    loader = SourceFileLoader("dev_under_test", str(Path(__file__).parents[1] / "dev"))
    spec = spec_from_loader(loader.name, loader)
    assert spec
    script = module_from_spec(spec)
    loader.exec_module(script)
    monkeypatch.setenv("UV_DEFAULT_INDEX", INDEX)
    for name, value in {"ROOT": tmp_path, "LOCK": tmp_path, "VENV": tmp_path / "venv"}.items():
        monkeypatch.setattr(script, name, value)
    monkeypatch.setattr(script, "STAMP", tmp_path / "venv" / ".stamp")
    monkeypatch.setattr(script, "PROGRAMS", tmp_path / "venv" / "bin")
    for name in ("run.txt", "otel.txt", "test.txt"):
        (tmp_path / name).write_text("typer==1\n")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.ruff]\nline-length = 110\n')
    return script


@pytest.fixture
def serve(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes, str], None]:
    """Put a wheel on the index, listed under a hash."""

    def put(wheel: bytes, listed: str) -> None:
        page = f'<a href="../../files/other.whl#sha256=0">o</a><a href="../../files/uv.whl#sha256={listed}">u</a>'
        pages = {f"{INDEX}/uv/": page.encode(), "https://mirror.example/files/uv.whl": wheel}
        monkeypatch.setattr(dev, "read", pages.__getitem__)

    return put


def a_wheel(dev: ModuleType, program: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"uv-{dev.UV_VERSION}.data/scripts/uv{dev.EXE}", program)
    return packed.getvalue()


def expect(dev: ModuleType, monkeypatch: pytest.MonkeyPatch, digest: str) -> None:
    monkeypatch.setattr(dev, "UV_WHEELS", dict.fromkeys(dev.UV_WHEELS, digest))


def test_uv_comes_from_the_configured_index(
    dev: ModuleType, serve: Callable[[bytes, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = a_wheel(dev, b"the program")
    digest = hashlib.sha256(wheel).hexdigest()
    expect(dev, monkeypatch, digest)
    serve(wheel, digest)
    assert dev.fetch_uv() == b"the program"


def test_a_uv_that_the_table_does_not_know_is_refused(
    dev: ModuleType, serve: Callable[[bytes, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    expect(dev, monkeypatch, "aa")
    serve(a_wheel(dev, b"another program"), "bb")
    with pytest.raises(ValueError, match="lists no uv"):
        dev.fetch_uv()


def test_a_file_that_is_not_what_the_index_lists_is_refused(
    dev: ModuleType, serve: Callable[[bytes, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    expect(dev, monkeypatch, "aa")
    serve(a_wheel(dev, b"another program"), "aa")
    with pytest.raises(ValueError, match="another file"):
        dev.fetch_uv()


def test_a_new_lock_calls_for_an_install_and_a_new_lint_rule_does_not(
    dev: ModuleType, tmp_path: Path
) -> None:
    before = dev.wanted()
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("110", "100"))
    assert dev.wanted() == before
    (tmp_path / "run.txt").write_text("typer==2\n")
    assert dev.wanted() != before


def test_an_environment_counts_only_when_its_python_is_still_there(dev: ModuleType) -> None:
    dev.PROGRAMS.mkdir(parents=True)
    dev.STAMP.write_text("made\nso\nrun")
    assert dev.present() == []
    (dev.PROGRAMS / f"python{dev.EXE}").touch()
    assert dev.present() == ["made", "so", "run"]


def test_pip_is_asked_when_nothing_else_names_an_index(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(dev, "output_of", lambda command: INDEX if "pip" in command else "")
    assert dev.configured_index() == INDEX


def test_a_check_is_one_line_and_a_failing_one_tells_more(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dev.PROGRAMS.mkdir(parents=True)
    for name, status in {"fine": 0, "broken": 1}.items():
        program = dev.PROGRAMS / name
        program.write_text(f"#!/bin/sh\necho said by {name}\nexit {status}\n")
        program.chmod(0o755)
    monkeypatch.setattr(dev, "install", lambda _: None)
    monkeypatch.setattr(dev, "CHECKS", ("fine now", "broken now"))
    with pytest.raises(SystemExit) as ended:
        dev.check([])
    assert ended.value.code == 1
    fine, broken, said = capsys.readouterr().out.splitlines()
    assert fine.startswith("ok      fine now")
    assert broken.startswith("FAILED  broken now")
    assert said == "said by broken"
