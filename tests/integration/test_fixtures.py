"""Every readable history of ``fixtures/``, scanned, and compared with what the contract says."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from loopwatch.sources import fixture

FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/history.txt"))
LOUD = {"warning", "error"}
UNSAID = {"why"}  # keys of expected.json that are for the reader
KEYS = {
    *("kind", "level", "granularity", "path", "paths", "symbol", "period", "rounds", "closed_at"),
    *("last_at", "level_at", "open", "settled", "states", "edits", "trajectory"),
}

Finding = Mapping[str, Any]


def scan(folder: Path) -> tuple[int, dict[str, Any]]:
    """Return the exit status and the report of ``loopwatch scan``, run in ``folder``."""
    command = [sys.executable, "-m", "loopwatch", "scan", "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, report


def labelled(finding: Finding, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return a finding in the words of ``expected.json``: labels for commit ids."""
    told = {key: finding[key] for key in KEYS}
    for key in ("closed_at", "last_at"):
        told[key] = labels.get(finding[key], finding[key])
    told["level_at"] = {level: labels.get(at, at) for level, at in finding["level_at"].items()}
    told["states"] = {
        state["label"]: [labels.get(version, version) for version in state["versions"]]
        for state in finding["states"]
    }
    told["edits"] = {labels.get(e["version"], e["version"]): e["role"] for e in finding["edits"]}
    return told


def is_as_expected(key: str, wanted: object, actual: object) -> bool:
    """Whether one value of a finding is what was wanted."""
    if key == "edits" and isinstance(wanted, dict) and isinstance(actual, dict):
        return wanted.items() <= actual.items()
    if key == "symbol" and isinstance(wanted, str) and isinstance(actual, str):
        return actual == wanted or actual.endswith((f".{wanted}", f"::{wanted}", f"#{wanted}"))
    return wanted == actual


def misses(wanted: Finding, actual: Finding) -> list[str]:
    """Return a line for each value of ``actual`` that is not what was wanted."""
    return [
        f"  {key}: expected {value!r}, got {actual[key]!r}"
        for key, value in wanted.items()
        if key not in UNSAID and not is_as_expected(key, value, actual[key])
    ]


def differences(expected: Mapping[str, Any], report: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the report does not say as expected; its findings go by label already."""
    left = list(report["findings"])
    wanted = expected.get("findings", [])
    for finding in wanted:
        best = min(left, key=lambda actual: len(misses(finding, actual)), default=None)
        if best is None or (best["kind"], best["level"]) != (finding["kind"], finding["level"]):
            yield f"no such finding: {json.dumps(finding)}"
            continue
        left.remove(best)
        if missed := misses(finding, best):
            yield "\n".join([f"{finding['kind']} of {best['path']} differs:", *missed])
    for finding in left:
        if finding["level"] in LOUD:
            yield f"not expected: {json.dumps(finding)}"
    yield from count_differences(expected, report["summary"])


def count_differences(expected: Mapping[str, Any], summary: Mapping[str, int]) -> Iterator[str]:
    """Yield the counts of the summary that are not as expected."""
    levels = [finding["level"] for finding in expected.get("findings", [])]
    counts = {"errors": levels.count("error"), "warnings": levels.count("warning")}
    for key, wanted in {**counts, **expected.get("summary", {})}.items():
        least, most = (wanted["at_least"], None) if isinstance(wanted, dict) else (wanted, wanted)
        if summary[key] < least or (most is not None and summary[key] > most):
            yield f"summary.{key}: expected {wanted}, got {summary[key]}"


LOOP = {"kind": "oscillation", "level": "error", "path": "a.py", "symbol": "Cart.total"}
EDITS = {"edits": {"v2": "fix", "v3": "other"}}
QUIET_SUMMARY = {"errors": 0, "warnings": 0, "notes": 2}


@pytest.mark.parametrize(
    ("expected", "findings", "summary", "told"),
    [
        ({}, [], {}, []),
        ({"findings": [LOOP]}, [LOOP], {"errors": 1}, []),
        ({"findings": [{**LOOP, "symbol": "total"}]}, [LOOP], {"errors": 1}, []),
        ({"findings": [{**LOOP, "edits": {"v2": "fix"}}]}, [LOOP | EDITS], {"errors": 1}, []),
        ({"findings": [{**LOOP, "edits": {"v3": "fix"}}]}, [LOOP | EDITS], {"errors": 1}, ["edit"]),
        ({"findings": [{**LOOP, "symbol": "otal"}]}, [LOOP], {"errors": 1}, ["symbol"]),
        ({"findings": [LOOP]}, [], {}, ["no such finding", "summary.errors"]),
        ({"findings": [LOOP]}, [LOOP, LOOP], {"errors": 2}, ["not expected", "summary.errors"]),
        ({"quiet": True}, [LOOP], {"errors": 1}, ["not expected", "summary.errors"]),
        ({"quiet": True}, [{**LOOP, "level": "note"}], {}, []),
        ({"summary": {"notes": 2}}, [], {}, []),
        ({"summary": {"notes": 3}}, [], {}, ["summary.notes"]),
        ({"summary": {"notes": {"at_least": 1}}}, [], {}, []),
        ({"summary": {"notes": {"at_least": 3}}}, [], {}, ["summary.notes"]),
    ],
)
def test_differences_are_seen(
    expected: Finding, findings: list[Finding], summary: dict[str, int], told: list[str]
) -> None:
    report = {"findings": findings, "summary": QUIET_SUMMARY | summary}
    found = list(differences(expected, report))
    assert len(found) == len(told)
    assert all(part in line for part, line in zip(told, found, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_expectation_is_sound(name: str) -> None:
    """What is expected is well-formed, and names versions that are told."""
    expected = json.loads((FIXTURES / name / "expected.json").read_text(encoding="utf-8"))
    history = fixture.parse((FIXTURES / name / "history.txt").read_text(encoding="utf-8"))
    labels = {version.label for version in history.versions}
    findings = expected.get("findings", [])
    loud = [finding for finding in findings if finding["level"] in LOUD]
    assert history.about
    assert expected.keys() <= {"why", "quiet", "findings", "summary"}
    assert expected.get("quiet", False) is not bool(loud)
    for finding in findings:
        assert finding.keys() <= KEYS | UNSAID
        named = [finding.get("closed_at", "v1"), *finding.get("edits", ())]
        named += [finding.get("last_at", "v1"), *finding.get("level_at", {}).values()]
        named += [version for visits in finding.get("states", {}).values() for version in visits]
        assert labels.issuperset(named)


@pytest.mark.parametrize("name", NAMES)
def test_report_is_as_expected(name: str, tmp_path: Path) -> None:
    """The scan says what the contract says."""
    expected = json.loads((FIXTURES / name / "expected.json").read_text(encoding="utf-8"))
    history = fixture.parse((FIXTURES / name / "history.txt").read_text(encoding="utf-8"))
    labels = {commit: label for label, commit in fixture.build(history, tmp_path / name).items()}
    status, report = scan(tmp_path / name)
    report["findings"] = [labelled(finding, labels) for finding in report["findings"]]
    found = list(differences(expected, report))
    assert not found, "\n".join([f"{name}: {expected.get('why', '')}", *found])
    assert status == (0 if expected.get("quiet") else 1)
