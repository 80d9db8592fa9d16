"""Everything in deploy/ passes the validator of its own kind, and keeps what it promises."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import PREFIX, ROLES, Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
PROGRAMS = Path(sys.executable).parent


def said(*command: str | Path, cwd: Path = DEPLOY, missing: str = "") -> str:
    """All that a validator says; a program of the system that is not there skips the test, saying *missing*."""
    program = shutil.which(str(command[0])) or PROGRAMS / command[0]
    if missing and not Path(program).exists():
        pytest.skip(missing)
    done = subprocess.run([program, *command[1:]], cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603  # validators, named below
    return done.stdout + done.stderr + (f"exit status {done.returncode}" if done.returncode else "")


def documents(*paths: Path) -> list[dict[str, Any]]:
    return [part for path in paths for part in yaml.safe_load_all(path.read_text("utf-8")) if part]


def test_the_dockerfile_is_well_formed() -> None:
    assert said("hadolint", "Dockerfile") == ""


def test_the_image_runs_as_nobody_in_particular_and_is_asked_for_its_health() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert text.count("\nFROM ") == 3
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    assert "/healthz" in text
    copied = re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE)
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {f"!{name}" for name in copied} <= set(ignored)


def test_the_yaml_is_tidy() -> None:
    assert said("yamllint", "--strict", "-c", "yamllint.yaml", ".") == ""


def test_every_manifest_is_one_of_kubernetes_and_listed() -> None:
    [listing] = [path for path in MANIFESTS if path.name == "kustomization.yaml"]
    others = [path for path in MANIFESTS if path != listing]
    assert {*documents(listing)[0]["resources"], "secret.example.yaml"} == {path.name for path in others}
    answer = said("kubernetes-validate", "--strict", *others)
    assert answer.count("passed") >= len(others), answer
    assert "exit status" not in answer, answer


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_a_deployment_with_probes_a_budget_and_nothing_it_does_not_need(role: str) -> None:
    parts = {part["kind"]: part for part in documents(DEPLOY / "kubernetes" / f"{role}.yaml")}
    pod = parts["Deployment"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["args"] == ["run", "--roles", role]
    assert {probe for probe in container if probe.endswith("Probe")} == {
        "startupProbe",
        "livenessProbe",
        "readinessProbe",
    }
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    chosen = parts["Deployment"]["spec"]["selector"]
    assert parts["PodDisruptionBudget"]["spec"]["selector"] == chosen


def test_only_settings_that_there_are_stand_in_the_manifests() -> None:
    named = {
        name
        for path in DEPLOY.rglob("*")
        if path.suffix in {".yaml", ".service"} or path.name == "Dockerfile"
        for name in re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text("utf-8"))
    }
    assert named <= KNOWN


def test_every_service_of_the_bot_is_shut_in() -> None:
    [compose] = documents(DEPLOY / "compose.yaml")
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    assert compose["services"]["bot"]["ports"] == ["127.0.0.1:8080:8080"]  # a proxy brings TLS


def test_the_unit_is_one_of_systemd_and_shut_in(tmp_path: Path) -> None:
    unit = tmp_path / "digestbot.service"
    text = (DEPLOY / "digestbot.service").read_text("utf-8")
    unit.write_text(text.replace("/opt/digestbot/.venv/bin/digestbot run", "/bin/true"))
    reason = "systemd-analyze is not installed"
    assert (
        said("systemd-analyze", "verify", "--man=no", unit, missing=reason) == ""
    )  # an unknown key exits with 0
    security = said("systemd-analyze", "security", "--offline=yes", "--threshold=20", unit, missing=reason)
    assert "exit status" not in security, security


def test_the_alerts_fire_when_they_should() -> None:
    reason = "promtool is not installed; it is in Debian's package prometheus"
    alerts = "prometheus/alerts.yaml"
    assert "SUCCESS" in said("promtool", "check", "rules", alerts, missing=reason)
    tried = said("promtool", "test", "rules", "prometheus/alerts.test.yaml", missing=reason)
    assert "SUCCESS" in tried, tried


def test_every_alert_leads_to_a_heading_of_the_runbook() -> None:
    runbook = (DEPLOY / "RUNBOOK.md").read_text("utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in runbook.splitlines()
        if line.startswith("#")
    }
    [rules] = documents(DEPLOY / "prometheus" / "alerts.yaml")
    for rule in rules["groups"][0]["rules"]:
        place, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert place == "deploy/RUNBOOK.md"
        assert anchor in headings, rule["alert"]


def test_the_dashboard_asks_what_prometheus_understands(tmp_path: Path) -> None:
    board = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text("utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(asked)]
    file = tmp_path / "panels.yaml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    answer = said("promtool", "check", "rules", file, missing="promtool is not installed")
    assert f"SUCCESS: {len(asked)} rules found" in answer, answer
