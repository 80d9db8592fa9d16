"""What the program is made of: nothing known to be bad, nothing under a licence that binds, all of it on one bill."""

import json
import re
import subprocess
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "deploy" / "requirements"

PERMISSIVE = {
    "0BSD",
    "3-Clause BSD License",
    "Apache Software License",
    "Apache-2.0",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC License (ISCL)",
    "MIT",
    "MIT License",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
    "Python Software Foundation License",
    "Zlib",
}
"""Licences that ask for no more than to be named; anything else is for a person to decide, and to add here."""

EXTRA = {"certifi": {"Mozilla Public License 2.0 (MPL 2.0)"}}
"""Comes only with the extra otel: its licence binds whoever changes its one file, which nobody here does."""


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z][\w.-]*)==(\S+)", (LOCK / lock).read_text("utf-8"), re.MULTILINE))


def floors(text: str) -> list[Requirement]:
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    return [Requirement(line) for line in lines if line]


def below(wanted: list[Requirement], locked: dict[str, str]) -> list[str]:
    """The locked versions that are below their floor."""
    held = [one for one in wanted if one.name in locked]
    return [one.name for one in held if not one.specifier.contains(locked[one.name], prereleases=True)]


def licences(known: PackageMetadata) -> set[str]:
    """The licences a package names; of several with OR, one that is allowed is enough."""
    expressions = [str(one) for one in known.get_all("License-Expression") or []]
    classifiers = [str(one) for one in known.get_all("Classifier") or []]
    named = [one.split(" :: ")[-1] for one in classifiers if one.startswith("License ::")]
    free = [str(one) for one in known.get_all("License") or []]
    parts = [part for one in expressions or named or free or ["unknown"] for part in one.split(" AND ")]
    return {next((one for one in part.split(" OR ") if one in PERMISSIVE), part) for part in parts}


@pytest.mark.parametrize("lock", ["run.txt", "otel.txt", "test.txt"])
def test_no_locked_version_is_known_to_be_bad(lock: str) -> None:
    wanted = floors((LOCK / "floors.txt").read_text("utf-8"))
    assert below(wanted, pins(lock)) == []
    assert {one.name for one in wanted} <= pins("test.txt").keys(), (
        "a floor for what is not locked: take it out"
    )


def test_a_bad_version_is_noticed() -> None:
    assert below(floors("aiohttp>=3.14.4  # why\n# nothing\n"), {"aiohttp": "3.14.3"}) == ["aiohttp"]


def test_every_floor_has_its_reason() -> None:
    lines = (LOCK / "floors.txt").read_text("utf-8").splitlines()
    named = r"(CVE-\d{4}-\d{4,}|GHSA(-\w{4}){3}|PYSEC-\d{4}-\d+|CGA(-\w{4}){3}|our own minimum)\b"
    assert [line for line in lines if not re.match(rf"#|\S+  # {named}.*: \S", line)] == []


@pytest.mark.parametrize(("lock", "known"), [("run.txt", {}), ("otel.txt", EXTRA)])
def test_whatever_people_run_is_under_a_licence_on_the_list(lock: str, known: dict[str, set[str]]) -> None:
    found: dict[str, set[str]] = {}
    for name in pins(lock):
        try:
            found[name] = licences(metadata(name)) - PERMISSIVE
        except PackageNotFoundError:  # it is for another system
            continue
    assert len(found) > 40
    assert {name: others for name, others in found.items() if others} == known


def test_the_bill_of_materials_names_all_that_is_locked(tmp_path: Path) -> None:
    program, bill = ROOT / ".ci" / "sbom", tmp_path / "bill.json"
    if not (ROOT / ".venv" / "bin" / "cyclonedx-py").exists():
        pytest.skip("not run from .venv")
    subprocess.run([program, bill], check=True, capture_output=True)  # noqa: S603  # ours
    made = json.loads(bill.read_text("utf-8"))
    assert made["bomFormat"] == "CycloneDX"
    assert {one["name"]: one["version"] for one in made["components"]} == pins("run.txt")
    assert all(one["externalReferences"][0]["hashes"] for one in made["components"])
