"""What the repository promises about itself: nothing leaks, nothing is unlocked, nothing is too long."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "deploy" / "requirements"
FOLDERS = {"bot", "adapters", "storage", "tests", "deploy", ".ci", ".github"}
LONGEST_MODULE, LONGEST_BODY = 250, 40

INDEX_ADDRESS = re.compile(r"--(extra-)?index-url\b|--find[-]links\b|://[\w.-]+[^\s\"']*/(simple|packages)\b")
MACHINE_PATH = re.compile(r"(^|[\s\"'`(=:])/(work|root|tmp|farm|home|Users)/\w", re.MULTILINE)
REASONED = re.compile(r'    "[^"]+", +# \S')
PIN = re.compile(r"^([a-z][\w.-]*)==(\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Every file that is committed, or would be by `git add`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        told = subprocess.check_output(command, cwd=ROOT, text=True, stderr=subprocess.DEVNULL)  # noqa: S603 - git, named above
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in told.splitlines() if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def modules(files: list[Path]) -> list[Path]:
    """The modules people read. Migrations are not among them: they are records."""
    ours = [path for path in files if named(path).split("/")[0] in {"bot", "adapters", "storage", "dev"}]
    return [path for path in ours if path.suffix in {".py", ""} and path.parent.name != "versions"]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def holding(found: re.Pattern[str], files: list[Path]) -> list[str]:
    """The files in whose text *found* is found."""
    return [named(path) for path in files if found.search(path.read_text(encoding="utf-8", errors="replace"))]


def bodies(path: Path) -> dict[str, int]:
    """The lines of each function of a module, without its docstring."""
    sizes = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), named(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            sizes[f"{named(path)}:{node.lineno} {node.name}"] = lines
    return sizes


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((LOCK / lock).read_text(encoding="utf-8")))


def test_no_file_holds_the_address_of_a_package_index(files: list[Path]) -> None:
    assert holding(INDEX_ADDRESS, files) == []


def test_no_file_holds_the_name_of_the_public_index(files: list[Path]) -> None:
    words = re.search(
        r'^PUBLIC_INDEX = "\.".join\(\("(.+)", "(.+)"\)\)', (ROOT / "dev").read_text("utf-8"), re.MULTILINE
    )
    assert words
    assert holding(re.compile(re.escape(".".join(words.groups()))), files) == []


def test_no_lock_holds_any_address() -> None:
    assert [path.name for path in LOCK.iterdir() if "://" in path.read_text(encoding="utf-8")] == []


def test_no_file_holds_a_path_of_one_machine(files: list[Path]) -> None:
    assert holding(MACHINE_PATH, files) == []


def test_every_dependency_has_a_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    run, test = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert [line for line in (run + test).splitlines() if not REASONED.match(line)] == []


@pytest.mark.parametrize("lock", ["run.txt", "test.txt"])
def test_every_locked_version_has_a_hash(lock: str) -> None:
    entries = re.split(r"^(?=[a-z])", (LOCK / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_holds_what_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = declared["project"]["dependencies"] + declared["dependency-groups"]["dev"]
    named_only = [re.split(r"[\[=<> ]", requirement)[0] for requirement in wanted]
    exact = [re.sub(r"\[.*?\]| *;.*", "", requirement) for requirement in wanted if "==" in requirement]
    locked = pins("test.txt")
    assert [name for name in named_only if name not in locked] == [], "run ./dev lock"
    assert [pin for pin in exact if pin not in map("==".join, locked.items())] == [], "run ./dev lock"


def test_the_tests_run_on_the_very_versions_that_people_run() -> None:
    assert pins("run.txt").items() <= pins("test.txt").items()


def test_modules_are_short(modules: list[Path]) -> None:
    sizes = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_functions_are_short(modules: list[Path]) -> None:
    sizes = {name: size for path in modules for name, size in bodies(path).items()}
    assert {name: size for name, size in sizes.items() if size > LONGEST_BODY} == {}


def test_the_top_level_has_only_the_folders_of_the_layout(files: list[Path]) -> None:
    assert {named(path).split("/")[0] for path in files if path.parent != ROOT} <= FOLDERS


def test_the_changelog_says_what_is_unreleased() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
